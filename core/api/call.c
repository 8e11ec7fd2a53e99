/* SPDX-License-Identifier: MIT */
/*
 * Durable calls (functions.md 3.5, 3.8): /async/… for those who sent them, /api/v1/calls and /api/v1/queues for the
 * people who look after them. Whoever knows the id of a call that came without a key may look at it and cancel it; of
 * others those who show the key they came with. Auditors look, administrators and developers change.
 */
#include <sodium.h>
#include <strings.h>

#include "api/api.h"
#include "auth/role.h"
#include "config/value.h"
#include "function/principal.h"
#include "queue/dispatch.h"
#include "queue/queue.h"
#include "queue/record.h"

enum { LIMIT = 50, MAX_LIMIT = 500 };

static const enum permission LOOK = READ_DEV_TRANSACTIONS, OPERATE = RUN_DEV_ACTIONS;

/* Rows that are open to everybody have asked nobody yet who it is. */
static bool
may(struct api_call *call, enum permission permission)
{
    if (!call->who.user_id && !api_identify_caller(call))
        return false;
    return api_may_functions(call, permission);
}

static bool
demand(struct api_call *call, enum permission permission, struct err *err)
{
    if (may(call, permission))
        return true;
    return call->who.user_id ? api_own_functions(call, permission, err)
                             : api_refuse(call, 401, err, "Sign in, or show an API key: Authorization: Bearer KEY.");
}

/* ---- telling the dispatcher: on control */

static bool
look(struct api_call *call, struct err *err)
{
    (void)call, (void)err;
    queue_look();
    return true;
}

static bool
end_running(struct api_call *call, struct err *err)
{
    const struct queue_record *record = call->state;

    (void)err;
    queue_cancelled(record->seq);
    queue_look(); /* one that waited for it may begin */
    return true;
}

/* ---- one call */

/*
 * The newest one of that id which the caller may see; their own first, because anybody can send a call with the id of
 * another one.
 */
static bool
find(struct api_call *call, const char *id, enum permission permission, struct queue_record **record, struct err *err)
{
    struct queue_record *records, *open = NULL;
    size_t count;

    if (!queue_record_find(queue_files(), &call->arena, id, &records, &count, err))
        return api_fail(call);
    for (size_t i = 0; i < count; i++) {
        *record = &records[i];
        if ((*record)->principal && principal_is_shown((*record)->principal, call->function_key))
            return true;
        open = open || (*record)->principal ? open : *record;
    }
    *record = open ? open : records;
    return (count && (open || may(call, permission))) ||
           api_refuse(call, 404, err, "There is no such call. It may be over and forgotten.");
}

static void
put_record(struct api_call *call, const struct queue_record *record, bool is_whole)
{
    const struct queue_function_settings *settings = queue_settings_get(record->fn);

    queue_record_json(&call->json, record, settings->retry.retries + 1, is_whole);
    queue_settings_put(settings);
}

static bool
show(struct api_call *call, const char *id, struct err *err)
{
    struct queue_record *record;

    if (!find(call, id, LOOK, &record, err))
        return false;
    put_record(call, record, true);
    return true;
}

static void
put_base64(struct api_call *call, struct str bytes)
{
    size_t size = sodium_base64_encoded_len(bytes.len, sodium_base64_VARIANT_ORIGINAL);
    char *text = arena_alloc(&call->arena, size);

    if (text)
        sodium_bin2base64(text, size, (const unsigned char *)bytes.p, bytes.len, sodium_base64_VARIANT_ORIGINAL);
    json_put_text(&call->json, text);
}

/* Whoever may look at a call need not learn by it who its caller is. */
static bool
is_secret(struct str name)
{
    static const char *const names[] = { "authorization", "cookie", "proxy-authorization", "x-api-key" };

    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (strlen(names[i]) == name.len && strncasecmp(names[i], name.p, name.len) == 0)
            return true;
    return false;
}

