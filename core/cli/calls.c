/* SPDX-License-Identifier: MIT */
/*
 * interlude calls list, show, retry, cancel and interlude queues: durable calls, on queue.db itself. A server that runs
 * notices within a second; an attempt that is under way when its call is cancelled ends without effect.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/command.h"
#include "cli/listing.h"
#include "cli/local_module.h"
#include "cli/service.h"
#include "queue/record.h"
#include "queue/sql.h"

enum { MAX_JSON = 64 << 20, LIMIT = 50, MAX_LIMIT = 10000 };

/* The open queue.db. */
struct calls {
    struct config config;
    struct arena arena;
    struct store *store;
};

static bool
calls_open(struct calls *calls, struct err *err)
{
    const char *path;

    path = arena_printf(&calls->arena, "%s/queue.db", calls->config.data);
    if (access(path, F_OK) != 0)
        return err_set(err, "there is no queue in %s; name the directory of the server with --data",
                       calls->config.data);
    calls->store = store_open(&store_sqlite, path, &sql_queue, err);
    return calls->store != NULL;
}

typedef bool calls_action(struct calls *calls, const struct arguments *arguments, struct err *err);

static int
run_with(const struct arguments *arguments, calls_action *action)
{
    struct calls calls = { .store = NULL };
    int code = EXIT_FAILED;
    struct err err;

    arena_init(&calls.arena, 0);
    if (arguments_config(arguments, &calls.config, false, NULL))
        code = calls_open(&calls, &err) && action(&calls, arguments, &err) ? EXIT_OK : fail(&err);
    if (calls.store)
        store_close(calls.store);
    arena_fini(&calls.arena);
    config_fini(&calls.config);
    return code;
}

static void
json_begin(struct json_out *out, struct buf *text)
{
    buf_init(text, MAX_JSON);
    json_out_init(out, text);
}

static void
json_print(struct buf *text)
{
    buf_char(text, '\n');
    fwrite(text->p, 1, text->len, stdout);
    buf_fini(text);
}

static uint32_t
max_attempts(const struct calls *calls)
{
    return (uint32_t)calls->config.async_retries + 1;
}

/* ---- list ---- */

static void
list_json(const struct calls *calls, const struct queue_record *records, size_t count)
{
    struct json_out out;
    struct buf text;

    json_begin(&out, &text);
    json_object(&out);
    json_name(&out, "calls");
    json_array(&out);
    for (size_t i = 0; i < count; i++)
        queue_record_json(&out, &records[i], max_attempts(calls), false);
    json_array_end(&out);
    json_object_end(&out);
    json_print(&text);
}

static const char *
status_text(struct arena *arena, const struct queue_record *record)
{
    return record->status ? arena_printf(arena, "%u", record->status) : "";
}

static void
list_text(struct calls *calls, const struct queue_record *records, size_t count)
{
    static const char *const heads[] = { "ID", "FUNCTION", "STATE", "ATTEMPT", "STATUS", "CREATED", "ERROR" };
    struct listing listing;

    listing_init(&listing, COUNT_OF(heads), heads);
    for (size_t i = 0; i < count; i++) {
        const struct queue_record *record = &records[i];
        const char *cells[] = { record->id,
                                record->fn,
                                record->state,
                                arena_printf(&calls->arena, "%u/%u", record->attempt, max_attempts(calls)),
                                status_text(&calls->arena, record),
                                listing_time(record->created_ns / 1000000, arena_alloc(&calls->arena, 20)),
                                record->error };

        listing_add(&listing, cells);
    }
    listing_print(&listing);
}

static bool
read_limit(const char *text, uint32_t *limit)
{
    char *end;
    unsigned long number = text ? strtoul(text, &end, 10) : LIMIT;

    *limit = (uint32_t)number;
    return !text || (end != text && !*end && number > 0 && number <= MAX_LIMIT);
}

