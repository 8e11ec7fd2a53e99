/* SPDX-License-Identifier: MIT */
/* Events for functions that are made here: several messages, and how a call ended (job.h). */
#include <openssl/evp.h>
#include <sodium.h>
#include <stdio.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"
#include "json/read.h"
#include "json/validate.h"
#include "json/write.h"
#include "queue/job.h"

#define ACCOUNT "000000000000"
#define REGION "local"
enum { MAX_EVENT = 64 << 20, MD5_SIZE = 16 };

/* The finished text, in the arena. */
static struct str
taken(struct arena *arena, struct buf *text)
{
    struct str event = { arena_strndup(arena, text->p ? text->p : "", text->len), text->len };

    buf_fini(text);
    return event;
}

static const char *
md5_of(struct str body, char hex[2 * MD5_SIZE + 1])
{
    unsigned char sum[EVP_MAX_MD_SIZE];
    unsigned len = 0;

    if (EVP_Digest(body.p, body.len, sum, &len, EVP_md5(), NULL) != 1 || len != MD5_SIZE)
        return NULL;
    return sodium_bin2hex(hex, 2 * MD5_SIZE + 1, sum, MD5_SIZE);
}

static void
pair_number_text(struct json_out *out, const char *name, int64_t value)
{
    char text[24];

    snprintf(text, sizeof text, "%lld", (long long)value);
    json_pair_text(out, name, text);
}

static void
put_message(struct json_out *out, const struct queue_part *part, const char *queue)
{
    const struct queue_consumer *consumer = part->job->consumer;
    const char *account = consumer->account ? consumer->account : ACCOUNT;
    const char *region = consumer->region ? consumer->region : REGION;
    char md5[2 * MD5_SIZE + 1];

    json_object(out);
    json_pair_text(out, "messageId", part->id);
    json_name(out, "receiptHandle");
    json_put_text(out, arena_printf(&part->job->arena, "%s.%u", part->id, part->attempt));
    json_pair_str(out, "body", part->request.body);
    json_name(out, "attributes");
    json_object(out);
    pair_number_text(out, "ApproximateReceiveCount", part->attempt);
    pair_number_text(out, "SentTimestamp", part->created_ns / 1000000);
    json_pair_text(out, "SenderId", account);
    pair_number_text(out, "ApproximateFirstReceiveTimestamp", part->started);
    json_object_end(out);
    json_name(out, "messageAttributes");
    json_object(out);
    json_object_end(out);
    json_pair_text(out, "md5OfBody", md5_of(part->request.body, md5));
    json_pair_text(out, "eventSource", "aws:sqs");
    json_pair_text(out, "eventSourceARN",
                   arena_printf(&part->job->arena, "arn:aws:sqs:%s:%s:%s", region, account, queue));
    json_pair_text(out, "awsRegion", region);
    json_object_end(out);
}

struct str
event_of_messages(struct queue_job *job)
{
    struct json_out out;
    struct buf text;

    buf_init(&text, MAX_EVENT);
    json_out_init(&out, &text);
    json_object(&out);
    json_name(&out, "Records");
    json_array(&out);
    for (uint32_t i = 0; i < job->part_count; i++)
        put_message(&out, &job->parts[i], lane_queue(job->lane));
    json_array_end(&out);
    json_object_end(&out);
    return taken(&job->arena, &text);
}

/* ---- the answer about messages */

static bool
mark(struct queue_job *job, struct json failures, bool *is_failed)
{
    for (struct json item = json_first(failures); json_type(item) != JSON_MISSING; item = json_next(item)) {
        struct json id = json_get(item, "itemIdentifier");
        bool is_known = false;

        for (uint32_t i = 0; i < job->part_count; i++)
            if (json_is(id, job->parts[i].id))
                is_failed[i] = is_known = true;
        if (!is_known)
            return false;
    }
    return true;
}

void
event_failures(struct queue_job *job, bool *is_failed)
{
    struct json root, failures;
    bool makes_sense = true;
    struct arena arena;
    struct err err;

    arena_init(&arena, 0);
    if (json_parse(&arena, job->answer.body, &root, &err) && json_type(root) == JSON_OBJECT) {
        failures = json_get(root, "batchItemFailures");
        makes_sense =
            json_type(failures) <= JSON_NULL || (json_type(failures) == JSON_ARRAY && mark(job, failures, is_failed));
    }
    for (uint32_t i = 0; i < job->part_count && !makes_sense; i++)
        is_failed[i] = true;
    arena_fini(&arena);
}

/* ---- how a call ended */

