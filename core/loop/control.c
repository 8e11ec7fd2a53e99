/* SPDX-License-Identifier: MIT */
/* The control loop (control.h). */
#include "loop/control.h"

#include <ev.h>
#include <signal.h>

#include "base/err.h"

static struct inbox inbox;
static struct ev_loop *loop;
static ev_async wakeup;

static void
wake(void *arg)
{
    (void)arg;
    ev_async_send(loop, &wakeup);
}

static void
on_wakeup(struct ev_loop *l, ev_async *watcher, int events)
{
    (void)l, (void)watcher, (void)events;
    inbox_run(&inbox);
}

static void
listen_to_threads(void)
{
    ev_async_init(&wakeup, on_wakeup);
    ev_async_start(loop, &wakeup);
    inbox_init(&inbox, wake, NULL);
}

void
control_init(void)
{
    loop = ev_default_loop(EVFLAG_NOSIGMASK);
    /* libev's handler reaps every child by waitpid(-1) and steals the status from loop/child.c */
    signal(SIGCHLD, SIG_DFL);
    listen_to_threads();
}

void
control_init_embedded(void)
{
    loop = ev_loop_new(EVFLAG_NOSIGMASK);
    ASSERT(loop);
    listen_to_threads();
}

struct ev_loop *
control_loop(void)
{
    return loop;
}

void
control_post(struct message *message, void (*run)(struct message *message))
{
    inbox_post(&inbox, message, run);
}

void
control_post_quietly(struct message *message, void (*run)(struct message *message))
{
    inbox_post_quietly(&inbox, message, run);
}

void
control_catch_up(void)
{
    inbox_run(&inbox);
}

void
control_run(void)
{
    ev_run(loop, 0);
}

void
control_stop(void)
{
    ev_break(loop, EVBREAK_ALL);
}
