/* SPDX-License-Identifier: MIT */
/*
 * Deadlines by the monotonic clock (h2o 2.2.5 times by gettimeofday): one timerfd per http thread, set to the earliest
 * deadline and off while there is none. A deadline that moves later costs nothing; the sweep finds out and sets the
 * timer anew.
 */
#include <sys/timerfd.h>
#include <unistd.h>

#include "http/internal.h"

enum { MIN_PAUSE_MS = 10, STOP_PAUSE_MS = 20, LAST_ANSWER_MS = 500 };

static void
set_timer(struct http_thread *thread, int64_t at_ms)
{
    struct itimerspec when = { 0 };

    if (at_ms < INT64_MAX) {
        when.it_value.tv_sec = at_ms / 1000;
        when.it_value.tv_nsec = (at_ms % 1000) * 1000000 + 1; /* all zero would turn it off */
    }
    timerfd_settime(thread->timer_fd, TFD_TIMER_ABSTIME, &when, NULL);
    thread->timer_at = at_ms;
}

void
sweep_at(struct http_thread *thread, int64_t at_ms)
{
    if (at_ms < thread->timer_at)
        set_timer(thread, at_ms);
}

/* The time to finish is up: who is with a handler is answered, and has a moment to read it. */
static void
end_request(struct http_conn *conn, int64_t late_ms)
{
    if (conn->phase == PHASE_HANDLER)
        conn_expire(conn);
    else if (conn->phase != PHASE_ANSWER || late_ms > LAST_ANSWER_MS)
        conn_abort(conn);
}

/* WebSockets go last: what requests wait for may come through them. */
static void
sweep_stopping(struct http_thread *thread, int64_t now)
{
    bool is_late = now >= thread->stop_at, has_requests = false;

    LIST_EACH(&thread->conns, node)
    {
        struct http_conn *conn = LIST_ENTRY(node, struct http_conn, link);

        if (conn->phase == PHASE_WS)
            continue;
        has_requests = true;
        if (is_late)
            end_request(conn, now - thread->stop_at);
    }
    if (has_requests && !is_late)
        return;
    LIST_EACH(&thread->conns, node)
    {
        struct http_conn *conn = LIST_ENTRY(node, struct http_conn, link);

        if (conn->phase == PHASE_WS)
            ws_stop(conn->ws);
    }
}

static void
sweep(struct http_thread *thread)
{
    int64_t now = now_ms(), next = INT64_MAX;

    for (size_t i = 0; i < thread->server->listener_count; i++)
        acceptor_retry(&thread->acceptors[i]);
    LIST_EACH(&thread->conns, node)
    {
        struct http_conn *conn = LIST_ENTRY(node, struct http_conn, link);

        if (conn->deadline_ms <= now)
            conn_expire(conn); /* may close it, then it is in the dead list */
        if (conn->sock && conn->deadline_ms < next)
            next = conn->deadline_ms;
    }
    if (thread->is_stopping) {
        sweep_stopping(thread, now);
        next = now + STOP_PAUSE_MS;
    }
    set_timer(thread, next < now + MIN_PAUSE_MS ? now + MIN_PAUSE_MS : next);
}

static void
on_timer(h2o_socket_t *sock, const char *error)
{
    struct http_thread *thread = sock->data;
    uint64_t count;

    (void)error;
    if (read(thread->timer_fd, &count, sizeof count) == sizeof count) {
        thread->timer_at = INT64_MAX;
        sweep(thread);
    }
}

bool
sweep_init(struct http_thread *thread, struct err *err)
{
    thread->timer_at = INT64_MAX;
    thread->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    if (thread->timer_fd < 0)
        return err_set_errno(err, "cannot create a timer");
    thread->timer = h2o_evloop_socket_create(thread->loop, thread->timer_fd, H2O_SOCKET_FLAG_DONT_READ);
    thread->timer->data = thread;
    h2o_socket_read_start(thread->timer, on_timer);
    return true;
}
