/* SPDX-License-Identifier: MIT */
/* A function that only holders of a key may call. */
#include <interlude.h>

static il_status
hidden(il_request *req, il_response *res)
{
    (void)req;
    return il_respond(res, 200, "text/plain", "secret", 6);
}
IL_FUNCTION(hidden, .method = "ANY", .is_private = true);
