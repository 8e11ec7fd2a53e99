/* SPDX-License-Identifier: MIT */
/* A function with a time limit of 300 ms that takes ?ms= milliseconds, 60 s if not told. */
#include <interlude.h>

#include <stdlib.h>
#include <time.h>

static il_status
late(il_request *req, il_response *res)
{
    const char *ms = il_query(req, "ms");
    long wait_ms = ms ? strtol(ms, NULL, 10) : 60000;

    nanosleep(&(struct timespec){ .tv_sec = wait_ms / 1000, .tv_nsec = wait_ms % 1000 * 1000000 }, NULL);
    return il_respond(res, 200, "text/plain", "here", 4);
}
IL_FUNCTION(late, .method = "ANY", .timeout_ms = 300);
