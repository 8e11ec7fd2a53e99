/* SPDX-License-Identifier: MIT */
/* Answers (response.h). */
#include <stdarg.h>
#include <stdio.h>
#include <strings.h>
#include <unistd.h>

#include "base/log.h"
#include "http/internal.h"
#include "http/response.h"
#include "json/write.h"

/*
 * Why pages may connect elsewhere: a file that is uploaded goes to the address which the host of the action signs once
 * it is chosen, in a bucket that nobody can name when the page is sent. Naming hosts would not keep more inside either,
 * as pictures of IO calls come from anywhere. WebSockets go to this server only, and plain HTTP is for pages that came
 * so.
 */
#define HTML_POLICY(elsewhere)                                                                                         \
    HTTP_FIELD("content-security-policy",                                                                              \
               "default-src 'self'; script-src 'self'; style-src 'self'; img-src * data: blob:; "                      \
               "media-src * data: blob:; connect-src 'self' " elsewhere "; frame-ancestors 'none'; base-uri 'none'; "  \
               "form-action 'self'; require-trusted-types-for 'script'")

static const struct http_field html_policy = HTML_POLICY("http: https:"), tls_html_policy = HTML_POLICY("https:");

static const struct http_field own_fields[] = {
    HTTP_FIELD("x-content-type-options", "nosniff"),
    HTTP_FIELD("referrer-policy", "same-origin"),
    HTTP_FIELD("cross-origin-opener-policy", "same-origin"),
    HTTP_FIELD("cross-origin-resource-policy", "same-origin"),
    HTTP_FIELD("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
};

static const struct http_field tls_field = HTTP_FIELD("strict-transport-security", "max-age=31536000");

const char *
http_status_text(unsigned status)
{
    static const struct {
        unsigned status;
        const char *text;
    } texts[] = {
        { 200, "OK" },
        { 201, "Created" },
        { 202, "Accepted" },
        { 203, "Non-Authoritative Information" },
        { 204, "No Content" },
        { 205, "Reset Content" },
        { 206, "Partial Content" },
        { 207, "Multi-Status" },
        { 300, "Multiple Choices" },
        { 301, "Moved Permanently" },
        { 302, "Found" },
        { 303, "See Other" },
        { 304, "Not Modified" },
        { 307, "Temporary Redirect" },
        { 308, "Permanent Redirect" },
        { 400, "Bad Request" },
        { 401, "Unauthorized" },
        { 402, "Payment Required" },
        { 403, "Forbidden" },
        { 404, "Not Found" },
        { 405, "Method Not Allowed" },
        { 406, "Not Acceptable" },
        { 408, "Request Timeout" },
        { 409, "Conflict" },
        { 410, "Gone" },
        { 411, "Length Required" },
        { 412, "Precondition Failed" },
        { 413, "Content Too Large" },
        { 414, "URI Too Long" },
        { 415, "Unsupported Media Type" },
        { 416, "Range Not Satisfiable" },
        { 417, "Expectation Failed" },
        { 418, "I'm a teapot" },
        { 421, "Misdirected Request" },
        { 422, "Unprocessable Content" },
        { 423, "Locked" },
        { 424, "Failed Dependency" },
        { 425, "Too Early" },
        { 426, "Upgrade Required" },
        { 428, "Precondition Required" },
        { 429, "Too Many Requests" },
        { 431, "Request Header Fields Too Large" },
        { 451, "Unavailable For Legal Reasons" },
        { 500, "Internal Server Error" },
        { 501, "Not Implemented" },
        { 502, "Bad Gateway" },
        { 503, "Service Unavailable" },
        { 504, "Gateway Timeout" },
        { 505, "HTTP Version Not Supported" },
        { 507, "Insufficient Storage" },
        { 508, "Loop Detected" },
        { 511, "Network Authentication Required" },
    };

    for (size_t i = 0; i < COUNT_OF(texts); i++)
        if (texts[i].status == status)
            return texts[i].text;
    return status < 400 ? "OK" : "Error";
}

static bool
is_line(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.p[i] < 0x20 && s.p[i] != '\t')
            return false;
    return true;
}

static bool
is_name(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.p[i] <= 0x20 || (unsigned char)s.p[i] >= 0x7f || s.p[i] == ':')
            return false;
    return s.len > 0;
}

/* What h2o writes by itself, or what would change the framing. */
static bool
is_ours(struct str name)
{
    return str_is(name, "content-length") || str_is(name, "connection") || str_is(name, "transfer-encoding") ||
           str_is(name, "date") || str_is(name, "keep-alive") || str_is(name, "upgrade");
}

static bool
is_valid(const struct http_response *response)
{
    if (response->status < 200 || response->status > 599 || !is_line(response->content_type))
        return false;
    for (size_t i = 0; i < response->field_count; i++)
        if (!is_name(response->fields[i].name) || !is_line(response->fields[i].value))
            return false;
    return true;
}

