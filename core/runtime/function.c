/* SPDX-License-Identifier: MIT */
/* Leading function streams (function.h). What a request is made of is request.c. */
#include "runtime/function.h"

#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/mem.h"
#include "runtime/control.h"
#include "runtime/futex.h"
#include "runtime/port.h"
#include "runtime/request.h"
#include "runtime/thread.h"

/* A stream is handed over between one and two ticks. Answers wait for others at most GATHER_US. */
enum { TICK_US = 1000, QUIET_TICKS = 100, GATHER_US = 200, IDLE_MS = 1000, THREADS_MAX = 256 };

struct stream {
    int fd;
    struct link_in in; /* the leader's */
    struct port port;
    /*
     * Odd while the leader is inside a handler, even otherwise; one more at each change. Whoever makes an odd number
     * even has the stream: the leader coming back, or the monitor, which then gives it to another thread.
     */
    _Atomic uint32_t turn;
    uint32_t seen;                /* the monitor's last look at turn */
    pthread_mutex_t handing_over; /* the monitor holds it until the slow leader's block is secured */
    struct leader *running;       /* the leader, for the monitor */
    struct list slow;             /* leader.in_slow; under handing_over */
};

static struct {
    const struct module *module;
    struct stream *streams;
    int count;
    atomic_int open; /* streams that have not ended */
    atomic_int slow; /* handlers whose stream was taken away */
    atomic_bool has_monitor;
    _Atomic uint32_t monitor_awake; /* futex; 0: nothing has happened for a while */
} functions;

bool
function_is_done(void)
{
    return atomic_load(&functions.open) == 0 && atomic_load(&functions.slow) == 0;
}

static void lead(void *arg);

/* One thread that leads a stream, or did when it began a handler that takes long. */
struct leader {
    struct stream *stream;
    struct il_request request;
    struct il_response response;
    int64_t gathering_since_us; /* the oldest answer that is queued and not written; 0: none */
    uint32_t call;              /* what runs */
    struct list in_slow;
};

/* ---- the monitor */

/* Takes the stream from the thread that is `turn` inside a handler, unless that comes back this very moment. */
static void
hand_over(struct stream *stream, uint32_t turn)
{
    bool taken;

    if (atomic_load(&functions.slow) >= THREADS_MAX)
        return; /* the stream waits: the next look may find a free place */
    pthread_mutex_lock(&stream->handing_over);
    taken = atomic_compare_exchange_strong(&stream->turn, &turn, turn + 1);
    if (taken) {
        link_block_get(stream->in.block);
        list_add_tail(&stream->slow, &stream->running->in_slow);
        atomic_fetch_add(&functions.slow, 1);
    }
    pthread_mutex_unlock(&stream->handing_over);
    if (taken)
        thread_run(lead, stream);
}

/* One look at all streams. Has anything happened since the last? */
static bool
look(void)
{
    bool active = false;

    for (int i = 0; i < functions.count; i++) {
        struct stream *stream = &functions.streams[i];
        uint32_t turn = atomic_load(&stream->turn);

        active |= turn != stream->seen || turn % 2 == 1;
        if (turn % 2 == 1 && turn == stream->seen)
            hand_over(stream, turn);
        stream->seen = turn;
    }
    return active;
}

static void
monitor(void *arg)
{
    static const struct timespec tick = { .tv_nsec = TICK_US * 1000 };
    int quiet = 0;

    (void)arg;
    for (;;) {
        quiet = look() ? 0 : quiet + 1;
        if (quiet > QUIET_TICKS) {
            atomic_store(&functions.monitor_awake, 0);
            if (!look()) /* a leader that began meanwhile may not have seen that it must wake us */
                thread_park(&functions.monitor_awake, 0, -1);
            atomic_store(&functions.monitor_awake, 1);
            quiet = 0;
        }
        nanosleep(&tick, NULL);
    }
}

static void
wake_monitor(void)
{
    if (!atomic_exchange(&functions.has_monitor, true)) {
        atomic_store(&functions.monitor_awake, 1);
        thread_run(monitor, NULL);
    } else if (atomic_exchange(&functions.monitor_awake, 1) == 0) {
        futex_wake_all(&functions.monitor_awake);
    }
}

/* ---- the leader */

static void
run_one(struct leader *leader, const struct link_received *received)
{
    struct port *port = &leader->stream->port;
    uint32_t slot = received->head.slot;
    const il_route *route = slot < functions.module->table.n_routes ? &functions.module->routes[slot] : NULL;
    struct err err;

    if (!route || !route->function || received->head.method != LINK_FUNCTION)
        request_refuse(&received->head, "there is no such function in the module", port);
    else if (received->head.flags & LINK_FD && received->fd < 0)
        request_refuse(&received->head, "the body is lost: too many files are open in this process", port);
    else if (!request_parse(&leader->request, received->payload, received->fd, &err))
        request_refuse(&received->head, err.text, port);
    else
        request_run(&leader->request, &leader->response, route, &received->head, port);
    request_done(&leader->request, &leader->response);
    if (received->fd >= 0)
        close(received->fd);
}

