/* SPDX-License-Identifier: MIT */
/* Sends back what it was sent: the body, ?name= and the path parameter, a header; or fails, as ?do= says. */
#include <interlude.h>

#include <string.h>

static il_status
echo(il_request *req, il_response *res)
{
    const char *what = il_query(req, "do"), *name = il_query(req, "name"), *id = il_path_param(req, "id");
    il_str body = il_body(req);

    if (what && strcmp(what, "fail") == 0)
        return IL_FAILED;
    if (what && strcmp(what, "nothing") == 0)
        return IL_OK;
    if (what && strcmp(what, "bad header") == 0)
        return il_respond_header(res, "x", "a\r\nb: c");
    IL_TRY(il_respond_header(res, "x-method", il_method(req)));
    IL_TRY(il_respond_header(res, "x-path", il_path(req)));
    IL_TRY(il_respond_header(res, "x-name", name ? name : "(none)"));
    IL_TRY(il_respond_header(res, "x-id", id ? id : "(none)"));
    IL_TRY(il_respond_header(res, "x-agent", il_header(req, "User-Agent") ? il_header(req, "User-Agent") : "(none)"));
    return il_respond(res, 201, "application/octet-stream", body.p, body.len);
}
IL_FUNCTION(echo, .method = "ANY", .path = "echo/{id}");