static void
put_bytes(struct json_out *out, struct arena *arena, struct str bytes)
{
    bool is_text = str_is_utf8(bytes);
    size_t size = sodium_base64_encoded_len(bytes.len, sodium_base64_VARIANT_ORIGINAL);
    char *text = is_text ? NULL : arena_alloc(arena, size);

    json_name(out, "body");
    if (text)
        json_put_text(out, sodium_bin2base64(text, size, (const unsigned char *)bytes.p, bytes.len,
                                             sodium_base64_VARIANT_ORIGINAL));
    else
        json_put_str(out, bytes);
    json_pair_bool(out, "isBase64Encoded", !is_text);
}

static const char *
put_headers(struct json_out *out, const char *at, uint32_t count)
{
    json_name(out, "headers");
    json_object(out);
    for (uint32_t i = 0; i < count; i++) {
        struct str name = str_of(at), value = str_of(at + name.len + 1);

        json_name_str(out, name);
        json_put_str(out, value);
        at = value.p + value.len + 1;
    }
    json_object_end(out);
    return at;
}

/* The event itself; of a call by HTTP what was sent. */
static void
put_request(struct json_out *out, const struct queue_part *part)
{
    const struct queue_job *job = part->job;
    const char *method = part->request.heads.p, *path = method + strlen(method) + 1, *query = path + strlen(path) + 1;
    struct err err;

    json_name(out, "requestPayload");
    if (!path[0] && json_validate(part->request.body, 0, NULL, &err)) {
        json_put_raw(out, part->request.body);
        return;
    }
    if (!path[0]) {
        json_put_str(out, part->request.body);
        return;
    }
    json_object(out);
    json_pair_text(out, "httpMethod", method);
    json_pair_text(out, "path", path);
    json_pair_text(out, "rawQueryString", query);
    put_headers(out, query + strlen(query) + 1, part->request.header_count);
    put_bytes(out, (struct arena *)(uintptr_t)&job->arena, part->request.body);
    json_object_end(out);
}

static void
put_answer(struct json_out *out, const struct queue_part *part)
{
    struct queue_job *job = part->job;

    json_name(out, "responsePayload");
    if (job->end != QUEUE_ANSWERED) {
        json_put_null(out);
        return;
    }
    json_object(out);
    json_pair_int(out, "statusCode", job->status);
    put_headers(out, job->answer.heads.p, job->answer.header_count);
    put_bytes(out, &job->arena, job->answer.body);
    json_object_end(out);
}

/* "2026-11-21T15:04:05.678Z" */
static const char *
time_text(struct arena *arena, int64_t ms)
{
    time_t seconds = (time_t)(ms / 1000);
    char text[32];
    struct tm tm;

    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", gmtime_r(&seconds, &tm));
    return arena_printf(arena, "%s.%03dZ", text, (int)(ms % 1000));
}

/* Records of asynchronous invocations, as AWS sends them to destinations. */
struct str
event_of_end(const struct queue_part *part, const struct queue_settle *settle)
{
    struct queue_job *job = part->job;
    bool is_good = settle->next == QUEUE_SUCCEEDED;
    struct json_out out;
    struct buf text;

    buf_init(&text, MAX_EVENT);
    json_out_init(&out, &text);
    json_object(&out);
    json_pair_text(&out, "version", "1.0");
    json_pair_text(&out, "timestamp", time_text(&job->arena, settle->now));
    json_name(&out, "requestContext");
    json_object(&out);
    json_pair_text(&out, "requestId", part->id);
    json_pair_text(&out, "functionArn",
                   arena_printf(&job->arena, "arn:aws:lambda:" REGION ":" ACCOUNT ":function:%s:$LATEST", job->fn));
    json_pair_text(&out, "functionName", job->fn);
    json_pair_text(&out, "condition",
                   is_good             ? "Success"
                   : settle->was_begun ? "RetriesExhausted"
                                       : "EventAgeExceeded");
    json_pair_int(&out, "approximateInvokeCount", part->attempt - !settle->was_begun);
    json_object_end(&out);
    put_request(&out, part);
    json_name(&out, "responseContext");
    json_object(&out);
    json_pair_int(&out, "statusCode", job->status);
    json_pair_text(&out, "executedVersion", "$LATEST");
    json_pair_text(&out, "functionError", is_good ? NULL : "Unhandled");
    json_pair_text(&out, "error", settle->error);
    json_object_end(&out);
    put_answer(&out, part);
    json_object_end(&out);
    return taken(&job->arena, &text);
}
