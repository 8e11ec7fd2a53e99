/* SPDX-License-Identifier: MIT */
/* Answers after ?ms= milliseconds, asleep or, with ?busy, computing; its body is the body that came in. */
#include <interlude.h>

#include <stdlib.h>
#include <time.h>

static int64_t
now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static il_status
slow(il_request *req, il_response *res)
{
    const char *ms = il_query(req, "ms");
    int64_t wait_us = (ms ? strtol(ms, NULL, 10) : 100) * 1000, end_us = now_us() + wait_us;
    il_str body = il_body(req);

    if (il_query(req, "busy"))
        while (now_us() < end_us)
            ;
    else
        nanosleep(&(struct timespec){ .tv_sec = wait_us / 1000000, .tv_nsec = wait_us % 1000000 * 1000 }, NULL);
    return il_respond(res, 200, "text/plain", body.p, body.len);
}
IL_FUNCTION(slow, .method = "ANY");
