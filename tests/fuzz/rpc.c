/* SPDX-License-Identifier: MIT */
/*
 * libFuzzer: no text on /websocket may crash the reader of frames; what it accepts has ids that can be answered, and
 * the answer is a frame again.
 */
#include "rpc/frame.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
answer(const struct rpc_frame *frame)
{
    struct buf out, scratch;
    struct rpc_frame again;
    struct arena arena;
    struct err err;

    buf_init(&out, 1 << 20);
    buf_init(&scratch, 1 << 20);
    arena_init(&arena, 0);
    rpc_put_ack(&out, frame->message_id);
    ASSERT(rpc_frame_read(&arena, buf_view(&out), &again, &err) && again.kind == RPC_ACK);
    if (frame->kind == RPC_CALL) {
        buf_clear(&out);
        rpc_put_response(&out, &scratch, frame->id, frame->method,
                         json_type(frame->data) == JSON_MISSING ? STR("") : json_raw(frame->data));
        ASSERT(rpc_frame_read(&arena, buf_view(&out), &again, &err) && again.kind == RPC_RESPONSE);
        ASSERT(str_eq(again.id, frame->id) && strcmp(again.method, frame->method) == 0);
    }
    arena_fini(&arena);
    buf_fini(&out);
    buf_fini(&scratch);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = { (const char *)data, size };
    struct rpc_frame frame;
    struct arena arena;
    struct err err = { "" };

    arena_init(&arena, 16 << 20);
    if (rpc_frame_read(&arena, text, &frame, &err))
        answer(&frame);
    else
        ASSERT(err.text[0]);
    arena_fini(&arena);
    return 0;
}
