/* SPDX-License-Identifier: MIT */
/* Results and failures (interlude/context.h; io-methods.md 17). */
#include <stdio.h>

#include "runtime/io.h"
#include "runtime/rich.h"

static void
forget(struct run_io *io)
{
    buf_clear(&io->result);
    buf_clear(&io->result_meta);
    io->result_rows = 0;
}

/* Takes over what was written, or says what is wrong with it. */
static il_status
keep(struct run_io *io, struct rich *rich)
{
    struct str meta = rich_meta(rich);
    struct str values = STR("{\"values\":{");

    if (rich->err.text[0])
        return io_refuse(io, IL_INVALID, "the result: %s", rich->err.text);
    /* Annotations of a list arrive row by row: only what is between the braces is kept. */
    if (meta.len && io->result_rows) {
        if (io->result_meta.len)
            buf_char(&io->result_meta, ',');
        buf_put(&io->result_meta, meta.p + values.len, meta.len - values.len - 2);
    } else {
        buf_put(&io->result_meta, meta.p, meta.len);
    }
    return io->result.over || io->result_meta.over
               ? io_refuse(io, IL_INVALID, "the result is longer than %d MiB", IO_MAX_MESSAGE >> 20)
               : IL_OK;
}

il_status
result_set(il_ctx *ctx, const il_kv *fields, const il_value *single)
{
    struct run_io *io = io_of_ctx(ctx);
    struct rich rich;
    il_status status;

    forget(io);
    rich_init(&rich, &io->result);
    if (single && single->type != IL_V_UNDEF)
        rich_value(&rich, single);
    else if (single)
        json_put_null(&rich.out);
    else
        rich_fields(&rich, fields);
    status = keep(io, &rich);
    rich_fini(&rich);
    return status;
}

il_status
result_add_row(il_ctx *ctx, const il_kv *fields)
{
    struct run_io *io = io_of_ctx(ctx);
    struct rich rich;
    il_status status;

    if (!io->result_rows)
        forget(io);
    else
        buf_char(&io->result, ',');
    rich_init(&rich, &io->result);
    rich_enter_index(&rich, io->result_rows++);
    rich_fields(&rich, fields);
    status = keep(io, &rich);
    rich_fini(&rich);
    return status;
}

il_status
result_fail(il_ctx *ctx, const char *format, ...)
{
    struct run_io *io = io_of_ctx(ctx);
    char text[4001];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return io_refuse(io, IL_FAILED, "%s", text);
}

static void
put_success(struct run_io *io, struct json_out *out)
{
    bool is_list = io->result_rows != 0;

    json_pair_text(out, "status", "SUCCESS");
    json_name(out, "data");
    if (is_list)
        json_array(out);
    if (io->result.len)
        json_put_raw(out, buf_view(&io->result));
    else
        json_put_null(out);
    if (is_list)
        json_array_end(out);
    if (!io->result_meta.len)
        return;
    json_name(out, "meta");
    if (is_list) {
        json_object(out);
        json_name(out, "values");
        json_put_raw(out, STR("{"));
    }
    if (is_list) {
        buf_put(out->buf, io->result_meta.p, io->result_meta.len);
        buf_char(out->buf, '}');
        json_object_end(out);
    } else {
        json_put_raw(out, buf_view(&io->result_meta));
    }
}

static void
put_failure(struct run_io *io, struct json_out *out, il_status status)
{
    json_pair_text(out, "status", "FAILURE");
    json_name(out, "data");
    json_object(out);
    json_pair_text(out, "error", io_status_name(status));
    json_pair_text(out, "message", io->failure.len ? io_failure(io) : "The action failed without saying why.");
    json_object_end(out);
}

void
result_send(struct run_io *io, il_status status)
{
    bool is_canceled = status == IL_CANCELED || status == IL_CLOSED;
    struct json_out out;
    struct buf text;
    struct err err;

    if (is_canceled && run_is_canceled(io->run)) /* the server knows, and hosts say nothing more (io-methods.md 17) */
        return;
    buf_init(&text, IO_MAX_MESSAGE);
    json_out_init(&out, &text);
    json_object(&out);
    json_pair_int(&out, "schemaVersion", 1);
    if (status == IL_OK)
        put_success(io, &out);
    else
        put_failure(io, &out, status);
    json_object_end(&out);
    if (!run_call(io->run, LINK_COMPLETE, (struct link_subject){ { 0 } }, 0,
                  status == IL_OK ? LINK_SUCCESS
                  : is_canceled   ? LINK_CANCELED
                                  : LINK_FAILURE,
                  buf_view(&text), &err) &&
        !run_is_canceled(io->run))
        io_warn(io, "the result was refused: %s", err.text);
    buf_fini(&text);
}
