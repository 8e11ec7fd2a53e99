/* SPDX-License-Identifier: MIT */
/*
 * The main thread of a serving runner (control.h). The process leaves when it may: told to, or without a server, and
 * nothing runs.
 */
#include "runtime/control.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "json/write.h"
#include "runtime/attach.h"
#include "runtime/function.h"
#include "runtime/port.h"
#include "runtime/runs.h"
#include "runtime/sandbox.h"
#include "runtime/thread.h"

/* Without a server a runner stays for LONE_MS: to be found by the next one, or to let functions come to their end. */
enum { QUIET_MS = 200, LONE_MS = 10000 };

static struct {
    const struct serve_options *options;
    struct module module;
    struct link_in in;
    struct port port;
    int fd;      /* the control stream; -1: the server is gone */
    int poke_fd; /* eventfd */
    bool is_draining;
    bool was_told;   /* PARKED was sent since something ran */
    int64_t lost_at; /* when a server was last seen to be gone, until the next one has said something; else 0 */
} control;

void
control_poke(void)
{
    eventfd_write(control.poke_fd, 1);
}

/* ---- leaving */

static noreturn void
leave(int code)
{
    fflush(NULL);
    _exit(code); /* not exit: destructors would run under the feet of parked threads */
}

static noreturn void
leave_broken(const char *text)
{
    fprintf(stderr, "interlude-runner: %s: the control stream makes no sense: %s\n", control.options->name, text);
    leave(EXIT_FAILURE);
}

static void
leave_if_done(void)
{
    if (!control.is_draining && control.fd >= 0)
        return;
    if (!function_is_done() && !(control.lost_at && clock_mono_ms() - control.lost_at > LONE_MS))
        return;
    if (runs_are_open())
        return;
    module_unload(&control.module);
    leave(EXIT_SUCCESS);
}

/* ---- hello */

static void
write_hello(struct buf *text, const char *error, bool is_resumed)
{
    struct json_out out;

    buf_init(text, 64 << 10);
    json_out_init(&out, text);
    json_object(&out);
    json_pair_int(&out, "version", LINK_VERSION);
    json_pair_int(&out, "pid", getpid());
    json_pair_text(&out, "instance", control.options->instance);
    json_pair_text(&out, "module", control.options->name);
    if (error)
        json_pair_text(&out, "error", error);
    if (is_resumed)
        json_pair_bool(&out, "resumed", true);
    json_object_end(&out);
}

static void
say(enum link_method method, struct str payload)
{
    struct link_frame head = { .kind = LINK_CALL, .method = (uint8_t)method, .flags = LINK_ONEWAY };

    if (port_put(&control.port, &head, &payload, 1, -1))
        port_flush(&control.port);
}

static void
say_hello(const char *error)
{
    struct buf text;

    write_hello(&text, error, false);
    say(LINK_HELLO, buf_view(&text));
    buf_fini(&text);
}

/* ---- health */

static void
answer_health(const struct link_frame *asked, bool is_well, struct str why)
{
    struct link_frame head = link_answer_head(asked, is_well ? LINK_OK : LINK_REFUSED);

    if (port_put(&control.port, &head, &why, 1, -1))
        port_flush(&control.port);
}

/* On a thread of its own: what hangs there holds nothing else up. */
static void
ask_health(void *arg)
{
    struct link_frame *asked = arg;
    struct err err = { "" };
    bool is_well = module_health(&control.module, &err);

    answer_health(asked, is_well, is_well ? STR("") : str_of(err.text));
    free(asked);
}

static void
take_health(const struct link_frame *head)
{
    struct link_frame *asked;

    if (head->status) { /* .load is done, or nobody would be here */
        answer_health(head, true, STR(""));
        return;
    }
    asked = mem_alloc(sizeof *asked);
    *asked = *head;
    thread_run(ask_health, asked);
}

/* ---- frames */

