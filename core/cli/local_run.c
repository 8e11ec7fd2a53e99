/* SPDX-License-Identifier: MIT */
/* A call without a server (local_run.h). */
#include "cli/local_run.h"

#include <ev.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/id.h"
#include "base/mem.h"
#include "function/request.h"
#include "host/probe.h"
#include "host/program.h"
#include "json/read.h"
#include "loop/child.h"
#include "loop/control.h"

enum { MAX_FRAMES = 64 << 20, LEAVE_MS = 1000 };

/* The call while it is under way. */
struct local {
    const struct local_run *spec;
    struct buf *result;
    struct err *err; /* the first thing that went wrong */
    bool is_answered, has_failed;
    int control, stream; /* -1: closed */
    struct link_in control_in, stream_in;
    struct link_out out;
    ev_io control_io, stream_io;
    ev_timer limit;
    struct child *child; /* NULL: it has ended */
};

/* ---- the end */

static void
close_stream(int *fd, ev_io *io)
{
    if (*fd < 0)
        return;
    ev_io_stop(control_loop(), io);
    close(*fd);
    *fd = -1;
}

/* Without streams the runner leaves by itself, unless something holds it. */
static void
leave(struct local *local)
{
    ev_timer_stop(control_loop(), &local->limit);
    ev_timer_set(&local->limit, LEAVE_MS / 1e3, 0);
    if (local->child)
        ev_timer_start(control_loop(), &local->limit);
    close_stream(&local->stream, &local->stream_io);
    close_stream(&local->control, &local->control_io);
}

static void
on_limit(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct local *local = timer->data;

    (void)loop, (void)events;
    if (!local->is_answered && !local->has_failed) {
        err_set(local->err, "the function was ended after %.2f seconds, its timeout",
                (double)local->spec->timeout_ms / 1000);
        local->has_failed = true;
    }
    close_stream(&local->stream, &local->stream_io);
    child_kill(local->child, 0);
}

static void
on_line(void *arg, struct str line)
{
    (void)arg;
    fprintf(stderr, "%.*s\n", STR_ARG(line));
}

static void
on_end(void *arg, const struct child_end *end)
{
    struct local *local = arg;
    char how[256];

    local->child = NULL;
    if (!local->is_answered && !local->has_failed) {
        child_end_text(end, how, sizeof how);
        err_set(local->err, "the process of the function ended before it answered: %s", how);
        local->has_failed = true;
    }
    leave(local);
    control_stop();
}

/* ---- the streams */

static void
take_answer(struct local *local, const struct link_received *received)
{
    struct http_field fields[FUNCTION_MAX_FIELDS];
    struct http_response response = { 0 };
    char *memory = NULL;
    struct str reason;

    local->is_answered = true;
    if (function_answer_read(received, &response, fields, &memory, &reason)) {
        buf_put(local->result, response.body.p, response.body.len);
    } else {
        local->has_failed = true;
        err_set(local->err, "the function failed: %.*s", STR_ARG(reason));
    }
    free(memory);
}

/* The runner greets; if .load refused, it says why. */
static void
take_greeting(struct local *local, struct str payload)
{
    struct arena arena;
    struct json root;
    const char *error;

    arena_init(&arena, 0);
    if (json_parse(&arena, payload, &root, NULL) && (error = json_text(&arena, json_get(root, "error")))) {
        local->has_failed = true;
        err_set(local->err, "%s", error);
    }
    arena_fini(&arena);
}

/* Everything that has come. false: the stream has ended. */
static bool
take_frames(struct local *local, struct link_in *in, int fd)
{
    struct err err = { "" };
    enum link_event event = link_in_fill(in, fd, LINK_DONTWAIT, &err);
    struct link_received received;

    if (event == LINK_AGAIN)
        return true;
    while (event == LINK_READY && link_in_next(in, &received, &err)) {
        if (received.head.method == LINK_FUNCTION_ANSWER)
            take_answer(local, &received);
        else if (received.head.method == LINK_HELLO)
            take_greeting(local, received.payload);
        if (received.fd >= 0)
            close(received.fd);
    }
    return event == LINK_READY && !err.text[0];
}

static void
on_control(struct ev_loop *loop, ev_io *io, int events)
{
    struct local *local = io->data;

    (void)loop, (void)events;
    if (!take_frames(local, &local->control_in, local->control))
        close_stream(&local->control, &local->control_io);
    else if (local->has_failed)
        leave(local);
}

