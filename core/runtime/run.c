/* SPDX-License-Identifier: MIT */
/* A run as its handler thread sees it: calling, waiting, ending (run.h). Who delivers is runs.c. */
#include "runtime/run.h"

#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "runtime/control.h"
#include "runtime/runs.h"
#include "runtime/thread.h"

/* So many logs may be on their way before one of them waits for its confirmation. */
enum { LOGS_UNCONFIRMED_MAX = 256 };

struct sent *
sent_new(const struct link_frame *head, struct str payload)
{
    struct sent *sent = mem_realloc(NULL, sizeof *sent + payload.len);

    *sent = (struct sent){ .head = *head, .is_owned = true };
    list_init(&sent->link);
    if (payload.len)
        memcpy(sent + 1, payload.p, payload.len);
    sent->payload = (struct str){ (const char *)(sent + 1), payload.len };
    return sent;
}

/* Under the lock: replaces a remembered frame by a copy of this one. */
static void
remember(struct sent **place, const struct link_frame *head, struct str payload)
{
    free(*place);
    *place = sent_new(head, payload);
}

static void
forget(struct sent **place)
{
    free(*place);
    *place = NULL;
}

/* ---- calling */

/*
 * Under the lock, after the confirmation: what must the next server see of this? The current loading state ends with
 * either.
 */
static void
keep_shown(struct run *run, const struct sent *sent)
{
    switch (sent->head.method) {
    case LINK_SEND_IO_CALL:
    case LINK_SEND_PAGE:
        remember(&run->shown, &sent->head, sent->payload);
        forget(&run->loading);
        break;
    case LINK_COMPLETE:
        forget(&run->shown);
        forget(&run->loading);
        break;
    }
}

/* An answer may overtake the RESPONSE's way to this thread: what is answered already is not shown any more. */
static bool
has_answer_for(const struct run *run, const struct link_subject *group)
{
    LIST_EACH(&run->answers, node)
    if (memcmp(&LIST_ENTRY(node, struct run_answer, link)->group, group, sizeof *group) == 0)
        return true;
    return false;
}

static bool
put_call(struct run *run, struct sent *sent)
{
    bool fits;

    port_wait(runs.port);
    pthread_mutex_lock(&runs.lock);
    sent->head.call = ++runs.last_call;
    fits = port_put(runs.port, &sent->head, &sent->payload, 1, -1);
    if (fits)
        list_add_tail(&run->kept, &sent->link);
    pthread_mutex_unlock(&runs.lock);
    port_flush(runs.port);
    return fits;
}

bool
run_call(struct run *run, enum link_method method, struct link_subject group, unsigned flags, unsigned status,
         struct str payload, struct err *refusal)
{
    struct sent sent = { .payload = payload, .refusal = refusal };
    bool ok;

    sent.head = (struct link_frame){ .kind = LINK_CALL,
                                     .method = (uint8_t)method,
                                     .flags = (uint8_t)flags,
                                     .status = (uint8_t)status,
                                     .slot = run->slot,
                                     .subject = run->subject,
                                     .group = group };
    if (!put_call(run, &sent))
        return err_set(refusal, "%zu bytes are too many for one message (at most %u)", payload.len,
                       LINK_MAX_FRAME - (unsigned)sizeof sent.head);
    while (atomic_load(&sent.state) == SENT_WAITING)
        thread_park(&sent.state, SENT_WAITING, -1);
    pthread_mutex_lock(&runs.lock); /* the thread that confirms is done with `sent` when it gives up the lock */
    ok = atomic_load(&sent.state) == SENT_CONFIRMED;
    if (ok && !(method == LINK_SEND_IO_CALL && has_answer_for(run, &group)))
        keep_shown(run, &sent);
    pthread_mutex_unlock(&runs.lock);
    return ok;
}

static bool
must_wait(struct run *run)
{
    bool wait;

    pthread_mutex_lock(&runs.lock);
    wait = run->log_count >= LOGS_UNCONFIRMED_MAX;
    pthread_mutex_unlock(&runs.lock);
    return wait;
}

void
run_post(struct run *run, enum link_method method, struct str payload)
{
    struct link_frame head = {
        .kind = LINK_CALL, .method = (uint8_t)method, .flags = LINK_ONEWAY, .slot = run->slot, .subject = run->subject
    };

    if (method == LINK_SEND_LOG && must_wait(run)) {
        if (!run_call(run, method, (struct link_subject){ { 0 } }, 0, 0, payload, NULL))
            return; /* the server does not want the line */
        return;
    }
    port_wait(runs.port);
    pthread_mutex_lock(&runs.lock);
    head.call = ++runs.last_call;
    if (port_put(runs.port, &head, &payload, 1, -1)) {
        if (method == LINK_SEND_LOG) {
            list_add_tail(&run->kept, &sent_new(&head, payload)->link);
            run->log_count++;
        } else if (method == LINK_SEND_LOADING_CALL) {
            remember(&run->loading, &head, payload);
        }
    }
    pthread_mutex_unlock(&runs.lock);
    port_flush(runs.port);
}