static bool
dispatch(const struct link_received *received, struct err *err)
{
    if (received->head.kind == LINK_RESPONSE) {
        runs_confirm(received);
        return true;
    }
    switch (received->head.method) {
    case LINK_START_TRANSACTION:
    case LINK_OPEN_PAGE:
        control.was_told = false;
        return runs_start(received, err);
    case LINK_IO_RESPONSE:
        runs_answer(received);
        return true;
    case LINK_CLOSE_TRANSACTION:
    case LINK_CLOSE_PAGE:
        runs_close(received);
        return true;
    case LINK_DRAIN:
        if (received->head.status)
            leave(EXIT_SUCCESS);
        control.is_draining = true;
        return true;
    case LINK_HEALTH:
        take_health(&received->head);
        return true;
    }
    return err_set(err, "%s is not for a runner", link_method_name(received->head.method));
}

/* The server is gone: runs wait for the next one, functions may end. A server that accepts and hangs up was none. */
static void
lose_server(void)
{
    struct buf text;

    if (!control.lost_at)
        control.lost_at = clock_mono_ms();
    port_switch(&control.port, -1);
    close(control.fd);
    link_in_fini(&control.in);
    control.fd = -1;
    if (!runs_are_open())
        return;
    control.fd = attach_open(control.options->attach_path, control.lost_at + LONE_MS);
    if (control.fd < 0)
        leave(EXIT_SUCCESS);
    sandbox_guard_peer(control.fd);
    write_hello(&text, NULL, true);
    runs_resend(control.fd, buf_view(&text));
    buf_fini(&text);
}

static void
read_frames(void)
{
    struct link_received received;
    struct err err = { { 0 } };

    switch (link_in_fill(&control.in, control.fd, LINK_DONTWAIT, &err)) {
    case LINK_AGAIN:
        return;
    case LINK_ENDED:
    case LINK_BROKEN:
        lose_server();
        return;
    case LINK_READY:
        break;
    }
    while (link_in_next(&control.in, &received, &err)) {
        if (received.fd >= 0)
            close(received.fd);
        control.lost_at = 0;
        if (!dispatch(&received, &err))
            leave_broken(err.text);
    }
    if (err.text[0])
        leave_broken(err.text);
}

/* ---- the loop */

/* Tells the server that nothing runs, once, when it has been so for a moment. */
static int
tell_parked(bool is_quiet)
{
    if (control.was_told || control.fd < 0 || runs_are_open())
        return -1;
    if (!is_quiet)
        return QUIET_MS;
    control.was_told = true;
    link_in_trim(&control.in);
    say(LINK_PARKED, (struct str){ 0 });
    return -1;
}

static noreturn void
loop(void)
{
    bool is_quiet = false;

    for (;;) {
        struct pollfd fds[] = { { .fd = control.fd, .events = POLLIN }, { .fd = control.poke_fd, .events = POLLIN } };
        int timeout_ms = tell_parked(is_quiet);
        eventfd_t count;
        int ready;

        leave_if_done();
        if (control.fd < 0)
            timeout_ms = LONE_MS + 1;
        ready = poll(fds, COUNT_OF(fds), timeout_ms);
        if (ready < 0 && errno != EINTR)
            leave_broken("poll failed");
        is_quiet = ready == 0;
        if (ready > 0 && fds[1].revents)
            eventfd_read(control.poke_fd, &count);
        if (ready > 0 && fds[0].revents)
            read_frames();
    }
}

int
control_serve(const struct serve_options *options)
{
    struct err err;

    control.options = options;
    control.fd = options->control_fd;
    control.poke_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    link_in_init(&control.in);
    port_init(&control.port, control.fd);
    if (!module_open(options->path, &control.module, &err) || !module_load(&control.module, &err)) {
        say_hello(err.text);
        leave(EXIT_FAILURE);
    }
    say_hello(NULL);
    runs_init(&control.module, &control.port);
    function_start(&control.module, options->first_function_fd, options->function_stream_count);
    loop();
}
