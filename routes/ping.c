/* SPDX-License-Identifier: MIT */
/*
 * An HTTP function: curl -d "some text" http://localhost:3000/fn/ping sends the text back, and its length in a header.
 * The SDK in it: IL_FUNCTION, the body of a request, headers and the body of an answer.
 */
#include <interlude.h>

static il_status ping(il_request *req, il_response *res)
{
    il_str body = il_body(req); /* bytes, not a C string: they may contain NUL */

    il_respond_header(res, "x-length", il_rfmt(req, "%zu", body.len));
    return il_respond(res, 200, "text/plain", body.p, body.len);
}
IL_FUNCTION(ping, .method = "POST", .description = "Echoes the body of a request");
