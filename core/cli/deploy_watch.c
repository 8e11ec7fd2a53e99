/* SPDX-License-Identifier: MIT */
/* Looking on while a deployment is watched (deploy_watch.h). */
#include "cli/deploy_watch.h"

#include <poll.h>

#include "base/clock.h"
#include "cli/progress.h"

enum { INTERVAL_MS = 250, PATIENCE_MS = 15 * 1000 };

static void
say(struct json state, int64_t left_ms)
{
    progress_say("Watching the new version for %lld s more: %lld requests, %lld errors",
                 (long long)(left_ms > 0 ? (left_ms + 999) / 1000 : 0),
                 (long long)json_int(json_get(state, "requests"), 0),
                 (long long)json_int(json_get(state, "errors"), 0));
}

/* true: it is decided. */
static bool
is_over(struct deploy_command *command, struct json state, bool *is_good, struct err *err)
{
    struct arena *arena = &command->api.arena;
    const char *reason = deploy_text(arena, json_text(arena, json_get(state, "reason")));

    if (json_is(json_get(state, "state"), "watching"))
        return false;
    *is_good = !json_is(json_get(state, "state"), "returned");
    if (!*is_good)
        err_set(err, "the version before is live again: %s", *reason ? reason : "the new one failed too often");
    return true;
}

static bool
look_on(struct deploy_command *command, const char *place, int64_t until_ms, struct err *err)
{
    bool is_good = false;

    for (;;) {
        int64_t left_ms = until_ms - clock_mono_ms();
        struct json state;

        if (deploy_api_call(&command->api, "GET", place, STR(""), &state, err)) {
            if (is_over(command, state, &is_good, err))
                return is_good;
            say(state, left_ms);
            if (left_ms < -PATIENCE_MS)
                return err_set(err,
                               "it is live, but the server does not end its watch window; see: interlude deploy "
                               "list%s",
                               deploy_same_options(command));
        } else if (command->api.status / 100 == 4 || left_ms < -PATIENCE_MS) {
            return err_prefix(err, "it is live, but how its watch window ended is not known");
        }
        poll(NULL, 0, INTERVAL_MS);
    }
}

/* In the time of this machine, whatever the clock of the server says. */
static int64_t
end_of(struct json window)
{
    int64_t until_ms = json_int(json_get(window, "untilMs"), 0);

    return clock_mono_ms() + until_ms - json_int(json_get(window, "sinceMs"), clock_wall_ms());
}

bool
deploy_watch(struct deploy_command *command, struct json answer, struct err *err)
{
    struct json window = json_get(answer, "watch");
    const char *place =
        arena_printf(&command->api.arena, "/deployments/%lld", (long long)json_int(json_get(answer, "timestamp"), 0));
    bool is_good;

    if (json_type(window) != JSON_OBJECT)
        return true;
    progress_begin("Watching the new version");
    is_good = look_on(command, place, end_of(window), err);
    progress_end();
    return is_good;
}
