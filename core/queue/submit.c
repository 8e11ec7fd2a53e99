/* SPDX-License-Identifier: MIT */
/* Calls from inside (queue.h): a copy of everything, then the same way as all others. */
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/mem.h"
#include "loop/control.h"
#include "queue/count.h"
#include "queue/dispatch.h"

struct submitting {
    struct message message;
    struct queue_accept accept;
    struct arena arena;
    queue_submitted *done;
    void *arg;
};

static void
submitting_free(struct submitting *submitting)
{
    arena_fini(&submitting->arena);
    free(submitting);
}

static void
tell_queue(struct message *message)
{
    struct submitting *submitting = container_of(message, struct submitting, message);

    queue_due(submitting->accept.queue, submitting->accept.fn, submitting->accept.due, 1);
    submitting_free(submitting);
}

static void
on_stored(struct queue_accept *accept)
{
    struct submitting *submitting = container_of(accept, struct submitting, accept);
    bool is_duplicate = accept->verdict == QUEUE_DUPLICATE;

    if (accept->verdict == QUEUE_STORED)
        queue_count(&queue_tally(accept->queue)->submitted);
    else
        queue_leave(accept->bytes);
    if (submitting->done)
        submitting->done(submitting->arg, accept->verdict, is_duplicate ? accept->first_id : accept->id);
    if (accept->verdict == QUEUE_STORED)
        control_post(&submitting->message, tell_queue);
    else
        submitting_free(submitting);
}

static const char *
copy(struct submitting *submitting, const char *text)
{
    return text ? arena_strdup(&submitting->arena, text) : NULL;
}

/* The queue and stage of a function's calls, as they are now. */
static void
fill_place(struct submitting *submitting, const struct queue_submission *submission)
{
    const struct queue_function_settings *settings = queue_settings_get(submission->fn ? submission->fn : "");
    struct queue_accept *accept = &submitting->accept;

    accept->fn = submission->fn ? copy(submitting, submission->fn) : "";
    accept->queue = copy(submitting, submission->queue ? submission->queue : settings->queue);
    accept->stage = copy(submitting, settings->stage);
    queue_settings_put(settings);
}

bool
queue_submit(const struct queue_submission *submission, struct inbox *reply_to, queue_submitted *done, void *arg)
{
    struct submitting *submitting = mem_alloc(sizeof *submitting);
    struct queue_accept *accept = &submitting->accept;
    struct arena *arena = &submitting->arena;
    struct queue_batch batch = { 0 };

    arena_init(arena, 0);
    submitting->done = done;
    submitting->arg = arg;
    fill_place(submitting, submission);
    accept->id = submission->id ? copy(submitting, submission->id) : arena_strdup(arena, uuid_format(uuid_v7()).s);
    if (submission->id)
        accept->dedup = accept->fn[0] ? arena_printf(arena, QUEUE_SERVER " %s", submission->id)
                                      : arena_printf(arena, QUEUE_SERVER " %s %s", accept->queue, submission->id);
    accept->principal = QUEUE_SERVER;
    accept->depth = submission->depth;
    accept->created_ns = clock_wall_ms() * 1000000;
    accept->due = submission->due ? submission->due : accept->created_ns / 1000000;
    accept->request.heads = queue_raw_heads;
    accept->request.body =
        (struct str){ arena_strndup(arena, submission->event.p ? submission->event.p : "", submission->event.len),
                      submission->event.len };
    accept->reply_to = reply_to;
    accept->done = on_stored;
    if (!queue_accept(&batch, accept)) {
        submitting_free(submitting);
        return false;
    }
    queue_flush(&batch);
    return true;
}

/* ---- for those who may block */

struct waiter {
    struct inbox inbox;
    sem_t is_over;
    enum queue_verdict verdict;
    char *id;
};

static void
wake(void *arg)
{
    struct waiter *waiter = arg;

    sem_post(&waiter->is_over);
}

static void
on_submitted(void *arg, enum queue_verdict verdict, const char *id)
{
    struct waiter *waiter = arg;

    waiter->verdict = verdict;
    snprintf(waiter->id, QUEUE_ID_SIZE, "%s", id);
}

bool
queue_submit_wait(const struct queue_submission *submission, enum queue_verdict *verdict, char id[QUEUE_ID_SIZE])
{
    struct waiter waiter = { .id = id };
    bool is_taken;

    id[0] = '\0';
    inbox_init(&waiter.inbox, wake, &waiter);
    sem_init(&waiter.is_over, 0, 0);
    is_taken = queue_submit(submission, &waiter.inbox, on_submitted, &waiter);
    while (is_taken && !id[0]) { /* a duplicate takes two turns */
        while (sem_wait(&waiter.is_over) != 0)
            ;
        inbox_run(&waiter.inbox);
    }
    sem_destroy(&waiter.is_over);
    *verdict = waiter.verdict;
    return is_taken;
}
