/* SPDX-License-Identifier: MIT */
/* The stream from one http thread to one runner (stream.h). */
#include "function/stream.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "function/internal.h"
#include "function/request.h"

enum { MAX_QUEUED = 64 << 20 };

static void
stream_free(struct stream *stream)
{
    struct target_seat *place = &stream->target->seats[http_thread_index(stream->thread)];

    if (place->stream == stream)
        place->stream = NULL;
    list_remove(&stream->in_seat);
    http_watch_free(stream->watch);
    link_in_fini(&stream->in);
    link_out_fini(&stream->out);
    list_remove(&stream->flush.link);
    function_stream_ended(stream->runner);
    target_put(stream->target);
    free(stream);
}

static bool
has_live_calls(const struct stream *stream)
{
    LIST_EACH(&stream->pending, node)
    if (!LIST_ENTRY(node, struct function_call, link)->is_expired)
        return true;
    return false;
}

void
stream_fail(struct stream *stream)
{
    while (!list_is_empty(&stream->pending)) {
        struct function_call *call = LIST_ENTRY(stream->pending.next, struct function_call, link);

        atomic_store(&call->target->states[call->slot].lost_runner, stream->runner);
        if (!call->is_expired)
            function_call_note_failure(call, "its process has ended");
        function_refuse(call, REFUSE_FAILED);
    }
    stream_free(stream);
}

void
stream_drain(struct stream *stream)
{
    size_t seat = http_thread_index(stream->thread);

    stream->is_closing = true;
    if (stream->target->seats[seat].stream == stream)
        stream->target->seats[seat].stream = NULL;
    if (!has_live_calls(stream))
        stream_fail(stream);
}

static void
on_writable(void *arg)
{
    struct stream *stream = arg;

    stream->is_waiting_writable = false;
    stream->flush.run(&stream->flush);
}

static void
on_flush(struct http_turn *turn)
{
    struct stream *stream = container_of(turn, struct stream, flush);
    struct err err;

    if (stream->is_waiting_writable)
        return;
    if (link_out_write(&stream->out, http_watch_fd(stream->watch), LINK_DONTWAIT, &err) != LINK_AGAIN)
        return; /* written, or the other end is gone, which the reading side sees */
    stream->is_waiting_writable = true;
    http_watch_when_writable(stream->watch, on_writable);
}

static struct function_call *
pending_find(struct stream *stream, uint32_t number)
{
    LIST_EACH(&stream->pending, node)
    {
        struct function_call *call = LIST_ENTRY(node, struct function_call, link);

        if (call->number == number)
            return call;
    }
    return NULL;
}

static bool
take_frames(struct stream *stream)
{
    struct link_received received;
    struct err err = { "" };

    while (link_in_next(&stream->in, &received, &err)) {
        struct function_call *call = NULL;

        if (received.head.kind == LINK_RESPONSE && received.head.method == LINK_FUNCTION_ANSWER)
            call = pending_find(stream, received.head.call);
        if (call)
            function_call_answer(call, &received);
        if (received.fd >= 0)
            close(received.fd);
    }
    if (err.text[0])
        log_warn("function", "a runner's stream is broken: %s", err.text);
    return !err.text[0];
}

static void
on_readable(void *arg)
{
    struct stream *stream = arg;
    struct err err;
    enum link_event event = link_in_fill(&stream->in, http_watch_fd(stream->watch), LINK_DONTWAIT, &err);

    if (event == LINK_READY && !take_frames(stream))
        event = LINK_BROKEN;
    if (event == LINK_ENDED || event == LINK_BROKEN) {
        stream_fail(stream);
        return;
    }
    link_in_trim(&stream->in);
    if (stream->is_closing && !has_live_calls(stream))
        stream_fail(stream);
}

struct stream *
stream_new(struct seat *seat, struct target *target, uint64_t runner, int fd)
{
    struct stream *stream = mem_alloc(sizeof *stream);

    stream->thread = seat->thread;
    list_add_tail(&seat->streams, &stream->in_seat);
    stream->target = target_get(target);
    stream->runner = runner;
    link_in_init(&stream->in);
    link_out_init(&stream->out, MAX_QUEUED);
    list_init(&stream->pending);
    list_init(&stream->flush.link);
    stream->flush.run = on_flush;
    stream->watch = http_watch_new(seat->thread, fd, on_readable, stream);
    return stream;
}

void
stream_send(struct stream *stream, struct function_call *call)
{
    list_remove(&call->link);
    call->stream = stream;
    call->number = ++stream->last_number;
    if (!function_request_put(&stream->out, call)) {
        function_refuse(call, REFUSE_UNAVAILABLE);
        return;
    }
    list_add_tail(&stream->pending, &call->link);
    http_turn_add(stream->thread, &stream->flush);
}

void
stream_cancel(struct stream *stream, const struct function_call *call)
{
    struct link_frame frame = {
        .kind = LINK_CALL, .method = LINK_CANCEL, .flags = LINK_ONEWAY, .call = call->number, .slot = call->slot
    };

    if (!stream->is_closing && link_out_put(&stream->out, &frame, NULL, 0, -1))
        http_turn_add(stream->thread, &stream->flush);
}
