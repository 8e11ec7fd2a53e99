/* SPDX-License-Identifier: MIT */
/* The invoke API of AWS Lambda (invoke.h). */
#include "function/invoke.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "auth/key.h"
#include "auth/role.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/mem.h"
#include "function/answer.h"
#include "function/call.h"
#include "function/internal.h"
#include "function/journal.h"
#include "http/server.h"
#include "json/validate.h"
#include "json/write.h"
#include "loop/control.h"
#include "loop/worker.h"

enum {
    MAX_EVENT = 6291456, /* functions.md 1.9; what Event may have is the queue's */
    MAX_CONTEXT = 3583,  /* X-Amz-Client-Context, as AWS limits it */
    MAX_ERROR = 64 << 10,
    IDENTIFY_LIMIT_MS = 30 * 1000,
    ASYNC_LIMIT_MS = 30 * 1000,
    TAIL_LIMIT_MS = 30 * 1000,
};

static const char prefix[] = "/2015-03-31/functions/", suffix[] = "/invocations";
static struct invoke_spec spec;

/* ---- answers */

static void
put_error(struct buf *out, const char *id, struct str message, const char *type)
{
    struct json_out json;

    json_out_init(&json, out);
    json_object(&json);
    json_pair_str(&json, "errorMessage", message);
    json_pair_text(&json, "errorType", type);
    json_name(&json, "stackTrace");
    json_array(&json);
    json_array_end(&json);
    json_pair_text(&json, "requestId", id);
    json_object_end(&json);
}

/* Of a call that has run. function_error: NULL, it went well. */
static void
result_init(struct answer *answer, unsigned status, struct str body, const char *id, const char *function_error)
{
    answer_init(answer, status, body, id);
    answer_add(answer, STR("x-amz-executed-version"), STR("$LATEST"));
    if (function_error)
        answer_add(answer, STR("x-amz-function-error"), str_of(function_error));
}

/*
 * An answer on its way through control, which has read by then what the function printed. It leaves when this turn of
 * the http loop is over: then the call has ended, and its log says so.
 */
struct tailing {
    struct http_turn turn;
    struct message message;
    struct http_call *http;
    struct journal *journal;
    char id[40];
    const char *function_error;
    unsigned status;
    bool has_waited;
    size_t body_len;
    char body[];
};

static void
respond_with_tail(struct message *message)
{
    struct tailing *tailing = container_of(message, struct tailing, message);
    char tail[JOURNAL_TAIL], text[JOURNAL_TAIL * 2];
    struct answer answer;
    size_t len;

    if (!tailing->has_waited) { /* one turn of the loop, in which it reads the pipe */
        tailing->has_waited = true;
        control_post(message, respond_with_tail);
        return;
    }
    len = journal_tail(tailing->journal, tailing->id, tail);
    sodium_bin2base64(text, sizeof text, (const unsigned char *)tail, len, sodium_base64_VARIANT_ORIGINAL);
    result_init(&answer, tailing->status, (struct str){ tailing->body, tailing->body_len }, tailing->id,
                tailing->function_error);
    answer_add(&answer, STR("x-amz-log-result"), str_of(text));
    http_call_respond(tailing->http, &answer.response);
    free(tailing);
}

static void
ask_for_tail(struct http_turn *turn)
{
    control_post(&container_of(turn, struct tailing, turn)->message, respond_with_tail);
}

static void
send_with_tail(struct function_call *call, unsigned status, struct str body, const char *function_error)
{
    struct tailing *tailing = mem_alloc(sizeof *tailing + body.len);

    tailing->http = call->http;
    tailing->journal = call->endpoint->function->journal;
    snprintf(tailing->id, sizeof tailing->id, "%s", call->id);
    tailing->function_error = function_error;
    tailing->status = status;
    tailing->body_len = body.len;
    if (body.len)
        memcpy(tailing->body, body.p, body.len);
    http_call_await(call->http, TAIL_LIMIT_MS);
    list_init(&tailing->turn.link);
    tailing->turn.run = ask_for_tail;
    http_turn_add(http_thread_current(), &tailing->turn);
}

static void
send(struct function_call *call, unsigned status, struct str body, const char *function_error)
{
    struct answer answer;

    if (call->wants_log) {
        send_with_tail(call, status, body, function_error);
        return;
    }
    result_init(&answer, status, body, call->id, function_error);
    http_call_respond(call->http, &answer.response);
}

void
invoke_answered(struct function_call *call, const struct http_response *response)
{
    bool is_empty = response->status == 200 && !response->body.len;

    send(call, response->status, is_empty ? STR("null") : response->body, NULL);
}

static void
respond_error(struct function_call *call, struct str message, const char *type, const char *kind)
{
    struct buf body;

    buf_init(&body, MAX_ERROR);
    put_error(&body, call->id, message, type);
    send(call, 200, buf_view(&body), kind);
    buf_fini(&body);
}

void
invoke_failed(struct function_call *call, struct str reason)
{
    respond_error(call, reason, "Error", "Handled");
}

