/* SPDX-License-Identifier: MIT */
/* One http thread: its loop, inbox, end-of-turn work, start and end. */
#include "http/thread.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/log.h"
#include "http/internal.h"

static _Thread_local struct http_thread *own;

struct http_thread *
http_thread_current(void)
{
    return own;
}

size_t
http_thread_index(const struct http_thread *thread)
{
    return thread->index;
}

void
http_thread_post(struct http_thread *thread, struct message *message, void (*run)(struct message *message))
{
    inbox_post(&thread->inbox, message, run);
}

struct inbox *
http_thread_inbox(struct http_thread *thread)
{
    return &thread->inbox;
}

/*
 * Turns run as a timer that is due at once: h2o needs writes to start while its loop runs (one started between two runs
 * leaves the socket polled for writing with nobody to write). Each turn of the loop runs them once, so that a
 * connection which makes its own work (pipelining) does not keep the others waiting. registered_at 0 is due whatever
 * the wall clock does.
 */
static void
schedule_turns(struct http_thread *thread)
{
    if (h2o_timeout_is_linked(&thread->turn_timer))
        return;
    h2o_timeout_link(thread->loop, &thread->context.zero_timeout, &thread->turn_timer);
    thread->turn_timer.registered_at = 0;
}

void
http_turn_add(struct http_thread *thread, struct http_turn *turn)
{
    if (list_is_linked(&turn->link))
        return;
    list_add_tail(&thread->turns, &turn->link);
    if (!thread->has_turned)
        schedule_turns(thread);
}

static void
run_turns(struct http_thread *thread)
{
    thread->has_turned = true;
    list_add_tail(&thread->turns, &thread->turns_end);
    while (thread->turns.next != &thread->turns_end) {
        struct http_turn *turn = LIST_ENTRY(thread->turns.next, struct http_turn, link);

        list_remove(&turn->link);
        turn->run(turn);
    }
    list_remove(&thread->turns_end);
}

static void
hold_turns(struct http_thread *thread)
{
    LIST_EACH(&thread->turns, node)
    {
        struct http_turn *turn = LIST_ENTRY(node, struct http_turn, link);

        if (turn->hold)
            turn->hold(turn);
    }
}

static void
on_turn_timer(h2o_timeout_entry_t *entry)
{
    run_turns(container_of(entry, struct http_thread, turn_timer));
}

static void
wake(void *arg)
{
    struct http_thread *thread = arg;
    uint64_t one = 1;
    ssize_t written;

    do
        written = write(thread->wake_fd, &one, sizeof one);
    while (written < 0 && errno == EINTR);
}

static void
on_wake(h2o_socket_t *sock, const char *error)
{
    struct http_thread *thread = sock->data;
    uint64_t count;

    (void)error;
    if (read(thread->wake_fd, &count, sizeof count) == sizeof count)
        inbox_run(&thread->inbox);
}

/* h2o frees closed sockets in the turn after; a TLS connection says goodbye first. */
static void
check_finished(struct http_thread *thread)
{
    thread->is_finished = thread->is_stopping && list_is_empty(&thread->conns);
}

static void *
thread_main(void *arg)
{
    struct http_thread *thread = arg;
    struct http_server *server = thread->server;
    char name[16];

    own = thread;
    snprintf(name, sizeof name, "http-%zu", thread->index);
    prctl(PR_SET_NAME, name);
    while (!thread->is_finished) {
        bool has_work = !list_is_empty(&thread->turns);
        int32_t wait_ms = has_work ? 0 : INT32_MAX;

        thread->has_turned = false;
        if (has_work) {
            hold_turns(thread);
            schedule_turns(thread);
        }
        if (h2o_evloop_run(thread->loop, wait_ms) != 0 && errno != EINTR) {
            log_error("http", "the event loop failed: %s", strerror(errno));
            poll(NULL, 0, 10);
        }
        conn_reap(thread);
        check_finished(thread);
    }
    if (atomic_fetch_sub(&server->running, 1) == 1 && server->on_stopped)
        server->on_stopped(server->on_stopped_arg);
    return NULL;
}

static void
on_stop(struct message *message)
{
    struct http_thread *thread = container_of(message, struct http_thread, stop);

    /* Who waits in the accept queue comes in first: from here on only requests under way are served. */
    for (size_t i = 0; i < thread->server->listener_count; i++)
        acceptor_stop(&thread->acceptors[i]);
    thread->is_stopping = true;
    thread->stop_at = now_ms() + thread->server->grace_ms;
    thread->context.shutdown_requested = 1; /* h2o_context_request_shutdown would start HTTP/2 timers too */
    LIST_EACH(&thread->conns, node)
    {
        struct http_conn *conn = LIST_ENTRY(node, struct http_conn, link);

        if (conn->phase == PHASE_IDLE && conn->request.conn)
            conn_close(conn);
        else if (conn->phase == PHASE_IDLE) /* new: its first request may be under way */
            conn_enter(conn, PHASE_IDLE, FIRST_REQUEST_MS);
    }
    sweep_at(thread, now_ms());
}

void
thread_stop(struct http_thread *thread)
{
    http_thread_post(thread, &thread->stop, on_stop);
}

static bool
wake_init(struct http_thread *thread, struct err *err)
{
    inbox_init(&thread->inbox, wake, thread);
    thread->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (thread->wake_fd < 0)
        return err_set_errno(err, "cannot create an event descriptor");
    thread->wake = h2o_evloop_socket_create(thread->loop, thread->wake_fd, H2O_SOCKET_FLAG_DONT_READ);
    thread->wake->data = thread;
    h2o_socket_read_start(thread->wake, on_wake);
    return true;
}

static bool
acceptors_start(struct http_thread *thread, struct err *err)
{
    for (size_t i = 0; i < thread->server->listener_count; i++) {
        thread->acceptors[i] = (struct http_acceptor){ .thread = thread, .listener = &thread->server->listeners[i] };
        if (!acceptor_start(&thread->acceptors[i], err))
            return false;
    }
    return true;
}

bool
thread_start(struct http_thread *thread, struct err *err)
{
    sigset_t all, old;

    list_init(&thread->conns);
    list_init(&thread->dead);
    list_init(&thread->turns);
    thread->turn_timer.cb = on_turn_timer;
    thread->loop = h2o_evloop_create();
    h2o_context_init(&thread->context, thread->loop, &thread->server->h2o);
    thread->accept = (h2o_accept_ctx_t){ .ctx = &thread->context, .hosts = thread->server->h2o.hosts };
    if (!sweep_init(thread, err) || !wake_init(thread, err) || !acceptors_start(thread, err))
        return false;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old); /* signals belong to the main thread */
    errno = pthread_create(&thread->id, NULL, thread_main, thread);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return errno ? err_set_errno(err, "cannot start an http thread") : true;
}

void
thread_fini(struct http_thread *thread)
{
    pthread_join(thread->id, NULL);
    own = thread;
    inbox_run(&thread->inbox); /* answers that came too late: they free themselves */
    run_turns(thread);
    own = NULL;
    h2o_timeout_unlink(&thread->turn_timer);
    h2o_socket_close(thread->wake);
    h2o_socket_close(thread->timer);
    h2o_context_dispose(&thread->context);
    h2o_evloop_destroy(thread->loop);
}
