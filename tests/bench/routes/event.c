/* SPDX-License-Identifier: MIT */
/* The way through JSON: asks for the whole event, answers with a Lambda-proxy result. */
#include <interlude.h>

static il_status
event(il_request *req, il_response *res)
{
    il_str json = il_event_json(req);

    return il_respond_lambda(res, il_rfmt(req,
                                          "{\"statusCode\":200,\"headers\":{\"content-type\":\"text/plain\"},"
                                          "\"body\":\"%zu bytes\\n\"}",
                                          json.len));
}
IL_FUNCTION(event);