void
invoke_refused(struct function_call *call, enum refusal refusal)
{
    static const struct str busy = { "{\"Type\":\"User\",\"message\":\"Rate Exceeded.\",\"Reason\":"
                                     "\"ReservedFunctionConcurrentInvocationLimitExceeded\"}",
                                     sizeof "{\"Type\":\"User\",\"message\":\"Rate Exceeded.\",\"Reason\":"
                                            "\"ReservedFunctionConcurrentInvocationLimitExceeded\"}" -
                                         1 };
    struct answer answer;
    char message[128];

    if (refusal == REFUSE_CONCURRENCY) {
        answer_init(&answer, 429, busy, call->id);
        answer_add(&answer, STR("x-amzn-errortype"), STR("TooManyRequestsException"));
        http_call_respond(call->http, &answer.response);
        return;
    }
    snprintf(message, sizeof message, "RequestId: %s Error: %s", call->id,
             refusal == REFUSE_FAILED ? "the process of the function has ended"
                                      : "the process of the function could not be started");
    respond_error(call, str_of(message), refusal == REFUSE_FAILED ? "Runtime.ExitError" : "Runtime.InitError",
                  "Unhandled");
}

void
invoke_expired(struct function_call *call, struct http_request *request)
{
    struct answer answer;
    char message[128];
    struct buf body;

    snprintf(message, sizeof message, "RequestId: %s Error: Task timed out after %.2f seconds", call->id,
             call->endpoint->limit_ms / 1000.0);
    buf_init(&body, MAX_ERROR);
    put_error(&body, call->id, str_of(message), "Sandbox.Timedout");
    result_init(&answer, 200, buf_view(&body), call->id, "Unhandled");
    http_respond(request, &answer.response);
    buf_fini(&body);
}

/* ---- requests that are refused before there is a call */

static struct answer *
error_of(struct arena *arena, unsigned status, const char *type, const char *message)
{
    struct answer *answer = arena_alloc(arena, sizeof *answer);
    struct json_out json;
    struct buf body;

    buf_init(&body, MAX_ERROR);
    json_out_init(&json, &body);
    json_object(&json);
    json_pair_text(&json, "Type", "User");
    json_pair_text(&json, "Message", message);
    json_pair_text(&json, "message", message);
    json_object_end(&json);
    answer_init(answer, status, str_of(arena_strdup(arena, buf_text(&body))),
                arena_strdup(arena, uuid_format(uuid_v4()).s));
    answer_add(answer, STR("x-amzn-errortype"), str_of(type));
    if (status == 405)
        answer_add(answer, STR("allow"), STR("POST"));
    buf_fini(&body);
    return answer;
}

static void
refuse(struct http_request *request, unsigned status, const char *type, const char *message)
{
    struct arena arena;

    arena_init(&arena, 0);
    http_respond(request, &error_of(&arena, status, type, message)->response);
    arena_fini(&arena);
}

bool
invoke_refusal(struct str path, unsigned status, struct arena *arena, struct http_response *response)
{
    if (!str_starts(path, str_of(prefix)))
        return false;
    *response = error_of(arena, status, status == 413 ? "RequestTooLargeException" : "InvalidRequestContentException",
                         http_status_text(status))
                    ->response;
    return true;
}

/* NAME, NAME:QUALIFIER, or the same at the end of an ARN. */
static struct str
name_of(const struct http_request *request)
{
    static const struct str mark = { ":function:", 10 };
    struct str name = { request->path.p + sizeof prefix - 1, request->path.len - (sizeof prefix - 1) };
    const char *colon, *arn;

    if (!str_ends(name, str_of(suffix)))
        return (struct str){ 0 };
    name.len -= sizeof suffix - 1;
    arn = memmem(name.p, name.len, mark.p, mark.len);
    if (arn) {
        name.len -= (size_t)(arn - name.p) + mark.len;
        name.p = arn + mark.len;
    }
    colon = memchr(name.p, ':', name.len);
    if (colon)
        name.len = (size_t)(colon - name.p);
    return name;
}

static void
refuse_unknown(struct http_request *request, struct str name)
{
    const char *near = function_find_near(seat_here()->table, name, false);
    char message[256];

    snprintf(message, sizeof message, "Function not found: %.*s%s%.100s%s", name.len < 100 ? (int)name.len : 100,
             name.p ? name.p : "", near ? ". Did you mean " : "", near ? near : "", near ? "?" : "");
    refuse(request, 404, "ResourceNotFoundException", message);
}

static bool
check_body(struct http_request *request)
{
    char message[128];
    struct err err;

    if (!request->body.len)
        request->body = STR("{}");
    if (request->body.len > MAX_EVENT) {
        snprintf(message, sizeof message,
                 "%zu byte payload is too large for the RequestResponse invocation type (limit %d bytes)",
                 request->body.len, MAX_EVENT);
        refuse(request, 413, "RequestTooLargeException", message);
        return false;
    }
    if (json_validate(request->body, 0, NULL, &err))
        return true;
    refuse(request, 400, "InvalidRequestContentException", "Could not parse request body into json");
    return false;
}

