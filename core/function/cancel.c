/* SPDX-License-Identifier: MIT */
/* DELETE /async-function/CALL-ID: ending a durable call by its id (functions.md 3.8). */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "function/call.h"
#include "function/internal.h"
#include "function/principal.h"
#include "loop/control.h"
#include "loop/worker.h"
#include "queue/record.h"

enum { LIMIT_MS = 30 * 1000 };

struct ending {
    struct message message;
    struct http_call *http;
    int64_t seq;
    const char *key; /* what was shown as x-api-key; "": nothing. Behind the id */
    char id[];       /* NUL-terminated */
};

static void
tell_queue(struct message *message)
{
    struct ending *ending = container_of(message, struct ending, message);

    queue_cancelled(ending->seq);
    queue_look(); /* one that waited for it may begin */
    free(ending);
}

/* The status of the answer. */
static unsigned
end_call(struct ending *ending)
{
    struct queue_record *record = NULL;
    unsigned status = 503;
    struct arena arena;
    struct err err;

    arena_init(&arena, 0);
    if (!queue_record_get(queue_files(), &arena, ending->id, &record, &err)) {
        status = 503;
    } else if (record && !principal_is_shown(record->principal, str_of(ending->key))) {
        status = 403;
    } else {
        enum store_verdict verdict = record ? queue_record_cancel(queue_files(), record, &err) : STORE_REFUSED;

        if (verdict == STORE_DONE) {
            ending->seq = record->seq;
            queue_leave(record->bytes);
            status = 202;
        } else if (verdict == STORE_REFUSED) {
            status = record ? 409 : 404;
        }
    }
    arena_fini(&arena);
    return status;
}

static void
run(struct message *message)
{
    struct ending *ending = container_of(message, struct ending, message);
    unsigned status = end_call(ending);

    if (status == 202)
        http_call_respond(ending->http, &(struct http_response){ .status = status });
    else
        http_call_problem(ending->http, status,
                          status == 404   ? "There is no such call."
                          : status == 403 ? "This call was sent by somebody else."
                          : status == 409 ? "This call is over."
                                          : "The store does not answer.");
    control_post(&ending->message, tell_queue);
}

void
async_cancel(struct http_request *request, struct str id)
{
    struct str key = http_header(request, "x-api-key");
    struct ending *ending = mem_alloc(sizeof *ending + id.len + key.len + 2);

    memcpy(ending->id, id.p, id.len);
    ending->key = ending->id + id.len + 1;
    if (key.len)
        memcpy(ending->id + id.len + 1, key.p, key.len);
    ending->http = http_hold(request, LIMIT_MS, NULL, NULL);
    if (worker_post(&ending->message, run))
        return;
    http_call_problem(ending->http, 503, "The server is busy. Try again in a moment.");
    free(ending);
}
