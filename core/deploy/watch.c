/* SPDX-License-Identifier: MIT */
/* Counting what a new version answers (watch.h). */
#include "deploy/watch.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "function/service.h"

enum { LEAST_REQUESTS = 10, MOST_PERCENT = 5 };
enum { MAX_SAMPLES = 120 }; /* an hour of seconds is more than anybody looks at, and is looked at every two seconds */

static const char *const state_names[] = { "watching", "live", "returned", "replaced" };

void
watch_init(struct watch *watch, struct stats_tally *tally, int64_t limit_ms)
{
    *watch = (struct watch){ .state = limit_ms ? WATCH_OPEN : WATCH_LIVE,
                             .tally = tally ? stats_tally_get(tally) : NULL,
                             .began_ms = clock_mono_ms(),
                             .since_ms = clock_wall_ms() };
    watch->until_ms = watch->since_ms + limit_ms;
}

void
watch_fini(struct watch *watch)
{
    if (watch->tally)
        stats_tally_put(watch->tally);
    free(watch->samples);
    free(watch->reason);
}

/* The place of the second that runs. */
static uint32_t *
sample_of_now(struct watch *watch)
{
    size_t second = (size_t)((clock_mono_ms() - watch->began_ms) / 1000), last = SERVICE_MAX_WATCH_MS / 1000;

    if (second > last)
        second = last;
    if (second >= watch->seconds) {
        watch->samples = mem_realloc(watch->samples, 2 * (second + 1) * sizeof *watch->samples);
        memset(watch->samples + 2 * watch->seconds, 0, 2 * (second + 1 - watch->seconds) * sizeof *watch->samples);
        watch->seconds = second + 1;
    }
    return watch->samples + 2 * second;
}

bool
watch_look(struct watch *watch, char *verdict, size_t size)
{
    uint64_t requests, errors;
    uint32_t *sample;

    if (watch->state != WATCH_OPEN || !watch->tally)
        return false;
    errors = atomic_load(&watch->tally->errors); /* first, so that there are never more of them than requests */
    requests = atomic_load(&watch->tally->requests);
    sample = sample_of_now(watch);
    sample[0] += (uint32_t)(requests - watch->requests);
    sample[1] += (uint32_t)(errors - watch->errors);
    watch->requests = requests;
    watch->errors = errors;
    if (requests < LEAST_REQUESTS || errors * 100 <= requests * MOST_PERCENT)
        return false;
    snprintf(verdict, size, "%llu of %llu requests failed with a 5xx in the first %.1f s", (unsigned long long)errors,
             (unsigned long long)requests, (double)(clock_mono_ms() - watch->began_ms) / 1000);
    return true;
}

bool
watch_is_over(const struct watch *watch)
{
    return clock_mono_ms() - watch->began_ms >= watch->until_ms - watch->since_ms;
}

void
watch_end(struct watch *watch, enum watch_state state, const char *reason)
{
    watch->state = state;
    free(watch->reason);
    watch->reason = reason ? mem_strdup(reason) : NULL;
}

static void
put_sample(const struct watch *watch, size_t from, size_t to, struct json_out *out)
{
    int64_t requests = 0, errors = 0;

    for (size_t i = from; i < to; i++) {
        requests += watch->samples[2 * i];
        errors += watch->samples[2 * i + 1];
    }
    json_object(out);
    json_pair_int(out, "second", (int64_t)from);
    json_pair_int(out, "requests", requests);
    json_pair_int(out, "errors", errors);
    json_object_end(out);
}

void
watch_json(const struct watch *watch, struct json_out *out)
{
    size_t whole = (size_t)(watch->until_ms - watch->since_ms) / 1000, step = 1 + whole / (MAX_SAMPLES + 1);

    json_pair_text(out, "state", state_names[watch->state]);
    json_pair_int(out, "sinceMs", watch->since_ms);
    json_pair_int(out, "untilMs", watch->until_ms);
    json_pair_int(out, "requests", (int64_t)watch->requests);
    json_pair_int(out, "errors", (int64_t)watch->errors);
    json_pair_text(out, "reason", watch->reason);
    json_pair_int(out, "step", (int64_t)step);
    json_name(out, "samples");
    json_array(out);
    for (size_t i = 0; i < watch->seconds; i += step)
        put_sample(watch, i, i + step < watch->seconds ? i + step : watch->seconds, out);
    json_array_end(out);
}