/* Runs one frame. false: it took so long that another thread leads now. */
static bool
take_turn(struct leader *leader, const struct link_received *received)
{
    struct stream *stream = leader->stream;
    struct link_block *block = stream->in.block;
    uint32_t turn = atomic_load(&stream->turn) + 1;

    leader->call = received->head.call;
    stream->running = leader;
    atomic_store(&stream->turn, turn);
    if (!atomic_load(&functions.monitor_awake))
        wake_monitor();
    run_one(leader, received);
    if (atomic_compare_exchange_strong(&stream->turn, &turn, turn + 1))
        return true;
    pthread_mutex_lock(&stream->handing_over); /* until the monitor has taken its reference to the block for us */
    list_remove(&leader->in_slow);
    pthread_mutex_unlock(&stream->handing_over);
    link_block_put(block);
    return false;
}

/* Writes what is queued before it waits too long; always when there is nothing else to do. */
static void
flush_if_old(struct leader *leader)
{
    int64_t now_us = clock_mono_us();

    if (!leader->gathering_since_us)
        leader->gathering_since_us = now_us;
    if (now_us - leader->gathering_since_us < GATHER_US)
        return;
    port_flush(&leader->stream->port);
    leader->gathering_since_us = 0;
}

/* Waits for more frames. false: the stream has ended. */
static bool
fill(struct leader *leader)
{
    struct stream *stream = leader->stream;
    struct err err = { { 0 } };
    enum link_event event;

    port_flush(&stream->port);
    leader->gathering_since_us = 0;
    event = link_in_fill(&stream->in, stream->fd, LINK_WAIT, &err);
    if (event == LINK_AGAIN) { /* SO_RCVTIMEO: nothing has come for a while, so do not sit on memory */
        struct pollfd readable = { .fd = stream->fd, .events = POLLIN };

        link_in_trim(&stream->in);
        request_fini(&leader->request, &leader->response);
        thread_trim_stack();
        poll(&readable, 1, -1);
        return true;
    }
    return event == LINK_READY;
}

/* The call still runs, so its handler was slow, or it has ended. */
static void
cancel(struct stream *stream, uint32_t call)
{
    pthread_mutex_lock(&stream->handing_over);
    LIST_EACH(&stream->slow, node)
    {
        struct leader *slow = LIST_ENTRY(node, struct leader, in_slow);

        if (slow->call == call)
            atomic_store_explicit(&slow->request.is_canceled, true, memory_order_relaxed);
    }
    pthread_mutex_unlock(&stream->handing_over);
}

/* Runs all complete frames. false: another thread leads now. */
static bool
run_batch(struct leader *leader)
{
    struct link_received received;
    struct err err;

    while (link_in_next(&leader->stream->in, &received, &err)) {
        if (received.head.method == LINK_CANCEL)
            cancel(leader->stream, received.head.call);
        else if (!take_turn(leader, &received))
            return false;
        flush_if_old(leader);
    }
    if (err.text[0]) {
        fprintf(stderr, "interlude-runner: a function stream makes no sense: %s\n", err.text);
        _exit(EXIT_FAILURE);
    }
    return true;
}

static void
lead(void *arg)
{
    struct leader leader = { .stream = arg };
    struct stream *stream = arg;
    bool is_leading;

    request_init(&leader.request, &leader.response);
    do
        is_leading = run_batch(&leader);
    while (is_leading && fill(&leader));
    port_flush(&stream->port);
    request_fini(&leader.request, &leader.response);
    if (is_leading) { /* the descriptor stays open: only the server's half has ended, slow handlers still answer */
        link_in_fini(&stream->in);
        atomic_fetch_sub(&functions.open, 1);
    } else {
        atomic_fetch_sub(&functions.slow, 1);
    }
    if (function_is_done())
        control_poke();
}

void
function_start(const struct module *module, int first_fd, int count)
{
    struct timeval idle = { .tv_sec = IDLE_MS / 1000, .tv_usec = IDLE_MS % 1000 * 1000 };

    functions.module = module;
    functions.count = count;
    functions.streams = mem_alloc((size_t)count * sizeof functions.streams[0]);
    atomic_store(&functions.open, count);
    for (int i = 0; i < count; i++) {
        struct stream *stream = &functions.streams[i];

        stream->fd = first_fd + i;
        setsockopt(stream->fd, SOL_SOCKET, SO_RCVTIMEO, &idle, sizeof idle);
        link_in_init(&stream->in);
        port_init(&stream->port, stream->fd);
        pthread_mutex_init(&stream->handing_over, NULL);
        list_init(&stream->slow);
        thread_run(lead, stream);
    }
}
