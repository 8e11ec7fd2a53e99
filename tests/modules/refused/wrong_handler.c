/* SPDX-License-Identifier: MIT */
/* Must not compile: an action takes an il_ctx and nothing else. */
#include <interlude.h>

static int
answer(il_request *req, il_response *res)
{
    (void)req;
    return il_respond(res, 204, NULL, NULL, 0);
}
IL_ACTION(answer);
