/* SPDX-License-Identifier: MIT */
/* Must not compile: .timeout is .timeout_ms. */
#include <interlude.h>

static il_status
answer(il_request *req, il_response *res)
{
    (void)req;
    return il_respond(res, 204, NULL, NULL, 0);
}
IL_FUNCTION(answer, .timeout = 5);
