/* SPDX-License-Identifier: MIT */
/* Answers that are sent as gzip (compress.h). */
#include "function/compress.h"

#include <stdlib.h>
#include <strings.h>
#include <zlib.h>

#include "base/arena.h"
#include "base/mem.h"
#include "http/coding.h"
#include "loop/worker.h"

/* LARGE: about two milliseconds, which other requests of the thread would wait for. */
enum { LARGE = 128 << 10, LIMIT_MS = 30 * 1000, GZIP = 16 /* beside the window bits */, MEMORY_LEVEL = 8 };

static bool
has_field(const struct http_response *response, struct str name)
{
    for (size_t i = 0; i < response->field_count; i++)
        if (response->fields[i].name.len == name.len && strncasecmp(response->fields[i].name.p, name.p, name.len) == 0)
            return true;
    return false;
}

bool
compress_wants(int64_t from, const struct http_request *request, const struct http_response *response)
{
    return from >= 0 && response->body.len && response->body.len >= (size_t)from && !response->file &&
           coding_is_accepted(http_header(request, "accept-encoding"), STR("gzip")) &&
           !has_field(response, STR("content-encoding"));
}

/* What becomes of the body, in the arena. p NULL: it would not be smaller. */
static struct str
compressed(struct arena *arena, struct str body)
{
    z_stream stream = { .next_in = (Bytef *)(uintptr_t)body.p, .avail_in = (uInt)body.len };
    char *out = arena_alloc(arena, body.len);
    bool is_done = false;

    if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, MAX_WBITS + GZIP, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) == Z_OK) {
        stream.next_out = (Bytef *)out;
        stream.avail_out = (uInt)body.len;
        is_done = deflate(&stream, Z_FINISH) == Z_STREAM_END;
        deflateEnd(&stream);
    }
    return (struct str){ is_done ? out : NULL, is_done ? stream.total_out : 0 };
}

static void
respond(struct http_call *call, const struct http_response *response)
{
    struct http_response copy = *response;
    size_t count = response->field_count;
    struct http_field *fields;
    struct arena arena;
    struct str body;

    arena_init(&arena, 0);
    fields = arena_alloc(&arena, (count + 2) * sizeof *fields);
    if (count)
        memcpy(fields, response->fields, count * sizeof *fields);
    fields[count++] = (struct http_field){ STR("vary"), STR("accept-encoding") };
    body = compressed(&arena, response->body);
    if (body.p) {
        copy.body = body;
        fields[count++] = (struct http_field){ STR("content-encoding"), STR("gzip") };
    }
    copy.fields = fields;
    copy.field_count = count;
    http_call_respond(call, &copy);
    arena_fini(&arena);
}

/* ---- on an api thread */

struct large {
    struct message message;
    struct http_call *call;
    struct arena arena; /* the answer */
    struct http_response response;
};

static void
respond_large(struct message *message)
{
    struct large *large = container_of(message, struct large, message);

    respond(large->call, &large->response);
    arena_fini(&large->arena);
    free(large);
}

static struct str
copied(struct arena *arena, struct str text)
{
    return (struct str){ text.p ? arena_strndup(arena, text.p, text.len) : NULL, text.len };
}

static struct large *
large_new(struct http_call *call, const struct http_response *response)
{
    struct large *large = mem_alloc(sizeof *large);
    struct http_field *fields;

    large->call = call;
    arena_init(&large->arena, 0);
    fields = arena_alloc(&large->arena, (response->field_count + 1) * sizeof *fields);
    for (size_t i = 0; i < response->field_count; i++)
        fields[i] = (struct http_field){ copied(&large->arena, response->fields[i].name),
                                         copied(&large->arena, response->fields[i].value) };
    large->response = *response;
    large->response.content_type = copied(&large->arena, response->content_type);
    large->response.body = copied(&large->arena, response->body);
    large->response.fields = fields;
    return large;
}

void
compress_respond(struct http_call *call, const struct http_response *response)
{
    struct large *large = response->body.len > LARGE ? large_new(call, response) : NULL;

    if (large)
        http_call_await(call, LIMIT_MS);
    if (!large)
        respond(call, response);
    else if (!worker_post(&large->message, respond_large))
        respond_large(&large->message);
}
