/* SPDX-License-Identifier: MIT */
/* How durable calls of a function run (functions.md 3), in its own words or OpenFaaS's, and webhooks (6.2). */
#include <string.h>

#include "base/mem.h"
#include "config/value.h"
#include "function/service_reader.h"
#include "function/timetable.h"

enum { MAX_ATTEMPT_MS = 24 * 3600 * 1000, MAX_RETRIES = 1000, CATCH_UP_MS = 5 * 60 * 1000 };

static void
read_codes(struct service_reader *reader, const struct node *node, void *into)
{
    struct service_async *async = &((struct service_function *)into)->async;
    struct retry_policy policy = { .code_count = 0 };
    struct service_texts texts;
    struct buf joined;
    struct err err;

    if (!read_texts(reader, node, &texts))
        return;
    buf_init(&joined, 1024);
    for (size_t i = 0; i < texts.count; i++)
        buf_printf(&joined, "%s%s", i ? "," : "", texts.items[i]);
    if (retry_codes_parse(buf_text(&joined), &policy, &err)) {
        memcpy(async->codes, policy.codes, sizeof async->codes);
        async->code_count = policy.code_count;
    } else {
        reader_error(reader, node, "%s", err.text);
    }
    buf_fini(&joined);
}

static void
read_backoff(struct service_reader *reader, const struct node *node, void *into)
{
    struct service_async *async = &((struct service_function *)into)->async;
    enum retry_backoff backoff;
    const char *text;
    struct err err;

    if (!read_text(reader, node, &text))
        return;
    if (retry_backoff_parse(text, &backoff, &err))
        async->backoff = backoff;
    else
        reader_error(reader, node, "%s", err.text);
}

static void
read_attempt_timeout(struct service_reader *reader, const struct node *node, void *into)
{
    struct service_async *async = &((struct service_function *)into)->async;
    int64_t ms;

    if (!read_duration(reader, node, &ms))
        return;
    if (ms < 1 || ms > MAX_ATTEMPT_MS)
        reader_error(reader, node, "must be at most 24h");
    else
        async->timeout_ms = ms;
}

static void
read_queue(struct service_reader *reader, const struct node *node, void *into)
{
    struct service_async *async = &((struct service_function *)into)->async;
    const char *queue;

    if (!read_text(reader, node, &queue))
        return;
    if (is_name(queue, "-_.", 80))
        async->queue = queue;
    else
        reader_error(reader, node, "\"%.80s\" cannot be the name of a queue: letters, digits, - _ and .", queue);
}

static const struct field async_fields[] = {
    CALL_FIELD("queue", read_queue),
    RANGE_FIELD("maxInflight", FIELD_INT, struct service_function, async.max_inflight, 1, 100000),
    RANGE_FIELD("attempts", FIELD_INT, struct service_function, async.retries, 0, MAX_RETRIES),
    CALL_FIELD("codes", read_codes),
    OTHER_FIELD("minWait", FIELD_DURATION, struct service_function, async.min_wait_ms),
    OTHER_FIELD("maxWait", FIELD_DURATION, struct service_function, async.max_wait_ms),
    CALL_FIELD("backoff", read_backoff),
    OTHER_FIELD("maxAge", FIELD_DURATION, struct service_function, async.max_age_ms),
    CALL_FIELD("timeout", read_attempt_timeout),
    OTHER_FIELD("callbackInQuery", FIELD_BOOL, struct service_function, async.reads_callback_from_query),
    OTHER_FIELD("callbackSecret", FIELD_SECRET, struct service_function, async.callback_secret),
    RANGE_FIELD("callbackAttempts", FIELD_INT, struct service_function, async.callback_retries, 0, MAX_RETRIES),
    OTHER_FIELD("callbackAllow", FIELD_TEXTS, struct service_function, async.callback_allow),
    OTHER_FIELD("callbackOnCancel", FIELD_BOOL, struct service_function, async.calls_back_on_cancel),
    TEXT_FIELD("deadLetterQueue", struct service_function, async.dead_letter_queue, 80),
    END_OF_FIELDS,
};

void
read_async(struct service_reader *reader, const struct node *node, void *into)
{
    const struct service_async *async = &((struct service_function *)into)->async;

    read_fields(reader, node, async_fields, into);
    if (async->min_wait_ms != SERVICE_UNSET && async->max_wait_ms != SERVICE_UNSET &&
        async->min_wait_ms > async->max_wait_ms)
        reader_error(reader, node, "minWait is longer than maxWait");
}

/* ---- annotations: what is wrong in them is said, and left out ---- */

/* Five fields of Unix cron, several separated by ";". */
static void
add_schedules(struct service_reader *reader, const struct node *node, const char *text,
              struct service_function *function)
{
    struct service_schedule *items = arena_alloc(reader->arena, (function->schedule_count + 32) * sizeof *items);
    size_t count = function->schedule_count, room = count + 32;
    struct timetable timetable;
    struct err err;

    if (count)
        memcpy(items, function->schedules, count * sizeof *items);
    for (const char *p = text; *p && count < room; p += *p == ';') {
        size_t len;

        p += strspn(p, " ");
        len = strcspn(p, ";");
        if (timetable_parse((struct str){ p, len }, &timetable, &err))
            items[count++] = (struct service_schedule){ .rate = arena_strndup(reader->arena, p, len),
                                                        .is_enabled = true,
                                                        .catch_up_ms = CATCH_UP_MS };
        else if (len)
            reader_warn(reader, node, "left out: %s", err.text);
        p += len;
    }
    function->schedules = items;
    function->schedule_count = count;
}