/* X-Amz-Client-Context: JSON in base64. What cannot be read is not there. */
static void
take_client_context(struct function_call *call, const struct http_request *request)
{
    struct str text = http_header(request, "x-amz-client-context");
    size_t len = 0;
    struct err err;

    if (!text.p || text.len > MAX_CONTEXT)
        return;
    call->memory = mem_alloc(text.len + 1);
    if (sodium_base642bin((unsigned char *)call->memory, text.len, text.p, text.len, NULL, &len, NULL,
                          sodium_base64_VARIANT_ORIGINAL) == 0 &&
        json_validate((struct str){ call->memory, len }, 0, NULL, &err))
        call->event.client_context = (struct str){ call->memory, len };
}

static void
on_expire(struct http_request *request, void *arg)
{
    struct function_call *call = arg;
    char why[64];

    invoke_expired(call, request);
    snprintf(why, sizeof why, "Task timed out after %.2f seconds", call->endpoint->limit_ms / 1000.0);
    function_call_expired(call, why);
}

/* Somebody who may. */
static void
invoke(struct http_request *request)
{
    struct str name = name_of(request);
    const struct function *function = function_find(seat_here()->table, name);
    struct str type = http_header(request, "x-amz-invocation-type"), log = http_header(request, "x-amz-log-type");
    bool is_event = type.p && str_is(type, "Event"), is_dry = type.p && str_is(type, "DryRun");
    struct uuid_text id = uuid_format(uuid_v4());
    struct function_call *call;
    struct answer answer;

    if (!function) {
        refuse_unknown(request, name);
        return;
    }
    if (type.len && !is_event && !is_dry && !str_is(type, "RequestResponse")) {
        refuse(request, 400, "InvalidParameterValueException",
               "X-Amz-Invocation-Type is RequestResponse, Event or DryRun");
        return;
    }
    if (!check_body(request))
        return;
    if (is_dry) {
        answer_init(&answer, 204, STR(""), id.s);
        http_respond(request, &answer.response);
        return;
    }
    call = function_call_new(seat_here()->table, function->raw, NULL);
    memcpy(call->id, id.s, sizeof id);
    call->is_async = is_event;
    call->wants_log = log.p && str_is(log, "Tail");
    take_client_context(call, request);
    call->http = http_hold(request, is_event ? ASYNC_LIMIT_MS : function->raw->limit_ms, on_expire, call);
    function_call_admitted(call);
}

/* ---- who may */

struct asking {
    struct message message;
    struct http_call *http;
    bool is_operator, is_known;
    char key[]; /* NUL-terminated */
};

static void
identified(struct message *message)
{
    struct asking *asking = container_of(message, struct asking, message);
    struct http_request *request = http_call_request(asking->http);

    if (request && asking->is_operator) {
        http_call_release(asking->http);
        invoke(request);
    } else if (request) {
        http_call_release(asking->http);
        refuse(request, 403, asking->is_known ? "AccessDeniedException" : "UnrecognizedClientException",
               asking->is_known ? "This key is not one of an administrator or developer."
                                : "The key in the Authorization header (Bearer KEY) is not known.");
    } else {
        http_call_drop(asking->http);
    }
    free(asking);
}

/* On an api thread. */
static void
identify(struct message *message)
{
    struct asking *asking = container_of(message, struct asking, message);
    struct api_key *key = NULL;
    struct arena arena;
    struct err err;

    arena_init(&arena, 0);
    if (key_identify(spec.store, &arena, str_of(asking->key), clock_wall_ms(), &key, &err) && key) {
        asking->is_known = true;
        asking->is_operator =
            strcmp(key->org_id, spec.organization_id) == 0 && role_may(role_parse(key->role), RUN_DEV_ACTIONS);
    }
    arena_fini(&arena);
    http_thread_post(http_call_thread(asking->http), &asking->message, identified);
}

static void
on_request(struct http_request *request, void *arg)
{
    struct str header = http_header(request, "authorization");
    struct str key = header.p ? key_from_authorization(header) : STR("");
    struct asking *asking;

    (void)arg;
    if (request->method != HTTP_POST) {
        refuse(request, 405, "MethodNotAllowedException", "Functions are invoked by POST.");
        return;
    }
    if (spec.is_operator && spec.is_operator(request)) {
        invoke(request);
        return;
    }
    if (!key.len) {
        refuse(request, 403, "MissingAuthenticationTokenException", "Send Authorization: Bearer KEY.");
        return;
    }
    asking = mem_alloc(sizeof *asking + key.len + 1);
    memcpy(asking->key, key.p, key.len);
    asking->http = http_hold(request, IDENTIFY_LIMIT_MS, NULL, NULL);
    if (!worker_post(&asking->message, identify)) {
        http_call_problem(asking->http, 503, "The server is busy. Try again in a moment.");
        free(asking);
    }
}

void
invoke_init(struct http_server *server, const struct invoke_spec *given)
{
    spec = *given;
    http_server_route(server, &(struct http_route){ .path = prefix, .handler = on_request });
}
