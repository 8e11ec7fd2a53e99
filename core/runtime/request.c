/* SPDX-License-Identifier: MIT */
/* Requests and answers of functions (request.h). */
#include "runtime/request.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

void
request_init(struct il_request *req, struct il_response *res)
{
    *req = (struct il_request){ 0 };
    *res = (struct il_response){ .request = req };
    arena_init(&req->arena, REQUEST_ARENA_MAX);
    buf_init(&res->heads, RESPONSE_MAX_HEADS);
    buf_init(&res->body, RESPONSE_MAX_BODY);
}

void
request_fini(struct il_request *req, struct il_response *res)
{
    arena_fini(&req->arena);
    buf_fini(&res->heads);
    buf_fini(&res->body);
}

void
request_done(struct il_request *req, struct il_response *res)
{
    arena_reset(&req->arena);
    buf_clear(&res->heads);
    if (res->body.cap > LINK_INLINE_BODY)
        buf_fini(&res->body);
    else
        buf_clear(&res->body);
    res->status = 0;
    res->header_count = 0;
    res->type = NULL;
}

/* ---- from the frame */

struct cursor {
    const char *p;
    size_t left;
};

/* A text of len bytes and its NUL. NULL: it is not there. */
static const char *
take_text(struct cursor *at, uint32_t len)
{
    const char *text = at->p;

    if (len >= at->left || text[len] != '\0')
        return NULL;
    at->p += len + 1;
    at->left -= len + 1;
    return text;
}

/* `count` NUL-terminated texts at p: where they end, or NULL if they do not all end before `end`. */
static const char *
skip_texts(const char *p, const char *end, uint64_t count)
{
    while (p && count--) {
        const char *nul = memchr(p, '\0', (size_t)(end - p));

        p = nul ? nul + 1 : NULL;
    }
    return p;
}

static bool
take_pairs(struct il_request *req, struct cursor *at, const struct link_request *head)
{
    const char *end = at->p + head->heads_len, *p;

    if (head->heads_len > at->left)
        return false;
    req->headers = at->p;
    p = skip_texts(req->headers, end, 2ull * head->header_count);
    req->params = p;
    p = skip_texts(p, end, 2ull * head->param_count);
    req->header_count = head->header_count;
    req->param_count = head->param_count;
    at->p = end;
    at->left -= head->heads_len;
    return p == end;
}

/* Its pairs are looked at only when somebody asks; the NUL at the end bounds every text in it. */
static bool
take_context(struct il_request *req, struct cursor *at, uint32_t len)
{
    if (len > at->left || (len && at->p[len - 1] != '\0'))
        return false;
    req->context = (struct str){ at->p, len };
    at->p += len;
    at->left -= len;
    return true;
}

/*
 * The sender keeps the descriptor: without seals it could change the bytes while the handler reads them, or cut them
 * off.
 */
static bool
read_body(struct il_request *req, int fd, uint64_t len, struct err *err)
{
    enum { WANTED = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE };
    int seals = fcntl(fd, F_GET_SEALS);
    struct stat info;
    char *body;

    if (seals < 0 || (seals & WANTED) != WANTED)
        return err_set(err, "the memfd of the body is not sealed");
    if (fstat(fd, &info) < 0 || (uint64_t)info.st_size != len)
        return err_set(err, "the memfd of the body has not the length that was announced");
    body = len < REQUEST_ARENA_MAX ? arena_alloc(&req->arena, len) : NULL;
    if (!body)
        return err_set(err, "the body has %llu bytes, at most %d are possible", (unsigned long long)len,
                       REQUEST_ARENA_MAX);
    for (uint64_t done = 0; done < len;) {
        ssize_t got = pread(fd, body + done, len - done, (off_t)done);

        if (got <= 0)
            return err_set_errno(err, "reading the body");
        done += (uint64_t)got;
    }
    req->body = (il_str){ body, len };
    return true;
}

bool
request_parse(struct il_request *req, struct str payload, int fd, struct err *err)
{
    struct cursor at = { payload.p, payload.len };
    struct link_request head;

    if (payload.len < sizeof head)
        return err_set(err, "the request is too short for its head");
    memcpy(&head, payload.p, sizeof head);
    at = (struct cursor){ payload.p + sizeof head, payload.len - sizeof head };
    req->method = take_text(&at, head.method_len);
    req->path = req->method ? take_text(&at, head.path_len) : NULL;
    req->query = req->path ? take_text(&at, head.query_len) : NULL;
    if (!req->query || !take_pairs(req, &at, &head) || !take_context(req, &at, head.context_len) ||
        head.base_len > head.path_len)
        return err_set(err, "the parts of the request do not fit together");
    req->base_len = head.base_len;
    req->time_ms = head.time_ms;
    req->deadline_ms = head.deadline_ms;
    if (fd >= 0)
        return read_body(req, fd, head.body_len, err);
    if (head.body_len != at.left)
        return err_set(err, "the body of the request has not the length that was announced");
    req->body = (il_str){ at.p, at.left };
    return true;
}

