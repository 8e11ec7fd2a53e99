/* SPDX-License-Identifier: MIT */
/* Answers on their way out (answer.h). */
#include "function/answer.h"

#include <strings.h>

#include "function/access_log.h"
#include "function/compress.h"
#include "function/cors.h"

/* ---- of the server's own */

void
answer_init(struct answer *answer, unsigned status, struct str body, const char *id)
{
    answer->response = (struct http_response){ .status = status, .body = body, .fields = answer->fields };
    if (body.len)
        answer->response.content_type = STR("application/json");
    answer_add(answer, STR("x-amzn-requestid"), str_of(id));
    answer_add(answer, STR("x-call-id"), str_of(id));
}

void
answer_init_refusal(struct answer *answer, const struct refusal_text *text, const char *id)
{
    answer_init(answer, text->status, text->body, id);
    if (text->error_type.len)
        answer_add(answer, STR("x-amzn-errortype"), text->error_type);
}

void
answer_add(struct answer *answer, struct str name, struct str value)
{
    ASSERT(answer->response.field_count < COUNT_OF(answer->fields));
    answer->fields[answer->response.field_count++] = (struct http_field){ name, value };
}

/* ---- on their way out */

/* As a page of another origin has to be told; texts lie in the arena. */
static void
add_cors(const struct endpoint *endpoint, const struct http_request *request, struct arena *arena,
         struct http_response *response)
{
    size_t count = response->field_count;
    struct http_field *fields = arena_alloc(arena, (count + CORS_MAX_FIELDS) * sizeof *fields);

    if (count)
        memcpy(fields, response->fields, count * sizeof *fields);
    response->field_count =
        cors_answer_fields(arena, endpoint->cors, endpoint->answers_as_v2 ? ENDPOINT_HTTP_API : ENDPOINT_HTTP,
                           http_header(request, "origin"), fields, count);
    response->fields = fields;
}

static void
note(const struct endpoint *endpoint, struct http_request *request, const struct function_call *call,
     const struct http_response *response)
{
    if (endpoint->access.log)
        access_log_note(&(struct access_entry){ .endpoint = endpoint,
                                                .request = request,
                                                .call = call,
                                                .status = response->status,
                                                .body = response->body });
}

void
function_call_respond(struct function_call *call, const struct http_response *response)
{
    const struct endpoint *endpoint = call->endpoint;
    struct http_request *request = endpoint->has_finish ? http_call_request(call->http) : NULL;
    struct http_response copy = *response;
    struct arena arena;

    if (!request) {
        http_call_respond(call->http, response);
        return;
    }
    arena_init(&arena, 0);
    if (endpoint->has_cors_headers)
        add_cors(endpoint, request, &arena, &copy);
    note(endpoint, request, call, &copy);
    if (compress_wants(endpoint->compress_from, request, &copy))
        compress_respond(call->http, &copy);
    else
        http_call_respond(call->http, &copy);
    arena_fini(&arena);
}

void
answer_late(struct function_call *call, struct http_request *request, const struct http_response *response)
{
    struct http_response copy = *response;
    struct arena arena;

    arena_init(&arena, 0);
    if (call->endpoint->has_cors_headers)
        add_cors(call->endpoint, request, &arena, &copy);
    note(call->endpoint, request, call, &copy);
    http_respond(request, &copy);
    arena_fini(&arena);
}

void
answer_preflight(const struct endpoint *endpoint, struct http_request *request)
{
    enum service_endpoint_kind kind = endpoint->answers_as_v2 ? ENDPOINT_HTTP_API : ENDPOINT_HTTP;

    note(endpoint, request, NULL, &(struct http_response){ .status = cors_preflight_status(kind) });
    cors_preflight(request, endpoint->cors, kind);
}
