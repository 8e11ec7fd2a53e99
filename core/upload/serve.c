/* SPDX-License-Identifier: MIT */
/* /uploads/<token> (serve.h): on an http thread the request is copied, on an api thread files are touched. */
#include "upload/serve.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "http/call.h"
#include "loop/worker.h"
#include "upload/local.h"
#include "upload/range.h"
#include "upload/token.h"

enum { DEADLINE_MS = 60 * 1000, MAX_PART = 8 << 20, MAX_TYPE = 200 };

static const char prefix[] = "/uploads/";

struct transfer {
    struct message message;
    struct http_call *http;
    struct arena arena;
    bool is_put;
    struct str token, body, range, content_range;
    const char *type;
    char *bytes; /* of the body */
};

static void
transfer_free(struct transfer *transfer)
{
    arena_fini(&transfer->arena);
    free(transfer->bytes);
    free(transfer);
}

static void
problem(struct transfer *transfer, unsigned status, const char *detail)
{
    http_call_problem(transfer->http, status, detail);
}

/* ---- GET */

static void
send_file(struct transfer *transfer, int fd, int64_t size, const char *type, const char *key)
{
    char disposition[160], content_range[80];
    struct range range = { 0, size };
    bool is_partial = transfer->range.p && range_read(transfer->range, size, &range);
    struct http_field fields[4] = {
        { STR("content-disposition"), STR("") },
        { STR("accept-ranges"), STR("bytes") },
        { STR("cache-control"), STR("private, no-store") },
        { STR("content-range"), STR("") },
    };

    snprintf(disposition, sizeof disposition, "attachment; filename=\"%s\"", key);
    fields[0].value = str_of(disposition);
    if (is_partial && range.count == 0)
        snprintf(content_range, sizeof content_range, "bytes */%lld", (long long)size);
    else
        snprintf(content_range, sizeof content_range, "bytes %lld-%lld/%lld", (long long)range.at,
                 (long long)(range.at + range.count - 1), (long long)size);
    fields[3].value = str_of(content_range);
    http_call_respond(transfer->http, &(struct http_response){ .status = !is_partial   ? 200
                                                                         : range.count ? 206
                                                                                       : 416,
                                                               .content_type = str_of(type),
                                                               .body = { NULL, (size_t)range.count },
                                                               .file = fd,
                                                               .file_at = range.at,
                                                               .fields = fields,
                                                               .field_count = is_partial ? 4 : 3,
                                                               .is_own = true });
}

static void
get(struct transfer *transfer, const struct upload_object *object)
{
    char type[MAX_TYPE];
    int64_t size;
    int fd = upload_local_open(object, &size, type, sizeof type);

    if (fd < 0)
        problem(transfer, 404, "This file is not there (any more).");
    else
        send_file(transfer, fd, size, type[0] ? type : "application/octet-stream", object->key);
}

/* ---- PUT */

static void
answer_more(struct transfer *transfer, int64_t have)
{
    char text[64];
    struct http_field field = { STR("range"), STR("") };

    snprintf(text, sizeof text, "bytes=0-%lld", (long long)(have - 1));
    field.value = str_of(text);
    http_call_respond(
        transfer->http,
        &(struct http_response){ .status = 308, .fields = &field, .field_count = have ? 1 : 0, .is_own = true });
}

static void
put(struct transfer *transfer, const struct upload_object *object)
{
    struct upload_part part = { .bytes = transfer->body, .total = (int64_t)transfer->body.len, .type = transfer->type };
    struct err err = { "" };
    int64_t have;

    if (transfer->content_range.p &&
        !content_range_read(transfer->content_range, (int64_t)transfer->body.len, &part.at, &part.total)) {
        problem(transfer, 400, "Content-Range must be 'bytes FIRST-LAST/TOTAL' and fit the body, or 'bytes */TOTAL'.");
        return;
    }
    part.is_question = transfer->content_range.p && !transfer->body.len;
    switch (upload_local_put(object, &part, &have, &err)) {
    case UPLOAD_DONE:
        http_call_respond(transfer->http, &(struct http_response){ .status = 201, .is_own = true });
        return;
    case UPLOAD_MORE:
        answer_more(transfer, have);
        return;
    case UPLOAD_GONE:
        problem(transfer, 410, "The run that wanted this file has ended.");
        return;
    case UPLOAD_BUSY:
        problem(transfer, 409, "Another request is writing to this file.");
        return;
    case UPLOAD_LARGE:
        problem(transfer, 413, "The files of this run would be larger than this server takes (UPLOAD_MAX_BYTES).");
        return;
    case UPLOAD_FULL:
        problem(transfer, 507, "There is no room for this file.");
        break;
    case UPLOAD_ERROR:
        problem(transfer, 500, "The file could not be stored.");
        break;
    }
    log_error("upload", "%s", err.text);
}

/* ---- both */

static void
serve(struct message *message)
{
    struct transfer *transfer = container_of(message, struct transfer, message);
    struct upload_object object;

    if (!upload_token_open(&transfer->arena, upload_local_spec()->secrets, transfer->is_put ? UPLOAD_PUT : UPLOAD_GET,
                           transfer->token, clock_wall_ms(), &object))
        problem(transfer, 403, "This address is not good (any more).");
    else if (transfer->is_put)
        put(transfer, &object);
    else
        get(transfer, &object);
    transfer_free(transfer);
}

static struct str
copied(struct arena *arena, struct str text)
{
    return (struct str){ text.p ? arena_strndup(arena, text.p, text.len) : NULL, text.len };
}

/* A media type that may go back as it came: one line of plain characters. */
static const char *
clean_type(struct arena *arena, struct str type)
{
    if (!type.p || type.len >= MAX_TYPE)
        return NULL;
    for (size_t i = 0; i < type.len; i++)
        if (type.p[i] < ' ' || type.p[i] > '~')
            return NULL;
    return arena_strndup(arena, type.p, type.len);
}

static void
on_request(struct http_request *request, void *arg)
{
    struct transfer *transfer;

    (void)arg;
    if (request->body.len > MAX_PART) {
        http_problem(request, 413, "At most 8 MiB in one request; send larger files in parts with Content-Range.");
        return;
    }
    transfer = mem_alloc(sizeof *transfer);
    arena_init(&transfer->arena, 0);
    transfer->is_put = request->method == HTTP_PUT;
    transfer->token = copied(
        &transfer->arena, (struct str){ request->path.p + sizeof prefix - 1, request->path.len - (sizeof prefix - 1) });
    transfer->range = copied(&transfer->arena, http_header(request, "range"));
    transfer->content_range = copied(&transfer->arena, http_header(request, "content-range"));
    transfer->type = clean_type(&transfer->arena, http_header(request, "content-type"));
    if (request->body.len) {
        transfer->bytes = mem_strndup(request->body.p, request->body.len);
        transfer->body = (struct str){ transfer->bytes, request->body.len };
    }
    transfer->http = http_hold(request, DEADLINE_MS, NULL, NULL);
    if (worker_post(&transfer->message, serve))
        return;
    problem(transfer, 503, "The server is busy. Try again in a moment.");
    transfer_free(transfer);
}

void
upload_routes(struct http_server *server)
{
    http_server_route(server,
                      &(struct http_route){ .path = prefix, .methods = HTTP_GET | HTTP_PUT, .handler = on_request });
}