static void
put_headers(struct json_out *out, const char *at, uint32_t count)
{
    json_name(out, "headers");
    json_object(out);
    for (uint32_t i = 0; i < count; i++) {
        struct str name = str_of(at), value = str_of(at + name.len + 1);

        json_name_str(out, name);
        json_put_str(out, is_secret(name) ? STR("***") : value);
        at = value.p + value.len + 1;
    }
    json_object_end(out);
}

static void
put_body(struct api_call *call, struct str body)
{
    struct json_out *out = &call->json;
    bool is_text = str_is_utf8(body), is_whole = body.len <= RECORD_MAX_RESULT;

    json_pair_bool(out, "isBase64Encoded", is_whole && !is_text);
    json_name(out, "body");
    if (!is_whole)
        json_put_null(out);
    else if (is_text)
        json_put_str(out, body);
    else
        put_base64(call, body);
}

static bool
show_result(struct api_call *call, const char *id, struct err *err)
{
    struct queue_message *result;
    struct queue_record *record;

    if (!find(call, id, LOOK, &record, err))
        return false;
    if (!queue_record_result(queue_files(), &call->arena, record->seq, &result, err))
        return api_fail(call);
    if (!result || !record->finished)
        return api_refuse(call, 404, err, "This call has no answer.");
    json_object(&call->json);
    json_pair_int(&call->json, "status", record->status);
    put_headers(&call->json, result->heads.p, result->header_count);
    put_body(call, result->body);
    json_object_end(&call->json);
    return true;
}

/* What was sent: it is kept until the call has succeeded, with dead letters as long as they are. */
static bool
show_request(struct api_call *call, const char *id, struct err *err)
{
    struct queue_message *request;
    struct queue_record *record;
    struct str method, path, query;

    if (!demand(call, LOOK, err) || !find(call, id, LOOK, &record, err))
        return false;
    if (!queue_record_request(queue_files(), &call->arena, record->seq, &request, err))
        return api_fail(call);
    if (!request)
        return api_refuse(call, 404, err, "What was sent is not kept any more: the call has succeeded.");
    method = str_of(request->heads.p);
    path = str_of(method.p + method.len + 1);
    query = str_of(path.p + path.len + 1);
    json_object(&call->json);
    json_pair_str(&call->json, "method", method);
    json_pair_str(&call->json, "path", path);
    json_pair_str(&call->json, "rawQueryString", query);
    put_headers(&call->json, query.p + query.len + 1, request->header_count);
    put_body(call, request->body);
    json_object_end(&call->json);
    return true;
}

static bool
cancel(struct api_call *call, const char *id, struct err *err)
{
    struct queue_record *record;

    if (!find(call, id, OPERATE, &record, err))
        return false;
    switch (queue_record_cancel(queue_files(), record, err)) {
    case STORE_DONE:
        queue_leave(record->bytes);
        call->status = 202;
        call->state = record;
        return api_go_on(call, API_CONTROL, end_running);
    case STORE_REFUSED:
        return api_refuse(call, 409, err, "This call is over.");
    default:
        return api_fail(call);
    }
}

static bool
retry(struct api_call *call, const char *id, struct err *err)
{
    struct queue_record *record;

    if (!demand(call, OPERATE, err) || !find(call, id, OPERATE, &record, err))
        return false;
    switch (queue_record_retry(queue_files(), record->seq, err)) {
    case STORE_DONE:
        queue_enter(1, record->bytes);
        call->status = 202;
        return api_go_on(call, API_CONTROL, look);
    case STORE_REFUSED:
        return api_refuse(call, 409, err, "Only a call that has failed can be tried again.");
    default:
        return api_fail(call);
    }
}

/* DELETE /async-function/ID */
static bool
delete_call(struct api_call *call, struct err *err)
{
    return cancel(call, call->rest, err);
}

/* "ID", "ID/result", "ID/request", "ID/cancel", "ID/retry" */
static bool
split(struct api_call *call, const char **id, const char **verb)
{
    const char *slash = strchr(call->rest, '/');

    *id = slash ? arena_strndup(&call->arena, call->rest, (size_t)(slash - call->rest)) : call->rest;
    *verb = slash ? slash + 1 : "";
    return *id != NULL;
}

