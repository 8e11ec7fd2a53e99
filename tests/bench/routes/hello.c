/* SPDX-License-Identifier: MIT */
/* The same twelve bytes as bare_h2o.c, through a runner. */
#include <interlude.h>

static il_status
hello(il_request *req, il_response *res)
{
    (void)req;
    return il_respond(res, 200, "text/plain", "hello world\n", 12);
}
IL_FUNCTION(hello, .method = "GET");
