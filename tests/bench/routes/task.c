/* SPDX-License-Identifier: MIT */
/* What durable calls are measured with: nothing to do. */
#include <interlude.h>

static il_status
task(il_request *req, il_response *res)
{
    (void)req;
    return il_respond(res, 200, "text/plain", "done\n", 5);
}
IL_FUNCTION(task, .method = "POST");