/* ---- what handlers ask */

const char *
request_method(il_request *req)
{
    return req->method;
}

const char *
request_path(il_request *req)
{
    return req->path;
}

il_str
request_body(il_request *req)
{
    return req->body;
}

const char *
request_context(const il_request *req, const char *key)
{
    const char *at = req->context.p, *end = at + req->context.len;

    while (at < end) {
        const char *value = at + strlen(at) + 1;

        if (value < end && strcmp(at, key) == 0)
            return value;
        at = value < end ? value + strlen(value) + 1 : end;
    }
    return NULL;
}

static const char *
find_pair(const char *at, uint32_t count, const char *name, int (*compare)(const char *a, const char *b))
{
    while (count--) {
        const char *value = at + strlen(at) + 1;

        if (compare(at, name) == 0)
            return value;
        at = value + strlen(value) + 1;
    }
    return NULL;
}

const char *
request_header(il_request *req, const char *name)
{
    return name ? find_pair(req->headers, req->header_count, name, strcasecmp) : NULL;
}

const char *
request_path_param(il_request *req, const char *name)
{
    return name ? find_pair(req->params, req->param_count, name, strcmp) : NULL;
}

static int
hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decodes a part of the query; what is no valid escape, or would be a NUL, stays as it is. */
static char *
decode(struct arena *arena, const char *text, size_t len)
{
    char *out = arena_strndup(arena, text, len), *to = out;

    for (size_t i = 0; out && i < len; i++) {
        int high = text[i] == '%' && i + 2 < len ? hex_value(text[i + 1]) : -1;
        int low = high >= 0 ? hex_value(text[i + 2]) : -1;

        if (low >= 0 && high * 16 + low) {
            *to++ = (char)(high * 16 + low);
            i += 2;
        } else {
            *to++ = text[i] == '+' ? ' ' : text[i];
        }
    }
    if (out)
        *to = '\0';
    return out;
}

const char *
request_query(il_request *req, const char *name)
{
    const char *at = req->query;

    while (name && *at) {
        size_t len = strcspn(at, "&"), name_len = strcspn(at, "=&");
        const char *key = decode(&req->arena, at, name_len);

        if (key && strcmp(key, name) == 0)
            return name_len < len ? decode(&req->arena, at + name_len + 1, len - name_len - 1) : "";
        at += len + (at[len] == '&');
    }
    return NULL;
}

char *
request_format(il_request *req, const char *format, ...)
{
    va_list args;
    char *text;

    va_start(args, format);
    text = arena_vprintf(&req->arena, format, args);
    va_end(args);
    return text;
}

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

il_status
response_header(il_response *res, const char *name, const char *value)
{
    if (!name || !value || !is_token(name) || !is_field_value(value))
        return IL_INVALID;
    return put_pair(res, name, value) ? IL_OK : IL_NO_MEMORY;
}

il_status
response_body(il_response *res, int status, const char *type, const void *body, size_t len)
{
    if (status < 100 || status > 599 || (type && !is_field_value(type)) || (len && !body))
        return IL_INVALID;
    res->type = type ? arena_strdup(&res->request->arena, type) : NULL;
    if (type && !res->type)
        return IL_NO_MEMORY;
    buf_clear(&res->body);
    buf_put(&res->body, body, len);
    if (res->body.over) {
        buf_clear(&res->body);
        return IL_NO_MEMORY;
    }
    res->status = status;
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
put_answer(const struct link_frame *call, struct link_answer head, struct str heads, struct str body, struct port *port)
{
    struct link_frame frame = link_answer_head(call, LINK_OK);
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

    put_answer(call, (struct link_answer){ .body_len = body.len }, (struct str){ 0 }, body, port);
}

static const char *
status_name(il_status status)
{
    static const char *const names[] = { "IL_OK",           "IL_CANCELED",     "IL_CLOSED",
                                         "IL_BAD_RESPONSE", "IL_RENDER_ERROR", "IL_INVALID",
                                         "IL_NO_MEMORY",    "IL_UNSUPPORTED",  "IL_FAILED" };

    return (size_t)status < COUNT_OF(names) ? names[status] : "an unknown status";
}

void
request_run(struct il_request *req, struct il_response *res, const il_route *route, const struct link_frame *call,
            struct port *port)
{
    il_status status = route->function(req, res);
    char reason[100];

    if (status != IL_OK || !res->status) {
        snprintf(reason, sizeof reason, "the handler returned %s%s", status_name(status),
                 status == IL_OK ? " without il_respond" : "");
        request_refuse(call, reason, port);
        return;
    }
    if (res->type && !put_pair(res, "content-type", res->type)) {
        request_refuse(call, "the headers of the answer are too large", port);
        return;
    }
    put_answer(call,
               (struct link_answer){ .body_len = res->body.len,
                                     .http_status = (uint32_t)res->status,
                                     .header_count = res->header_count,
                                     .heads_len = (uint32_t)res->heads.len },
               buf_view(&res->heads), buf_view(&res->body), port);
}