static bool
get_call(struct api_call *call, struct err *err)
{
    const char *id, *verb;

    if (split(call, &id, &verb) && strcmp(verb, "") == 0)
        return show(call, id, err);
    if (strcmp(verb, "result") == 0)
        return show_result(call, id, err);
    if (strcmp(verb, "request") == 0)
        return show_request(call, id, err);
    return api_refuse(call, 404, err, "There is nothing at this path.");
}

static bool
post_call(struct api_call *call, struct err *err)
{
    const char *id, *verb;

    if (split(call, &id, &verb) && strcmp(verb, "cancel") == 0)
        return cancel(call, id, err);
    if (strcmp(verb, "retry") == 0)
        return retry(call, id, err);
    return api_refuse(call, 404, err, "There is nothing at this path.");
}

/* ---- many */

/* A number of the query, at least 1; not given: as it was. */
static bool
read_number(struct api_call *call, const char *name, int64_t *number, struct err *err)
{
    const char *text = api_query(call, name);
    struct err why;

    return !text || (value_int(str_of(text), number, &why) && *number > 0) ||
           api_refuse(call, 400, err, "'%s' is a number, 1 or more.", name);
}

static bool
list(struct api_call *call, const char *state, struct err *err)
{
    struct queue_filter filter = { .fn = api_query(call, "function"),
                                   .state = state,
                                   .queue = api_query(call, "queue") };
    struct queue_record *records;
    int64_t limit = LIMIT;
    size_t count;

    if (!demand(call, LOOK, err) || !read_number(call, "before", &filter.before, err) ||
        !read_number(call, "limit", &limit, err))
        return false;
    filter.limit = limit < MAX_LIMIT ? (uint32_t)limit : MAX_LIMIT;
    if (!queue_record_list(queue_files(), &call->arena, &filter, &records, &count, err))
        return api_fail(call);
    json_object(&call->json);
    json_name(&call->json, "calls");
    json_array(&call->json);
    for (size_t i = 0; i < count; i++)
        put_record(call, &records[i], false);
    json_array_end(&call->json);
    json_name(&call->json, "next");
    if (count == filter.limit)
        json_put_int(&call->json, records[count - 1].seq);
    else
        json_put_null(&call->json);
    json_object_end(&call->json);
    return true;
}

static bool
list_calls(struct api_call *call, struct err *err)
{
    return list(call, api_query(call, "state"), err);
}

static bool
list_dead(struct api_call *call, struct err *err)
{
    return list(call, "dead", err);
}

static bool
change_many(struct api_call *call, enum queue_many what, const char *queue, struct err *err)
{
    struct queue_filter filter = { .fn = api_query(call, "function"), .queue = queue };
    int64_t count, bytes;

    if (!demand(call, OPERATE, err))
        return false;
    if (call->query.len && !filter.fn && !api_query(call, "queue"))
        return api_refuse(call, 400, err, "What is in the query chooses nothing: 'function' and 'queue' do.");
    if (!queue_record_many(queue_files(), what, &filter, &count, &bytes, err))
        return api_fail(call);
    if (what == QUEUE_RETRY_DEAD)
        queue_enter(count, bytes);
    else if (what == QUEUE_PURGE)
        queue_enter(-count, -bytes);
    json_object(&call->json);
    json_pair_int(&call->json, "count", count);
    json_object_end(&call->json);
    return api_go_on(call, API_CONTROL, look);
}

static bool
retry_dead(struct api_call *call, struct err *err)
{
    return change_many(call, QUEUE_RETRY_DEAD, api_query(call, "queue"), err);
}

static bool
delete_dead(struct api_call *call, struct err *err)
{
    return change_many(call, QUEUE_DELETE_DEAD, api_query(call, "queue"), err);
}

/* ---- queues */

static bool
list_queues(struct api_call *call, struct err *err)
{
    struct queue_counts counts;

    if (!demand(call, LOOK, err))
        return false;
    if (!queue_record_counts(queue_files(), &call->arena, &counts, err))
        return api_fail(call);
    queue_counts_json(&call->json, &counts);
    return true;
}

