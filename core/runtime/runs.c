/* SPDX-License-Identifier: MIT */
/* The table of runs and what arrives for them (runs.h). */
#include "runtime/runs.h"

#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/mem.h"
#include "json/read.h"
#include "runtime/control.h"
#include "runtime/futex.h"
#include "runtime/thread.h"

struct runs runs = { .lock = PTHREAD_MUTEX_INITIALIZER };

void
runs_init(const struct module *module, struct port *port)
{
    map_init(&runs.by_subject);
    runs.module = module;
    runs.port = port;
}

static struct str
key_of(const struct link_subject *subject)
{
    return (struct str){ (const char *)subject->bytes, sizeof subject->bytes };
}

static struct run *
find(const struct link_frame *head)
{
    return map_find(&runs.by_subject, key_of(&head->subject));
}

/* ---- start */

static struct run *
run_new(const struct link_received *received, const il_route *route)
{
    struct run *run = mem_alloc(sizeof *run);

    arena_init(&run->arena, RUN_ARENA_MAX);
    run->route = route;
    run->slot = received->head.slot;
    run->is_page = received->head.method == LINK_OPEN_PAGE;
    run->subject = received->head.subject;
    run->inputs = (struct str){ mem_strndup(received->payload.p, received->payload.len), received->payload.len };
    run->cancel_fd = -1;
    run->phase = RUN_HANDLER;
    list_init(&run->answers);
    list_init(&run->kept);
    return run;
}

bool
runs_start(const struct link_received *received, struct err *err)
{
    bool is_page = received->head.method == LINK_OPEN_PAGE;
    uint32_t slot = received->head.slot, kind = is_page ? IL_KIND_PAGE : IL_KIND_ACTION;
    const il_route *route = slot < runs.module->table.n_routes ? &runs.module->routes[slot] : NULL;
    struct run *run;

    if (!route || route->kind != kind || (is_page ? !route->page : !route->action))
        return err_set(err, "%s for slot %u, which is no %s", link_method_name(received->head.method), slot,
                       is_page ? "page" : "action");
    pthread_mutex_lock(&runs.lock);
    run = find(&received->head) ? NULL : run_new(received, route);
    if (run) {
        map_set(&runs.by_subject, key_of(&run->subject), run);
        runs.threads++;
        runs.pages += is_page;
    }
    pthread_mutex_unlock(&runs.lock);
    if (!run)
        return err_set(err, "%s for a run that is there already", link_method_name(received->head.method));
    thread_run(run_thread, run);
    return true;
}

/* ---- answers */

/*
 * Unlocks, and has whoever waits on the word look again. Not the other way round: a woken thread wants the lock. The
 * word may be gone by then together with its run or its stack, which does no harm: only its address is used.
 */
static void
unlock_and_wake(_Atomic uint32_t *word)
{
    pthread_mutex_unlock(&runs.lock);
    if (word)
        futex_wake_all(word);
}

static void
cancel(struct run *run)
{
    atomic_store_explicit(&run->is_canceled, true, memory_order_release);
    atomic_fetch_add(&run->wake, 1);
    if (run->cancel_fd >= 0)
        eventfd_write(run->cancel_fd, 1);
}

/* Under the lock. A run without thread gets one, for what has just been added to it. */
static void
serve_if_idle(struct run *run)
{
    if (run->phase != RUN_SHOWN)
        return;
    run->phase = RUN_SERVING;
    runs.threads++;
    thread_run(run_serve, run);
}

enum answer_kind { ANSWER_OTHER, ANSWER_RETURN, ANSWER_CANCELED };

static enum answer_kind
kind_of(struct str text)
{
    enum answer_kind kind = ANSWER_OTHER;
    struct arena arena;
    struct json root;

    arena_init(&arena, 0);
    if (json_parse(&arena, text, &root, NULL)) {
        struct json node = json_get(root, "kind");

        kind = json_is(node, "CANCELED") ? ANSWER_CANCELED : json_is(node, "RETURN") ? ANSWER_RETURN : ANSWER_OTHER;
    }
    arena_fini(&arena);
    return kind;
}

static struct run_answer *
answer_new(const struct link_received *received)
{
    struct run_answer *answer = mem_realloc(NULL, sizeof *answer + received->payload.len + 1);
    char *text = (char *)(answer + 1);

    memcpy(text, received->payload.p, received->payload.len);
    text[received->payload.len] = '\0';
    answer->group = received->head.group;
    answer->json = (struct str){ text, received->payload.len };
    return answer;
}

