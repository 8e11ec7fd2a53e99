/* SPDX-License-Identifier: MIT */
/* Loading state and log of a run (progress.h; io-methods.md 16.1, 16.2). */
#include "runtime/progress.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "json/write.h"
#include "runtime/io.h"

enum { MERGE_MS = 100, MAX_LOG = 10000, MAX_LOG_BYTES = 1 << 20, SENDER_STACK = 64 << 10 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed;                       /* on the monotonic clock */
static struct list waiting = { &waiting, &waiting }; /* by due_ms, earliest first */

/* ---- loading */

/* The whole state, as it is sent each time; the keys in the order of the SDKs. */
static void
put_loading(const struct progress *p, struct buf *text)
{
    struct json_out out;

    json_out_init(&out, text);
    json_object(&out);
    if (p->label)
        json_pair_text(&out, "label", p->label);
    if (p->description)
        json_pair_text(&out, "description", p->description);
    if (p->items) {
        json_pair_int(&out, "itemsInQueue", p->items);
        json_pair_int(&out, "itemsCompleted", p->done);
    }
    json_object_end(&out);
}

/* With the lock, so that progress_drop returns only when nothing is under way. */
static void
send_loading(struct progress *p)
{
    struct buf text;

    list_remove(&p->pending);
    buf_init(&text, IO_MAX_MESSAGE);
    put_loading(p, &text);
    if (!text.over && !run_is_canceled(p->run))
        run_post(p->run, LINK_SEND_LOADING_CALL, buf_view(&text));
    buf_fini(&text);
}

static void *
sender(void *unused)
{
    pthread_mutex_lock(&lock);
    for (;;) {
        struct progress *first = LIST_ENTRY(waiting.next, struct progress, pending);
        struct timespec until;

        if (list_is_empty(&waiting)) {
            pthread_cond_wait(&changed, &lock);
            continue;
        }
        if (clock_mono_ms() >= first->due_ms) {
            send_loading(first);
            continue;
        }
        until = (struct timespec){ .tv_sec = first->due_ms / 1000, .tv_nsec = first->due_ms % 1000 * 1000000 };
        pthread_cond_timedwait(&changed, &lock, &until);
    }
    return unused;
}

static void
start_sender(void)
{
    pthread_condattr_t clock;
    pthread_attr_t attr;
    pthread_t thread;

    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&changed, &clock);
    pthread_condattr_destroy(&clock);
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, SENDER_STACK);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    if (pthread_create(&thread, &attr, sender, NULL))
        fprintf(stderr, "cannot start the thread that sends loading states\n");
    pthread_attr_destroy(&attr);
}

/* Called with the lock. All changes wait for the same time, so the last one due is the last in the list. */
static void
schedule(struct progress *p)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, start_sender);
    if (!p->pending.next)
        list_init(&p->pending);
    if (list_is_linked(&p->pending))
        return;
    p->due_ms = clock_mono_ms() + MERGE_MS;
    list_add_tail(&waiting, &p->pending);
    pthread_cond_signal(&changed);
}

static void
replace(char **own, const char *text)
{
    free(*own);
    *own = text ? mem_strdup(text) : NULL;
}

void
progress_loading(il_ctx *ctx, const il_loading *given, bool is_update)
{
    struct run_io *io = io_of_ctx(ctx);
    struct progress *p = &io->progress;
    il_loading state = { 0 };

    if (io->phase != IO_RUNNING || run_is_canceled(io->run))
        return;
    memcpy(&state, given, given->size < sizeof state ? given->size : sizeof state);
    pthread_mutex_lock(&lock);
    is_update = is_update && p->is_started; /* before any start it acts as one */
    if (!is_update || state.label)
        replace(&p->label, state.label);
    if (!is_update || state.description)
        replace(&p->description, state.description);
    if (!is_update || state.items) {
        p->items = state.items;
        p->done = is_update ? p->done : 0;
    }
    p->is_started = true;
    schedule(p);
    pthread_mutex_unlock(&lock);
}

void
progress_step(il_ctx *ctx)
{
    struct progress *p = &io_of_ctx(ctx)->progress;

    pthread_mutex_lock(&lock);
    if (p->items && !run_is_canceled(p->run)) {
        p->done++;
        schedule(p);
    }
    pthread_mutex_unlock(&lock);
}

void
progress_drop(struct progress *p)
{
    pthread_mutex_lock(&lock);
    if (p->pending.next && list_is_linked(&p->pending))
        list_remove(&p->pending);
    pthread_mutex_unlock(&lock);
}

void
progress_fini(struct progress *p)
{
    progress_drop(p);
    free(p->label);
    free(p->description);
}

/* ---- log */

/* Where to cut so that at most MAX_LOG code points are left. */
static size_t
cut_at(const char *text, size_t len)
{
    size_t count = 0;

    for (size_t i = 0; i < len; i++)
        if (((unsigned char)text[i] & 0xc0) != 0x80 && count++ == MAX_LOG)
            return i;
    return len;
}

void
progress_log(il_ctx *ctx, const char *format, ...)
{
    struct run_io *io = io_of_ctx(ctx);
    struct buf line, text;
    struct json_out out;
    va_list args;
    size_t len;

    buf_init(&line, MAX_LOG_BYTES);
    va_start(args, format);
    buf_vprintf(&line, format, args);
    va_end(args);
    len = cut_at(line.p, line.len);
    if (line.over || len < line.len) {
        line.len = len;
        line.over = false;
        buf_str(&line, "... (cut: a log line has at most 10,000 characters)");
    }
    if (io->phase == IO_OUTSIDE || io->run->is_page) { /* pages have no log of their own (io-methods.md 15.2) */
        io_warn(io, "%s", buf_text(&line));
        buf_fini(&line);
        return;
    }
    buf_init(&text, IO_MAX_MESSAGE);
    json_out_init(&out, &text);
    json_object(&out);
    json_pair_str(&out, "data", buf_view(&line));
    json_pair_int(&out, "index", atomic_fetch_add(&io->progress.log_count, 1));
    json_pair_int(&out, "timestamp", clock_wall_ms());
    json_object_end(&out);
    run_post(io->run, LINK_SEND_LOG, buf_view(&text));
    buf_fini(&text);
    buf_fini(&line);
}