/* false: the value is not understood. */
static bool
apply(struct service_async *async, const char *name, const char *value, struct arena *arena)
{
    struct retry_policy policy = { .code_count = 0 };
    struct err err;
    int64_t number;

    if (strcmp(name, "com.openfaas.queue") == 0) {
        if (!is_name(value, "-_.", 80))
            return false;
        async->queue = arena_strdup(arena, value);
    } else if (strcmp(name, "com.openfaas.retry.attempts") == 0) {
        if (!value_int(str_of(value), &number, &err) || number < 0 || number > MAX_RETRIES)
            return false;
        async->retries = number;
    } else if (strcmp(name, "com.openfaas.retry.codes") == 0) {
        if (!retry_codes_parse(value, &policy, &err))
            return false;
        memcpy(async->codes, policy.codes, sizeof async->codes);
        async->code_count = policy.code_count;
    } else if (strcmp(name, "com.openfaas.retry.min_wait") == 0) {
        return value_duration(str_of(value), &async->min_wait_ms, &err);
    } else if (strcmp(name, "com.openfaas.retry.max_wait") == 0) {
        return value_duration(str_of(value), &async->max_wait_ms, &err);
    }
    return true;
}

void
read_annotations(struct service_reader *reader, const struct node *node, void *into)
{
    struct service_function *function = into;

    if (!read_pairs(reader, node, &function->annotations))
        return;
    for (size_t i = 0; i < function->annotations.count; i++) {
        const struct service_pair *pair = &function->annotations.items[i];
        const struct node *at = node_get(node, str_of(pair->name));

        if (strcmp(pair->name, "schedule") == 0)
            add_schedules(reader, at, pair->value, function);
        else if (!apply(&function->async, pair->name, pair->value, reader->arena))
            reader_warn(reader, at, "\"%.60s\" is not understood: the server's default is taken", pair->value);
    }
}

/* ---- webhooks ---- */

struct webhook_draft {
    struct service_webhook webhook;
    const char *scheme;
};

static const struct field webhook_fields[] = {
    TEXT_FIELD("scheme", struct webhook_draft, scheme, 40),
    OTHER_FIELD("secret", FIELD_SECRET, struct webhook_draft, webhook.secret),
    TEXT_FIELD("header", struct webhook_draft, webhook.header, 100),
    TEXT_FIELD("dedupHeader", struct webhook_draft, webhook.dedup_header, 100),
    RANGE_FIELD("tolerance", FIELD_INT, struct webhook_draft, webhook.tolerance_s, 1, 86400),
    RANGE_FIELD("respond", FIELD_INT, struct webhook_draft, webhook.respond, 200, 299),
    END_OF_FIELDS,
};

/* As requests are asked for headers. */
static const char *
lower_case(struct arena *arena, const char *name)
{
    char *lower = name ? arena_strdup(arena, name) : NULL;

    for (char *p = lower; p && *p; p++)
        *p = *p >= 'A' && *p <= 'Z' ? (char)(*p | 0x20) : *p;
    return lower;
}

static void
read_webhook(struct service_reader *reader, const struct node *node, struct service_function *function)
{
    static const char *const schemes[] = { [WEBHOOK_GITHUB] = "github",
                                           [WEBHOOK_STRIPE] = "stripe",
                                           [WEBHOOK_SLACK] = "slack",
                                           [WEBHOOK_HMAC_SHA256] = "hmac-sha256" };
    struct webhook_draft draft = { .webhook = { .tolerance_s = 300, .respond = 202 } };

    read_fields(reader, node, webhook_fields, &draft);
    if (node->type != NODE_MAP)
        return;
    for (size_t i = WEBHOOK_GITHUB; draft.scheme && i < COUNT_OF(schemes); i++)
        if (strcmp(draft.scheme, schemes[i]) == 0)
            draft.webhook.scheme = (enum service_webhook_scheme)i;
    if (draft.webhook.scheme == WEBHOOK_NONE)
        reader_error(reader, node, "needs a scheme: github, stripe, slack or hmac-sha256");
    if (!draft.webhook.secret || !*draft.webhook.secret)
        reader_error(reader, node, "needs the secret of the signatures, such as '${secret:%s-webhook}'", function->key);
    draft.webhook.header = lower_case(reader->arena, draft.webhook.header);
    draft.webhook.dedup_header = lower_case(reader->arena, draft.webhook.dedup_header);
    function->webhook = draft.webhook;
}

void
read_webhooks(struct service_reader *reader)
{
    const struct node *map = reader->webhooks;

    if (map && map->type != NODE_MAP)
        reader_mismatch(reader, map, "a map of functions");
    for (const struct node *child = node_is(map, NODE_MAP) ? map->first : NULL; child; child = child->next) {
        int32_t function = reader_function(reader, child->key.p);

        if (function == SERVICE_UNSET)
            reader_no_function(reader, child, child->key);
        else
            read_webhook(reader, child, &reader->functions[function]);
    }
}
