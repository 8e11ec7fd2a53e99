/* SPDX-License-Identifier: MIT */
/* As built with the headers of 1.1: it knows neither the events of 1.2 nor their functions. */
#include <interlude.h>

#undef IL_ABI_MINOR
#define IL_ABI_MINOR 1u

static il_status
older(il_request *req, il_response *res)
{
    (void)req;
    return il_respond(res, 200, "text/plain", "still here", 10);
}
IL_FUNCTION(older, .method = "ANY");