/* Counting takes a while when much waits, so those that are named are known without. */
static bool
find_queue(struct api_call *call, const char *queue, struct err *err)
{
    struct queue_counts counts = { 0 };

    counts.names = queue_names(&call->arena, &counts.name_count);
    if (queue_counts_know(&counts, queue))
        return true;
    if (!queue_record_counts(queue_files(), &call->arena, &counts, err))
        return api_fail(call);
    return queue_counts_know(&counts, queue) || api_refuse(call, 404, err, "There is no such queue.");
}

/* A message for whoever consumes the queue: the body, whatever text it is. */
static bool
send_message(struct api_call *call, const char *queue, struct err *err)
{
    struct queue_submission message = { .queue = queue, .event = call->body };
    enum queue_verdict verdict;
    char id[QUEUE_ID_SIZE];

    if ((int64_t)call->body.len > queue_settings.max_body_bytes)
        return api_refuse(call, 413, err, "A message has at most %lld bytes.",
                          (long long)queue_settings.max_body_bytes);
    if (!str_is_utf8(call->body))
        return api_refuse(call, 400, err, "A message is text in UTF-8.");
    if (!queue_submit_wait(&message, &verdict, id))
        return api_refuse(call, 429, err, "The queue is full.");
    if (verdict != QUEUE_STORED)
        return api_refuse(call, verdict == QUEUE_FULL ? 507 : 503, err, "The message could not be stored.");
    call->status = 202;
    json_object(&call->json);
    json_pair_text(&call->json, "id", id);
    json_object_end(&call->json);
    return true;
}

/* "QUEUE/pause", "QUEUE/resume", "QUEUE/purge", "QUEUE/messages" */
static bool
change_queue(struct api_call *call, struct err *err)
{
    const char *queue, *verb;
    bool is_pause;

    if (!demand(call, OPERATE, err))
        return false;
    if (!split(call, &queue, &verb) || !find_queue(call, queue, err))
        return false;
    if (strcmp(verb, "messages") == 0)
        return send_message(call, queue, err);
    if (strcmp(verb, "purge") == 0)
        return change_many(call, QUEUE_PURGE, queue, err);
    is_pause = strcmp(verb, "pause") == 0;
    if (!is_pause && strcmp(verb, "resume") != 0)
        return api_refuse(call, 404, err, "There is nothing at this path.");
    if (!queue_record_pause(queue_files(), queue, is_pause, err))
        return api_fail(call);
    call->status = 204;
    return api_go_on(call, API_CONTROL, look);
}

const struct api_row api_call_rows[] = {
    { HTTP_GET, "/async/calls/", API_WORKER, API_PUBLIC, get_call },
    { HTTP_POST, "/async/calls/", API_WORKER, API_PUBLIC, post_call },
    { HTTP_GET, "/async/dead", API_WORKER, API_KEY_OR_IN, list_dead },
    { HTTP_DELETE, "/async/dead", API_WORKER, API_KEY_OR_IN, delete_dead },
    { HTTP_POST, "/async/dead/retry", API_WORKER, API_KEY_OR_IN, retry_dead },
    { HTTP_GET, "/async/queues", API_WORKER, API_KEY_OR_IN, list_queues },
    { HTTP_POST, "/async/queues/", API_WORKER, API_KEY_OR_IN, change_queue },
    { HTTP_GET, "/api/v1/calls", API_WORKER, API_KEY_OR_IN, list_calls },
    { HTTP_GET, "/api/v1/calls/", API_WORKER, API_KEY_OR_IN, get_call },
    { HTTP_POST, "/api/v1/calls/", API_WORKER, API_KEY_OR_IN, post_call },
    { HTTP_GET, "/api/v1/queues", API_WORKER, API_KEY_OR_IN, list_queues },
    { HTTP_POST, "/api/v1/queues/", API_WORKER, API_KEY_OR_IN, change_queue },
    { 0, NULL, API_WORKER, API_PUBLIC, NULL },
};

void
api_cancel_call(struct http_request *request)
{
    static const struct api_row row = { HTTP_DELETE, "/async-function/", API_WORKER, API_PUBLIC, delete_call };

    api_take(request, &row);
}
