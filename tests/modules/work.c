/* SPDX-License-Identifier: MIT */
/*
 * Work for durable calls. Each attempt takes the step of ?steps=503,crash,200 that its number says (the last one again
 * and again), after ?ms= milliseconds; ?after= is Retry-After, ?lie= names a header that is none of its business. Its
 * body is what came in, its headers show what it got.
 */
#include <interlude.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *
step_of(const char *steps, long attempt)
{
    for (; attempt > 0 && strchr(steps, ','); attempt--)
        steps = strchr(steps, ',') + 1;
    return steps;
}

static il_status
work(il_request *req, il_response *res)
{
    static const char *const shown[] = { "X-Call-Id", "X-Start-Time", "X-Retry", "X-Retry-Max", "X-Mine" };
    const char *steps = il_query(req, "steps"), *ms = il_query(req, "ms"), *after = il_query(req, "after");
    const char *retry = il_header(req, "X-Retry"), *lie = il_query(req, "lie");
    const char *step = step_of(steps ? steps : "200", retry ? strtol(retry, NULL, 10) : 0);
    long wait_ms = ms ? strtol(ms, NULL, 10) : 0;
    il_str body = il_body(req);

    if (wait_ms)
        nanosleep(&(struct timespec){ .tv_sec = wait_ms / 1000, .tv_nsec = wait_ms % 1000 * 1000000 }, NULL);
    if (strncmp(step, "crash", 5) == 0)
        abort();
    if (after)
        IL_TRY(il_respond_header(res, "Retry-After", after));
    if (lie)
        IL_TRY(il_respond_header(res, lie, "a lie"));
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++)
        if (il_header(req, shown[i]))
            IL_TRY(il_respond_header(res, il_rfmt(req, "Got-%s", shown[i]), il_header(req, shown[i])));
    IL_TRY(il_respond_header(res, "Got-Path", il_path(req)));
    return il_respond(res, (int)strtol(step, NULL, 10), "text/plain", body.p, body.len);
}
IL_FUNCTION(work, .method = "ANY", .timeout_ms = 2000);