static bool
list(struct calls *calls, const struct arguments *arguments, struct err *err)
{
    struct queue_filter filter = { .queue = argument(arguments, "queue"), .state = argument(arguments, "state") };
    struct queue_record *records;
    size_t count;

    read_limit(argument(arguments, "limit"), &filter.limit);
    if (!local_service_name(&calls->arena, arguments, &filter.fn, err))
        return false;
    if (!queue_record_list(calls->store, &calls->arena, &filter, &records, &count, err))
        return false;
    if (argument_is_set(arguments, "json"))
        list_json(calls, records, count);
    else if (count)
        list_text(calls, records, count);
    else
        puts("There are no such calls.");
    return true;
}

/* ---- show ---- */

static bool
find(struct calls *calls, const struct arguments *arguments, struct queue_record **record, struct err *err)
{
    const char *id = arguments->words[0];
    size_t count;

    return queue_record_find(calls->store, &calls->arena, id, record, &count, err) &&
           (count || err_set(err, "there is no call \"%s\"; see: interlude calls list", id));
}

static void
show_line(const char *name, const char *text)
{
    printf("%-10s %s\n", name, text);
}

static void
show_text(struct calls *calls, const struct queue_record *record)
{
    struct arena *arena = &calls->arena;
    char at[20];

    show_line("id", record->id);
    show_line("function", record->fn[0] ? record->fn : "(a message)");
    show_line("queue", record->queue);
    show_line("state", record->state);
    show_line("attempt", arena_printf(arena, "%u of %u", record->attempt, max_attempts(calls)));
    show_line("created", listing_time(record->created_ns / 1000000, at));
    if (record->started)
        show_line("started", listing_time(record->started, at));
    if (record->finished)
        show_line("finished", listing_time(record->finished, at));
    if (record->due)
        show_line("next", listing_time(record->due, at));
    if (record->status)
        show_line("status", status_text(arena, record));
    if (record->error)
        show_line("error", record->error);
    if (record->callback_state)
        show_line("callback",
                  arena_printf(arena, "%s after %u attempts", record->callback_state, record->callback_attempt));
}

static bool
show(struct calls *calls, const struct arguments *arguments, struct err *err)
{
    struct queue_record *record;
    struct json_out out;
    struct buf text;

    if (!find(calls, arguments, &record, err))
        return false;
    if (!argument_is_set(arguments, "json")) {
        show_text(calls, record);
        return true;
    }
    json_begin(&out, &text);
    queue_record_json(&out, record, max_attempts(calls), true);
    json_print(&text);
    return true;
}

/* ---- retry, cancel ---- */

static void
say(const struct arguments *arguments, const char *id, const char *state)
{
    if (argument_is_set(arguments, "json"))
        printf("{\"id\":\"%s\",\"state\":\"%s\"}\n", id, state); /* ids are letters, digits, . _ : - */
    else
        printf("%s is %s.\n", id, state);
}

static bool
retry(struct calls *calls, const struct arguments *arguments, struct err *err)
{
    struct queue_record *record;
    enum store_verdict verdict;

    if (!find(calls, arguments, &record, err))
        return false;
    verdict = queue_record_retry(calls->store, record->seq, err);
    if (verdict == STORE_REFUSED)
        return err_set(err, "%s is %s; only a call that has failed can be tried again", record->id, record->state);
    if (verdict == STORE_DONE)
        say(arguments, record->id, "queued");
    return verdict == STORE_DONE;
}

static bool
cancel(struct calls *calls, const struct arguments *arguments, struct err *err)
{
    struct queue_record *record;
    enum store_verdict verdict;

    if (!find(calls, arguments, &record, err))
        return false;
    verdict = queue_record_cancel(calls->store, record, err);
    if (verdict == STORE_REFUSED)
        return err_set(err, "%s is %s already", record->id, record->state);
    if (verdict == STORE_DONE)
        say(arguments, record->id, "cancelled");
    return verdict == STORE_DONE;
}

/* ---- queues ---- */

