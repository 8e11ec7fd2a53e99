/* SPDX-License-Identifier: MIT */
/* Requests of functions (request.h). */
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
#include "runtime/event.h"
#include "runtime/response.h"

void
request_init(struct il_request *req, struct il_response *res)
{
    *req = (struct il_request){ 0 };
    *res = (struct il_response){ .request = req };
    arena_init(&req->arena, REQUEST_ARENA_MAX);
    buf_init(&res->heads, RESPONSE_MAX_HEADS);
    buf_init(&res->body, RESPONSE_MAX_BODY);
    buf_init(&req->event, EVENT_MAX + 1); /* and a NUL */
}

void
request_fini(struct il_request *req, struct il_response *res)
{
    arena_fini(&req->arena);
    buf_fini(&res->heads);
    buf_fini(&res->body);
    buf_fini(&req->event);
}

/* Large memory is given back at once. */
static void
trim(struct buf *buf)
{
    if (buf->cap > LINK_INLINE_BODY)
        buf_fini(buf);
}

void
request_done(struct il_request *req, struct il_response *res)
{
    response_clear(res);
    trim(&res->body);
    trim(&req->event);
    arena_reset(&req->arena);
    req->has_event = false;
    req->is_event_too_large = false;
    req->info.size = 0;
    atomic_store_explicit(&req->is_canceled, false, memory_order_relaxed);
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
find_pair(const char *at, uint32_t count, const char *name, size_t index, int (*compare)(const char *a, const char *b))
{
    while (count--) {
        const char *value = at + strlen(at) + 1;

        if (compare(at, name) == 0 && index-- == 0)
            return value;
        at = value + strlen(value) + 1;
    }
    return NULL;
}

const char *
request_header_at(il_request *req, const char *name, size_t index)
{
    return name ? find_pair(req->headers, req->header_count, name, index, strcasecmp) : NULL;
}

const char *
request_header(il_request *req, const char *name)
{
    return request_header_at(req, name, 0);
}

const char *
request_path_param(il_request *req, const char *name)
{
    return name ? find_pair(req->params, req->param_count, name, 0, strcmp) : NULL;
}

static int
hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* What is no valid escape, or would be a NUL, stays as it is. */
struct str
request_decode(il_request *req, struct str text)
{
    char *out = arena_strndup(&req->arena, text.p, text.len), *to = out;

    for (size_t i = 0; out && i < text.len; i++) {
        int high = text.p[i] == '%' && i + 2 < text.len ? hex_value(text.p[i + 1]) : -1;
        int low = high >= 0 ? hex_value(text.p[i + 2]) : -1;

        if (low >= 0 && high * 16 + low) {
            *to++ = (char)(high * 16 + low);
            i += 2;
        } else {
            *to++ = text.p[i] == '+' ? ' ' : text.p[i];
        }
    }
    if (out)
        *to = '\0';
    return (struct str){ out, (size_t)(to - out) };
}

const char *
request_query_at(il_request *req, const char *name, size_t index)
{
    const char *at = req->query;

    while (name && *at) {
        size_t len = strcspn(at, "&"), name_len = strcspn(at, "=&");
        const char *key = request_decode(req, (struct str){ at, name_len }).p;

        if (key && strcmp(key, name) == 0 && index-- == 0)
            return name_len < len ? request_decode(req, (struct str){ at + name_len + 1, len - name_len - 1 }).p : "";
        at += len + (at[len] == '&');
    }
    return NULL;
}

const char *
request_query(il_request *req, const char *name)
{
    return request_query_at(req, name, 0);
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
