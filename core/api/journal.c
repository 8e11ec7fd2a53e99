/* SPDX-License-Identifier: MIT */
/* GET /api/v1/functions/NAME/logs: what a function has printed, and its calls (functions.md 2.6). */
#include <stdlib.h>

#include "api/api.h"
#include "base/clock.h"
#include "base/mem.h"
#include "function/access_log.h"
#include "function/call.h"
#include "function/journal.h"
#include "function/journal_read.h"
#include "function/journal_wait.h"

enum { MAX_LINES = 5000, LAST_MS = 10 * 60 * 1000, MAX_WAIT_MS = 20 * 1000 };

static void
put_line(void *arg, struct str line)
{
    struct json_out *out = arg;
    char *text;

    if (str_is_utf8(line)) {
        json_put_str(out, line);
        return;
    }
    text = mem_strndup(line.p, line.len); /* programs print anything */
    for (size_t i = 0; i < line.len; i++)
        if ((unsigned char)text[i] >= 0x80)
            text[i] = '?';
    json_put_str(out, (struct str){ text, line.len });
    free(text);
}

/* In call->state: one question, which is asked again while there is nothing new and the time allows it. */
struct reading {
    struct api_call *call;
    struct journal_query query;
    struct journal *journal;
    int64_t until_ms; /* monotonic */
    uint64_t seen;
    struct journal_wait wait;
};

static bool read_lines(struct api_call *call, struct err *err);

static void
on_grown(struct journal_wait *wait)
{
    api_resume(container_of(wait, struct reading, wait)->call, API_WORKER, read_lines);
}

static bool
wait_for_lines(struct api_call *call, struct err *err)
{
    struct reading *reading = call->state;
    int64_t left_ms = reading->until_ms - clock_mono_ms();

    (void)err;
    if (journal_wait(&reading->wait, reading->journal, reading->seen, left_ms))
        return api_wait(call);
    if (journal_writes(reading->journal) == reading->seen)
        reading->until_ms = 0; /* nobody would tell us */
    return api_go_on(call, API_WORKER, read_lines);
}

static bool
read_lines(struct api_call *call, struct err *err)
{
    struct reading *reading = call->state;
    size_t len = call->out.len;

    reading->seen = journal_writes(reading->journal);
    if (!journal_read(&reading->query, put_line, &call->json, err))
        return api_fail(call);
    if (call->out.len == len && clock_mono_ms() < reading->until_ms)
        return api_go_on(call, API_CONTROL, wait_for_lines);
    json_array_end(&call->json);
    json_pair_text(&call->json, "next", journal_place_text(&call->arena, &reading->query.place));
    json_object_end(&call->json);
    return true;
}

static bool
begin(struct api_call *call, struct err *err)
{
    const struct reading *reading = call->state;

    json_object(&call->json);
    json_pair_text(&call->json, "function", reading->query.function);
    json_name(&call->json, "lines");
    json_array(&call->json);
    return read_lines(call, err);
}

/* "waitMs": how long the answer may wait for the first line. */
static int64_t
until_ms(struct api_call *call)
{
    const char *text = api_query(call, "waitMs");
    long long wait_ms = text ? strtoll(text, NULL, 10) : 0;

    return wait_ms > 0 ? clock_mono_ms() + (wait_ms < MAX_WAIT_MS ? wait_ms : MAX_WAIT_MS) : 0;
}

/* Is it the access log of a service that is live? */
static bool
is_access_log(struct str name)
{
    char known[ACCESS_LOG_NAME];

    for (const struct site *site = functions_table()->sites; site; site = site->next) {
        if (!site->service)
            continue;
        access_log_name(site->service, known);
        if (str_is(name, known))
            return access_log_format(site->service, false) || access_log_format(site->service, true);
    }
    return false;
}

static bool
refuse_unknown(struct api_call *call, struct str name, struct err *err)
{
    const char *near = function_find_near(functions_table(), name, call->deployer != NULL);

    return api_refuse(call, 404, err, "There is no function %.*s.%s%s%s", STR_ARG(name), near ? " Did you mean " : "",
                      near ? near : "", near ? "?" : "");
}

/* On control: which log is meant. */
static bool
logs(struct api_call *call, struct err *err)
{
    static const struct str suffix = { "/logs", 5 };
    const char *since = api_query(call, "since"), *place = api_query(call, "after");
    struct reading *reading = arena_alloc(&call->arena, sizeof *reading);
    struct str name = str_of(call->rest);
    const struct function *function;
    bool is_access;

    if (!call->deployer && !api_own_functions(call, RUN_DEV_ACTIONS, err))
        return false;
    if (!str_ends(name, suffix))
        return api_refuse(call, 404, err, "There is nothing at this path.");
    name.len -= suffix.len;
    function = functions_table() ? function_find(functions_table(), name) : NULL;
    is_access = !function && functions_table() && is_access_log(name);
    if (!function && !is_access)
        return refuse_unknown(call, name, err);
    if (call->deployer && function && !function->service) /* what people run here is not theirs */
        return api_refuse(call, 403, err, "A deploy key shows the logs of what was deployed only.");
    *reading = (struct reading){ .call = call, .until_ms = until_ms(call), .wait.done = on_grown };
    reading->query = (struct journal_query){ .function = function ? arena_strdup(&call->arena, function->name)
                                                                  : arena_strndup(&call->arena, name.p, name.len),
                                             .since_ms = since ? strtoll(since, NULL, 10) : clock_wall_ms() - LAST_MS,
                                             .filter = api_query(call, "filter"),
                                             .max_lines = MAX_LINES,
                                             .has_no_times = is_access };
    reading->journal = journal_of(reading->query.function);
    if (place && !journal_place_read(place, &reading->query.place))
        return api_refuse(call, 400, err, "'after' is what 'next' said.");
    call->state = reading;
    return api_go_on(call, API_WORKER, begin);
}

const struct api_row api_journal_rows[] = {
    { HTTP_GET, "/api/v1/functions/", API_CONTROL, API_SIGNED_OR_IN, logs },
    { 0, NULL, API_WORKER, API_PUBLIC, NULL },
};
