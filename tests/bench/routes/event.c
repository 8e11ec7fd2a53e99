/* SPDX-License-Identifier: MIT */
/* The way through JSON: asks for the whole event, answers with a Lambda-proxy result. */
#include <interlude.h>

static il_status
event(il_request *req, il_response *res)
{
    static const char result[] = "{\"statusCode\":200,\"headers\":{\"content-type\":\"text/plain\"},"
                                 "\"body\":\"hello world\\n\"}";

    if (!il_event_json(req).len)
        return IL_FAILED;
    return il_respond_lambda(res, result);
}
IL_FUNCTION(event);
