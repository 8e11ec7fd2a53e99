/* SPDX-License-Identifier: MIT */
/* What all calls of the IO half share, and the life of a run (io.h, run.h). */
#include "runtime/io.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "runtime/call.h"
#include "runtime/copy.h"

enum { MAX_FAILURE = 4096 };

struct run_io *
io_of(struct run *run)
{
    struct run_io *io = run->io;

    if (io)
        return io;
    io = run->io = mem_alloc(sizeof *io);
    io->run = run;
    io->progress.run = run;
    buf_init(&io->result, IO_MAX_MESSAGE);
    buf_init(&io->result_meta, IO_MAX_MESSAGE);
    buf_init(&io->failure, MAX_FAILURE);
    return io;
}

il_status
io_refuse(struct run_io *io, il_status status, const char *fmt, ...)
{
    char text[MAX_FAILURE]; /* formatted aside: an argument may be the last failure itself */
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    buf_clear(&io->failure);
    buf_put(&io->failure, text, strnlen(text, sizeof text - 1));
    return status;
}

const char *
io_failure(struct run_io *io)
{
    return io->failure.len ? buf_text(&io->failure) : "";
}

const char *
io_status_name(il_status status)
{
    static const char *const names[] = { "IL_OK",           "IL_CANCELED",     "IL_CLOSED",
                                         "IL_BAD_RESPONSE", "IL_RENDER_ERROR", "IL_INVALID",
                                         "IL_NO_MEMORY",    "IL_UNSUPPORTED",  "Error" };

    return (unsigned)status < COUNT_OF(names) ? names[status] : "unknown status";
}

il_status
io_gate(struct run_io *io, const char *what)
{
    if (run_is_canceled(io->run)) {
        bool is_told = io->is_cancel_told;

        io->is_cancel_told = true;
        return io_refuse(io, is_told ? IL_CLOSED : IL_CANCELED, "cannot %s: the run was canceled", what);
    }
    if (io->is_in_callback)
        return io_refuse(io, IL_INVALID, "cannot %s inside a callback of an item", what);
    if (io->phase != IO_RUNNING)
        return io_refuse(io, IL_CLOSED, "cannot %s: no run is open here", what);
    return IL_OK;
}

size_t
io_memory_left(const struct run_io *io)
{
    size_t used = io->run->arena.used + io->held_bytes;

    return used < RUN_ARENA_MAX - 1 ? RUN_ARENA_MAX - used : 1; /* an arena's 0 is no limit */
}

struct io_callback
io_enter_callback(struct run_io *io, struct arena *scratch)
{
    struct io_callback before = { io->scratch, io->is_in_callback };

    io->scratch = scratch;
    io->is_in_callback = true;
    return before;
}

void
io_leave_callback(struct run_io *io, struct io_callback before)
{
    io->scratch = before.scratch;
    io->is_in_callback = before.is_in_callback;
}

bool
io_is_on_stack(const void *p)
{
    pthread_attr_t attr;
    size_t size = 0;
    void *low = NULL;

    if (!p || pthread_getattr_np(pthread_self(), &attr))
        return false;
    pthread_attr_getstack(&attr, &low, &size);
    pthread_attr_destroy(&attr);
    return (uintptr_t)p >= (uintptr_t)low && (uintptr_t)p - (uintptr_t)low < size;
}

struct json
io_inputs(struct run_io *io)
{
    struct err err;

    if (!io->has_inputs) {
        io->has_inputs = true;
        io->inputs = (struct json){ NULL, -1 };
        if (io->run->inputs.len && !json_parse(&io->run->arena, io->run->inputs, &io->inputs, &err))
            io_warn(io, "the inputs of the run cannot be read: %s", err.text);
    }
    return io->inputs;
}

void
io_warn(const struct run_io *io, const char *fmt, ...)
{
    char text[1024];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    fprintf(stderr, "%s: %s\n", io->run->route && io->run->route->symbol ? io->run->route->symbol : "module", text);
}

il_status
io_take_struct(struct run_io *io, void *own, size_t own_size, const void *given, size_t given_size, const char *what)
{
    memset(own, 0, own_size);
    if (given_size > own_size && !copy_is_zero((const char *)given + own_size, given_size - own_size))
        return io_refuse(io, IL_UNSUPPORTED, "%s uses an option that this server does not know", what);
    memcpy(own, given, given_size < own_size ? given_size : own_size);
    return IL_OK;
}

bool
runtime_outside(struct run *run, il_status (*called)(il_ctx *ctx), struct err *err)
{
    il_status status = called(run_ctx(run));
    const char *why = io_failure(io_of(run));

    return status == IL_OK || err_set(err, "%s", *why ? why : io_status_name(status));
}

bool
runtime_action(struct run *run)
{
    struct run_io *io = io_of(run);
    il_status status;

    io->phase = IO_RUNNING;
    status = run->route->action(run_ctx(run));
    io->phase = IO_RETURNED;
    progress_drop(&io->progress);
    result_send(io, status);
    return io->calls != NULL && !run_is_canceled(run);
}

void
runtime_run_free(struct run *run)
{
    struct run_io *io = run->io;

    if (!io)
        return;
    progress_fini(&io->progress);
    for (struct cleanup *c = io->cleanups; c; c = c->next) /* in the run's arena */
        c->run(c->arg);
    while (io->calls) {
        struct call *call = io->calls;

        io->calls = call->next;
        call_free(call);
    }
    while (io->answers) {
        struct answers *answers = io->answers;

        io->answers = answers->next;
        arena_fini(&answers->arena);
        free(answers);
    }
    page_free(io);
    buf_fini(&io->result);
    buf_fini(&io->result_meta);
    buf_fini(&io->failure);
    free(io);
    run->io = NULL;
}