/* ---- waiting */

static struct run_answer *
take_answer(struct run *run)
{
    struct run_answer *answer;

    if (list_is_empty(&run->answers))
        return NULL;
    answer = LIST_ENTRY(run->answers.next, struct run_answer, link);
    list_remove(&answer->link);
    return answer;
}

/* What is left of timeout_ms; negative stays negative. */
static int64_t
left_of(int64_t end_ms, int64_t timeout_ms)
{
    int64_t left;

    if (timeout_ms < 0)
        return -1;
    left = end_ms - clock_mono_ms();
    return left > 0 ? left : 0;
}

enum run_event
run_wait(struct run *run, int64_t timeout_ms, const struct run_answer **answer)
{
    int64_t end_ms = timeout_ms < 0 ? 0 : clock_mono_ms() + timeout_ms, left;

    free(run->taken);
    run->taken = NULL;
    for (;;) {
        uint32_t seen = atomic_load(&run->wake);

        if (run_is_canceled(run))
            return RUN_CANCELED;
        pthread_mutex_lock(&runs.lock);
        *answer = run->taken = take_answer(run);
        pthread_mutex_unlock(&runs.lock);
        if (*answer)
            return RUN_ANSWER;
        left = left_of(end_ms, timeout_ms);
        if (left == 0)
            return RUN_TIMEOUT;
        thread_park(&run->wake, seen, left);
    }
}

bool
run_sleep(struct run *run, int64_t timeout_ms)
{
    int64_t end_ms = clock_mono_ms() + timeout_ms, left;

    for (;;) {
        uint32_t seen = atomic_load(&run->wake);

        if (run_is_canceled(run))
            return false;
        left = left_of(end_ms, timeout_ms);
        if (left == 0)
            return true;
        thread_park(&run->wake, seen, left);
    }
}

int
run_cancel_fd(struct run *run)
{
    int fd;

    pthread_mutex_lock(&runs.lock);
    if (run->cancel_fd < 0) {
        run->cancel_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (run->cancel_fd >= 0 && run_is_canceled(run))
            eventfd_write(run->cancel_fd, 1);
    }
    fd = run->cancel_fd;
    pthread_mutex_unlock(&runs.lock);
    return fd;
}

/* ---- ending */

static void
run_free(struct run *run)
{
    struct run_answer *answer;

    runtime_run_free(run);
    while ((answer = take_answer(run)))
        free(answer);
    LIST_EACH(&run->kept, node)
    free(LIST_ENTRY(node, struct sent, link));
    if (run->cancel_fd >= 0)
        close(run->cancel_fd);
    free(run->taken);
    free(run->shown);
    free(run->loading);
    free((char *)(uintptr_t)run->inputs.p);
    arena_fini(&run->arena);
    free(run);
}

/* Under the lock: nobody finds the run any more. The thread still counts, until it has freed it. */
static void
leave_table(struct run *run)
{
    map_remove(&runs.by_subject, (struct str){ (const char *)run->subject.bytes, sizeof run->subject.bytes });
    runs.pages -= run->is_page;
}

static void
thread_left(void)
{
    bool was_last;

    pthread_mutex_lock(&runs.lock);
    was_last = --runs.threads == 0;
    pthread_mutex_unlock(&runs.lock);
    if (was_last)
        control_poke();
}

/* Serves what has arrived since, then leaves the run to the table, or frees it if nothing more can come. */
static void
serve(struct run *run, bool is_kept)
{
    struct run_answer *answer;

    for (;;) {
        pthread_mutex_lock(&runs.lock);
        is_kept = is_kept && !run->is_closed;
        answer = is_kept ? take_answer(run) : NULL;
        if (is_kept && !answer)
            run->phase = RUN_SHOWN;
        else
            run->phase = RUN_SERVING;
        if (!is_kept)
            leave_table(run);
        pthread_mutex_unlock(&runs.lock);
        if (!answer)
            break;
        runtime_io_after(run, answer);
        free(answer);
    }
    if (!is_kept)
        run_free(run);
    thread_left();
}

void
run_thread(void *arg)
{
    struct run *run = arg;
    bool is_kept = true;

    if (run->is_page)
        runtime_page(run);
    else
        is_kept = runtime_action(run);
    serve(run, is_kept);
}

void
run_serve(void *arg)
{
    serve(arg, true);
}