static void
queues_text(struct calls *calls, const struct queue_counts *counts)
{
    static const char *const heads[] = { "QUEUE", "FUNCTION", "STATE", "CALLS", "OLDEST" };
    struct listing listing;

    listing_init(&listing, COUNT_OF(heads), heads);
    for (size_t i = 0; i < counts->count; i++) {
        const struct queue_count *row = &counts->rows[i];
        const char *cells[] = { row->queue, row->fn[0] ? row->fn : "(messages)", row->kind,
                                arena_printf(&calls->arena, "%lld", (long long)row->count),
                                row->oldest ? listing_time(row->oldest, arena_alloc(&calls->arena, 20)) : "" };

        listing_add(&listing, cells);
    }
    if (counts->callbacks) {
        const char *cells[] = { "callbacks", "", "pending",
                                arena_printf(&calls->arena, "%lld", (long long)counts->callbacks), "" };

        listing_add(&listing, cells);
    }
    listing_print(&listing);
    for (size_t i = 0; i < counts->paused_count; i++)
        printf("The queue \"%s\" is paused.\n", counts->paused[i].queue);
}

static bool
queues(struct calls *calls, const struct arguments *arguments, struct err *err)
{
    struct queue_counts counts;
    struct json_out out;
    struct buf text;

    if (!queue_record_counts(calls->store, &calls->arena, &counts, err))
        return false;
    if (!argument_is_set(arguments, "json")) {
        queues_text(calls, &counts);
        return true;
    }
    json_begin(&out, &text);
    queue_counts_json(&out, &counts);
    json_print(&text);
    return true;
}

/* ---- rows ---- */

static int
run_list(const struct arguments *arguments)
{
    static const char *const states[] = { "queued", "running", "retrying", "succeeded", "failed", "dead", "cancelled" };
    const char *limit = argument(arguments, "limit"), *state = argument(arguments, "state");
    bool is_state = !state;
    uint32_t number;

    for (size_t i = 0; state && i < COUNT_OF(states); i++)
        is_state = is_state || strcmp(state, states[i]) == 0;
    if (!is_state)
        return usage_error(arguments->command,
                           "--state is queued, running, retrying, succeeded, failed, dead or "
                           "cancelled, not \"%s\".",
                           state);
    if (!read_limit(limit, &number))
        return usage_error(arguments->command, "--limit is a number from 1 to %d, not \"%s\".", MAX_LIMIT, limit);
    return run_with(arguments, list);
}

static int
run_show(const struct arguments *arguments)
{
    return run_with(arguments, show);
}

static int
run_retry(const struct arguments *arguments)
{
    return run_with(arguments, retry);
}

static int
run_cancel(const struct arguments *arguments)
{
    return run_with(arguments, cancel);
}

static int
run_queues(const struct arguments *arguments)
{
    return run_with(arguments, queues);
}

/* clang-format off */
#define OPTION_JSON { "json", NULL, "Print it as JSON" }
/* clang-format on */

const struct command command_calls_list = {
    .name = "calls list",
    .summary = "List asynchronous calls, newest first",
    .config = COMMAND_DATA,
    .options = { SERVICE_OPTIONS,
                 { "function", "NAME", "Only of this function: of the serverless.yml here, or its deployed name" },
                 { "queue", "NAME", "Only on this queue" },
                 { "state", "STATE",
                   "Only in this state: queued, running, retrying, succeeded, failed, dead or cancelled" },
                 { "limit", "COUNT", "At most so many; default: 50" },
                 OPTION_JSON },
    .letters = SERVICE_LETTERS "f",
    .run = run_list,
};

const struct command command_calls_show = {
    .name = "calls show",
    .words = "ID",
    .summary = "Show one asynchronous call; with --json its failed attempts too",
    .min_words = 1,
    .max_words = 1,
    .config = COMMAND_DATA,
    .options = { OPTION_JSON },
    .run = run_show,
};

const struct command command_calls_retry = {
    .name = "calls retry",
    .words = "ID",
    .summary = "Run a failed or dead call again, with all its attempts",
    .min_words = 1,
    .max_words = 1,
    .config = COMMAND_DATA,
    .options = { OPTION_JSON },
    .run = run_retry,
};

const struct command command_calls_cancel = {
    .name = "calls cancel",
    .words = "ID",
    .summary = "End a call that waits or runs",
    .min_words = 1,
    .max_words = 1,
    .config = COMMAND_DATA,
    .options = { OPTION_JSON },
    .run = run_cancel,
};

const struct command command_queues = {
    .name = "queues",
    .summary = "Show how many asynchronous calls wait, run and are dead letters, by function",
    .config = COMMAND_DATA,
    .options = { OPTION_JSON },
    .run = run_queues,
};
