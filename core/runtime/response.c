/* SPDX-License-Identifier: MIT */
/* Answers of functions (response.h). */
#include "runtime/response.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "runtime/event.h"
#include "runtime/fields.h"
#include "runtime/lambda.h"

/* ---- what handlers answer */

/* RFC 9110 5.6.2 */
static bool
is_token(const char *text)
{
    static const char marks[] = "!#$%&'*+-.^_`|~";

    for (const char *p = text; *p; p++)
        if (!((*p >= '0' && *p <= '9') || ((*p | 0x20) >= 'a' && (*p | 0x20) <= 'z') || strchr(marks, *p)))
            return false;
    return *text != '\0';
}

static bool
is_field_value(const char *text)
{
    for (; *text; text++)
        if (((unsigned char)*text < 0x20 && *text != '\t') || *text == 0x7f)
            return false;
    return true;
}

static bool
put_pair(il_response *res, const char *name, const char *value)
{
    size_t name_len = strlen(name) + 1, value_len = strlen(value) + 1;

    if (!buf_reserve(&res->heads, name_len + value_len)) {
        res->heads.over = false;
        return false;
    }
    buf_put(&res->heads, name, name_len);
    buf_put(&res->heads, value, value_len);
    res->header_count++;
    return true;
}

void
response_clear(il_response *res)
{
    buf_clear(&res->heads);
    buf_clear(&res->body);
    res->status = 0;
    res->header_count = 0;
    res->type = NULL;
    res->problem = NULL;
}

/* What the log says if the handler makes nothing better of it. */
static il_status refuse(il_response *res, il_status status, const char *format, ...) PRINTF_LIKE(3, 4);

static il_status
refuse(il_response *res, il_status status, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    res->problem = arena_vprintf(&res->request->arena, format, args);
    va_end(args);
    return status;
}

il_status
response_header(il_response *res, const char *name, const char *value)
{
    if (!name || !value)
        return refuse(res, IL_INVALID, "il_respond_header: the %s is NULL", name ? "value" : "name");
    if (!is_token(name))
        return refuse(res, IL_INVALID, "il_respond_header: \"%.60s\" cannot be the name of a header", name);
    if (!is_field_value(value))
        return refuse(res, IL_INVALID, "il_respond_header: the value of %.60s has a control character", name);
    if (field_is_hop_by_hop(name) || strcasecmp(name, "content-length") == 0)
        return IL_OK; /* the server's own affair */
    if (res->header_count >= RESPONSE_MAX_HEADERS)
        return refuse(res, IL_NO_MEMORY, "il_respond_header: the answer has %d headers already", RESPONSE_MAX_HEADERS);
    if (!put_pair(res, name, value))
        return refuse(res, IL_NO_MEMORY, "il_respond_header: the headers have more than %d bytes", RESPONSE_MAX_HEADS);
    return IL_OK;
}

il_status
response_body(il_response *res, int status, const char *type, const void *body, size_t len)
{
    if (status < 200 || status > 599)
        return refuse(res, IL_INVALID, "il_respond: the status %d is not one of 200 to 599", status);
    if (type && !is_field_value(type))
        return refuse(res, IL_INVALID, "il_respond: the type has a control character");
    if (len && !body)
        return refuse(res, IL_INVALID, "il_respond: the body is NULL, but its length is %zu", len);
    if (len > RESPONSE_MAX_BODY)
        return refuse(res, IL_NO_MEMORY, "il_respond: the body has %zu bytes, at most %d are possible", len,
                      RESPONSE_MAX_BODY);
    res->type = type ? arena_strdup(&res->request->arena, type) : NULL;
    if (type && !res->type)
        return refuse(res, IL_NO_MEMORY, "il_respond: the request holds too much memory for its answer");
    buf_clear(&res->body);
    buf_put(&res->body, body, len);
    res->status = status;
    res->problem = NULL;
    res->is_result = false;
    return IL_OK;
}

/* ---- to the frame */

