/* SPDX-License-Identifier: MIT */
#include <interlude.h> // routes/ping.c -> /fn/ping
static il_status
ping(il_request *req, il_response *res)
{
    il_str body = il_body(req); // .p, .len; valid until the handler returns
    il_respond_header(res, "x-length", il_rfmt(req, "%zu", body.len));
    return il_respond(res, 200, "text/plain", body.p, body.len);
}
IL_FUNCTION(ping, .method = "POST"); // also .method = "ANY", .path, .cors, .is_private, .timeout_ms