static void
on_stream(struct ev_loop *loop, ev_io *io, int events)
{
    struct local *local = io->data;
    struct err err;

    (void)loop;
    if (events & EV_WRITE) {
        enum link_event event = link_out_write(&local->out, local->stream, LINK_DONTWAIT, &err);
        int wanted = event == LINK_AGAIN ? EV_READ | EV_WRITE : EV_READ;

        ev_io_stop(control_loop(), io);
        ev_io_set(io, local->stream, wanted);
        ev_io_start(control_loop(), io);
    }
    if (events & EV_READ && !take_frames(local, &local->stream_in, local->stream))
        close_stream(&local->stream, &local->stream_io); /* how the process ends says why */
    else if (local->is_answered)
        leave(local);
}

/* ---- the beginning */

static bool
put_call(struct local *local, struct err *err)
{
    const struct local_run *spec = local->spec;
    struct function_call call = {
        .raw = spec->event,
        .number = 1,
        .slot = spec->slot,
        .event = { .context = spec->context, .client_context = spec->client_context, .timeout_ms = spec->timeout_ms }
    };

    snprintf(call.id, sizeof call.id, "%s", uuid_format(uuid_v4()).s);
    return function_request_put(&local->out, &call) ? true : err_set(err, "the event is too large");
}

static bool
start_runner(struct local *local, const int theirs[2], struct err *err)
{
    const struct local_run *spec = local->spec;
    struct uuid_text instance = uuid_format(uuid_v7());
    const char *argv[] = { "interlude-runner", "serve",    spec->object,   "--name", spec->name,
                           "--instance",       instance.s, "--streams",    "1",      "--attach",
                           "/nowhere",         "--data",   spec->data_dir, NULL };
    char *own = NULL, *root = NULL;
    const char **env;
    bool is_started;

    if (asprintf(&own, "INTERLUDE_DATA_DIR=%s", spec->own_dir) < 0)
        return err_set(err, "no memory");
    if (spec->root && asprintf(&root, "LAMBDA_TASK_ROOT=%s", spec->root) < 0)
        root = NULL;
    env = program_environment((const char *const[]){ own, root, NULL }, spec->environment);
    is_started = child_start(&(struct child_spec){ .exec_fd = program_fd(),
                                                   .argv = argv,
                                                   .env = env,
                                                   .fds = theirs,
                                                   .fd_count = 2,
                                                   .on_line = on_line,
                                                   .on_end = on_end,
                                                   .arg = local },
                             &local->child, err);
    free(env);
    free(own);
    free(root);
    return is_started;
}

static void
watch(struct local *local)
{
    fcntl(local->control, F_SETFL, O_NONBLOCK);
    fcntl(local->stream, F_SETFL, O_NONBLOCK);
    ev_io_init(&local->control_io, on_control, local->control, EV_READ);
    ev_io_init(&local->stream_io, on_stream, local->stream, EV_READ | EV_WRITE);
    ev_timer_init(&local->limit, on_limit, (double)local->spec->timeout_ms / 1000, 0);
    local->control_io.data = local->stream_io.data = local->limit.data = local;
    ev_io_start(control_loop(), &local->control_io);
    ev_io_start(control_loop(), &local->stream_io);
    if (local->spec->timeout_ms)
        ev_timer_start(control_loop(), &local->limit);
}

static bool
start(struct local *local, struct err *err)
{
    int control[2], stream[2];
    bool is_started;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, control) != 0)
        return err_set_errno(err, "cannot make a stream to the runner");
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, stream) != 0) {
        close(control[0]);
        close(control[1]);
        return err_set_errno(err, "cannot make a stream to the runner");
    }
    local->control = control[0];
    local->stream = stream[0];
    is_started = start_runner(local, (int[]){ control[1], stream[1] }, err);
    close(control[1]);
    close(stream[1]);
    if (is_started) {
        watch(local);
        return true;
    }
    close(local->control);
    close(local->stream);
    return false;
}

bool
local_run(const struct local_run *run, struct buf *result, struct err *err)
{
    struct local local = { .spec = run, .result = result, .err = err };
    bool is_started;

    link_in_init(&local.control_in);
    link_in_init(&local.stream_in);
    link_out_init(&local.out, MAX_FRAMES);
    is_started = put_call(&local, err) && start(&local, err);
    if (is_started)
        control_run();
    link_in_fini(&local.control_in);
    link_in_fini(&local.stream_in);
    link_out_fini(&local.out);
    return is_started && local.is_answered && !local.has_failed;
}

/* ---- what is in a module */

static void
on_described(struct str descriptor, void *arg)
{
    buf_put(arg, descriptor.p, descriptor.len);
    control_stop();
}

bool
local_probe(const char *object, struct buf *descriptor, struct err *err)
{
    if (!probe_start(object, on_described, descriptor, err))
        return false;
    control_run();
    return true;
}