/* Nothing is copied: h2o flattens the head before http_respond returns. */
static void
add_fields(h2o_req_t *h2o, const struct http_field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!is_ours(fields[i].name))
            h2o_add_header_by_str(&h2o->pool, &h2o->res.headers, fields[i].name.p, fields[i].name.len, 1, NULL,
                                  fields[i].value.p, fields[i].value.len);
}

/* Durable calls have a name of their own, which need not be the one that was sent. */
static bool
has_request_id(const struct http_response *response)
{
    static const char name[] = "x-request-id";

    for (size_t i = 0; i < response->field_count; i++) {
        struct str field = response->fields[i].name;

        if (field.len == sizeof name - 1 && strncasecmp(field.p, name, field.len) == 0)
            return true;
    }
    return false;
}

static void
add_head(struct http_request *request, const struct http_response *response)
{
    h2o_req_t *h2o = request->h2o;

    if (response->content_type.len)
        h2o_add_header(&h2o->pool, &h2o->res.headers, H2O_TOKEN_CONTENT_TYPE, NULL, response->content_type.p,
                       response->content_type.len);
    add_fields(h2o, response->fields, response->field_count);
    if (response->is_own) {
        add_fields(h2o, own_fields, COUNT_OF(own_fields));
        if (str_starts(response->content_type, STR("text/html")))
            add_fields(h2o, request->is_tls ? &tls_html_policy : &html_policy, 1);
        if (request->is_tls)
            add_fields(h2o, &tls_field, 1);
    }
    if (!request->id.p && http_header(request, "x-request-id").p)
        http_request_id(request);
    if (request->id.p && !has_request_id(response))
        add_fields(h2o, &(struct http_field){ STR("x-request-id"), request->id }, 1);
}

static void
send_response(struct http_request *request, const struct http_response *response)
{
    static h2o_generator_t no_generator;
    h2o_req_t *h2o = request->h2o;
    struct str body = response->body;
    bool has_no_body = response->status == 204 || response->status == 304;
    h2o_iovec_t bytes;

    h2o->res.status = (int)response->status;
    h2o->res.reason = http_status_text(response->status);
    h2o->res.content_length = has_no_body ? SIZE_MAX : body.len;
    add_head(request, response);
    if (response->is_last || request->conn->thread->is_stopping)
        h2o->http1_is_persistent = 0;
    if (has_no_body || request->method == HTTP_HEAD)
        body.len = 0;
    request->is_answered = true;
    gate_answer(request->conn);
    conn_enter(request->conn, PHASE_ANSWER, request->conn->thread->server->config.limits.write_ms);
    if (response->file) {
        file_send(h2o, response->file, response->file_at, body.len);
        return;
    }
    bytes =
        body.len && !response->is_static ? h2o_strdup(&h2o->pool, body.p, body.len) : h2o_iovec_init(body.p, body.len);
    h2o_start_response(h2o, &no_generator);
    h2o_send(h2o, &bytes, body.len ? 1 : 0, H2O_SEND_STATE_FINAL);
}

void
http_response_drop(const struct http_response *response)
{
    if (response->file)
        close(response->file);
}

void
http_respond(struct http_request *request, const struct http_response *response)
{
    ASSERT(!request->is_answered && request->h2o);
    if (is_valid(response)) {
        send_response(request, response);
        return;
    }
    http_response_drop(response);
    log_warn("http", "an answer with status %u had a malformed status or header; 500 was sent", response->status);
    http_problem(request, 500, "The answer to this request could not be sent.");
}

size_t
http_problem_text(char *text, size_t size, unsigned status, const char *detail)
{
    struct buf buf;
    struct json_out out;
    size_t len;

    buf_init(&buf, size - 1);
    json_out_init(&out, &buf);
    json_object(&out);
    json_pair_text(&out, "title", http_status_text(status));
    json_pair_int(&out, "status", status);
    json_pair_text(&out, "detail", detail);
    json_object_end(&out);
    len = buf.over ? 0 : buf.len;
    memcpy(text, len ? buf.p : "", len);
    text[len] = '\0';
    buf_fini(&buf);
    return len;
}

void
http_problem(struct http_request *request, unsigned status, const char *detail)
{
    char text[1024];
    size_t len = http_problem_text(text, sizeof text, status, detail);

    http_respond(request, &(struct http_response){ .status = status,
                                                   .content_type = STR("application/problem+json"),
                                                   .body = { text, len },
                                                   .is_own = true });
}

void
http_redirect(struct http_request *request, unsigned status, const char *location)
{
    http_respond(request, &(struct http_response){ .status = status,
                                                   .fields = &(struct http_field){ STR("location"), str_of(location) },
                                                   .field_count = 1,
                                                   .is_own = true });
}