/* The next server must not ask again what is answered. A page's layout stays: it is shown until the page is closed. */
static void
forget_shown(struct run *run, const struct link_frame *answer)
{
    if (run->is_page || !run->shown || memcmp(&run->shown->head.group, &answer->group, sizeof answer->group) != 0)
        return;
    free(run->shown);
    run->shown = NULL;
}

void
runs_answer(const struct link_received *received)
{
    enum answer_kind kind = kind_of(received->payload);
    struct run *run;

    pthread_mutex_lock(&runs.lock);
    run = find(&received->head);
    if (run && kind == ANSWER_CANCELED) {
        cancel(run);
    } else if (run) {
        if (kind == ANSWER_RETURN)
            forget_shown(run, &received->head);
        list_add_tail(&run->answers, &answer_new(received)->link);
        atomic_fetch_add(&run->wake, 1);
        serve_if_idle(run);
    }
    unlock_and_wake(run ? &run->wake : NULL);
}

void
runs_close(const struct link_received *received)
{
    struct run *run;

    pthread_mutex_lock(&runs.lock);
    run = find(&received->head);
    if (run) {
        run->is_closed = true;
        cancel(run);
        serve_if_idle(run);
    }
    unlock_and_wake(run ? &run->wake : NULL);
}

/* ---- confirmations */

static struct sent *
find_sent(struct run *run, uint32_t call)
{
    LIST_EACH(&run->kept, node)
    {
        struct sent *sent = LIST_ENTRY(node, struct sent, link);

        if (sent->head.call == call)
            return sent;
    }
    return NULL;
}

/* Everything one-way that was sent before a confirmed call has arrived before it. */
static void
forget_before(struct run *run, struct sent *confirmed)
{
    LIST_EACH(&run->kept, node)
    {
        struct sent *sent = LIST_ENTRY(node, struct sent, link);

        if (sent == confirmed)
            return;
        if (sent->is_owned) {
            run->log_count--;
            list_remove(&sent->link);
            free(sent);
        }
    }
}

void
runs_confirm(const struct link_received *received)
{
    struct run *run;
    struct sent *sent;

    pthread_mutex_lock(&runs.lock);
    run = find(&received->head);
    sent = run ? find_sent(run, received->head.call) : NULL;
    if (sent && !sent->is_owned) {
        bool ok = received->head.status == LINK_OK;

        forget_before(run, sent);
        list_remove(&sent->link);
        if (!ok && sent->refusal)
            err_set(sent->refusal, "%.*s", (int)(received->payload.len < 500 ? received->payload.len : 500),
                    received->payload.p);
        atomic_store(&sent->state, ok ? SENT_CONFIRMED : SENT_REFUSED);
    }
    unlock_and_wake(sent ? &sent->state : NULL);
}

/* ---- the whole table */

bool
runs_are_open(void)
{
    bool open;

    pthread_mutex_lock(&runs.lock);
    open = runs.threads || runs.pages;
    pthread_mutex_unlock(&runs.lock);
    return open;
}

/* A frame that was accepted once is not larger than what a link carries. */
static void
put_again(const struct sent *sent)
{
    struct link_frame head = sent->head;

    head.flags |= LINK_RESENT;
    ASSERT(port_put(runs.port, &head, &sent->payload, 1, -1));
}

void
runs_resend(int fd, struct str hello)
{
    struct link_frame head = { .kind = LINK_CALL, .method = LINK_HELLO, .flags = LINK_ONEWAY };
    struct map_cursor cursor = { 0 };
    struct map_entry *entry;

    pthread_mutex_lock(&runs.lock);
    port_switch(runs.port, fd);
    ASSERT(port_put(runs.port, &head, &hello, 1, -1));
    while ((entry = map_next(&runs.by_subject, &cursor))) {
        struct run *run = entry->value;

        if (run->shown)
            put_again(run->shown);
        LIST_EACH(&run->kept, node)
        put_again(LIST_ENTRY(node, struct sent, link));
        if (run->loading)
            put_again(run->loading);
    }
    pthread_mutex_unlock(&runs.lock);
    port_flush(runs.port);
}
