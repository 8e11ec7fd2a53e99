/* SPDX-License-Identifier: MIT */
/* Makes a module of one deed: action NAME and function NAME-function both do it, and say so when they come back. */
#ifndef TESTS_MODULES_BOTH_H
#define TESTS_MODULES_BOTH_H

#include <interlude.h>

#define BOTH(deed)                                                                                                     \
    static il_status deed##_action(il_ctx *ctx)                                                                        \
    {                                                                                                                  \
        deed();                                                                                                        \
        return il_return_str(ctx, "survived");                                                                         \
    }                                                                                                                  \
    static il_status deed##_function(il_request *req, il_response *res)                                                \
    {                                                                                                                  \
        (void)req;                                                                                                     \
        deed();                                                                                                        \
        return il_respond(res, 200, "text/plain", "survived", 8);                                                      \
    }                                                                                                                  \
    static const il_route routes[] = {                                                                                 \
        IL_ROUTE_ACTION(#deed, deed##_action, .name = #deed),                                                          \
        IL_ROUTE_FUNCTION(#deed "-function", deed##_function, .method = "ANY"),                                        \
    };                                                                                                                 \
    IL_MODULE(routes)

#endif