/* A sealed copy in a memfd; -1: the system refuses one. */
static int
seal_body(struct str body)
{
    int fd = memfd_create("answer", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    size_t done = 0;

    while (fd >= 0 && done < body.len) {
        ssize_t len = write(fd, body.p + done, body.len - done);

        if (len <= 0)
            break;
        done += (size_t)len;
    }
    if (fd >= 0 && done == body.len &&
        fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

static void
put_answer(const struct link_frame *call, enum link_status status, struct link_answer head, struct str heads,
           struct str body, struct port *port)
{
    struct link_frame frame = link_answer_head(call, status);
    struct str parts[] = { { (const char *)&head, sizeof head }, heads, body };
    int fd = -1;

    frame.method = LINK_FUNCTION_ANSWER;
    if (body.len > LINK_INLINE_BODY) {
        fd = seal_body(body);
        if (fd < 0) {
            request_refuse(call, "no memory for the body of the answer", port);
            return;
        }
        parts[2].len = 0;
    }
    if (!port_put(port, &frame, parts, COUNT_OF(parts), fd))
        request_refuse(call, "the answer is too large", port);
}

void
request_refuse(const struct link_frame *call, const char *reason, struct port *port)
{
    struct str body = str_of(reason);

    put_answer(call, LINK_OK, (struct link_answer){ .body_len = body.len }, (struct str){ 0 }, body, port);
}

static const char *
status_name(il_status status)
{
    static const char *const names[] = { "IL_OK",           "IL_CANCELED",     "IL_CLOSED",
                                         "IL_BAD_RESPONSE", "IL_RENDER_ERROR", "IL_INVALID",
                                         "IL_NO_MEMORY",    "IL_UNSUPPORTED",  "IL_FAILED" };

    return (size_t)status < COUNT_OF(names) ? names[status] : "an unknown status";
}

static void
put_refusal(const struct link_frame *call, const il_response *res, il_status status, struct port *port)
{
    bool is_explained = res->problem && (status == IL_OK || status == IL_INVALID || status == IL_NO_MEMORY);
    char reason[100];

    if (is_explained) {
        request_refuse(call, res->problem, port);
        return;
    }
    snprintf(reason, sizeof reason, "the handler returned %s%s", status_name(status),
             status == IL_OK ? " without il_respond" : "");
    request_refuse(call, reason, port);
}

static void
put_response(const struct link_frame *call, const il_response *res, struct port *port)
{
    put_answer(call, LINK_OK,
               (struct link_answer){ .body_len = res->body.len,
                                     .http_status = (uint32_t)res->status,
                                     .header_count = res->header_count,
                                     .heads_len = (uint32_t)res->heads.len },
               buf_view(&res->heads), buf_view(&res->body), port);
}

/* Whoever invoked the function gets a Lambda-proxy result. */
static void
put_result(const struct link_frame *call, const il_response *res, struct port *port)
{
    struct buf json;

    buf_init(&json, RESULT_MAX + 1);
    if (lambda_put_answer(&json, res))
        put_answer(call, LINK_OK, (struct link_answer){ .body_len = json.len, .http_status = 200 }, (struct str){ 0 },
                   buf_view(&json), port);
    else
        request_refuse(call, "the result is too large", port);
    buf_fini(&json);
}

/* The handler wanted an event that AWS Lambda would not take, and could not go on without (functions.md 1.8). */
static void
put_too_large(const struct link_frame *call, enum event_kind kind, struct port *port)
{
    static const char heads[] = "content-type\0application/json";
    struct str body =
        str_of(kind == EVENT_V1 ? "{\"message\":\"Request Too Long\"}" : "{\"message\":\"Request Entity Too Large\"}");

    put_answer(
        call, LINK_REFUSED,
        (struct link_answer){ .body_len = body.len, .http_status = 413, .header_count = 1, .heads_len = sizeof heads },
        (struct str){ heads, sizeof heads }, body, port);
}

/* Two of them would be one too many: what the handler added as a header wins. */
static bool
has_own_type(const il_response *res)
{
    const char *at = res->heads.p;

    for (uint32_t left = res->header_count; left--; at += strlen(at) + 1) {
        if (strcasecmp(at, "content-type") == 0)
            return true;
        at += strlen(at) + 1;
    }
    return false;
}

void
request_run(struct il_request *req, struct il_response *res, const il_route *route, const struct link_frame *call,
            struct port *port)
{
    il_status status = route->function(req, res);

    if (status != IL_OK && req->is_event_too_large)
        put_too_large(call, event_kind(req), port);
    else if (status != IL_OK || !res->status)
        put_refusal(call, res, status, port);
    else if (res->type && !has_own_type(res) && !put_pair(res, "content-type", res->type))
        request_refuse(call, "the headers of the answer are too large", port);
    else if (!res->is_result && event_kind(req) == EVENT_RAW)
        put_result(call, res, port);
    else
        put_response(call, res, port);
}
