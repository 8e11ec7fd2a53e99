/* SPDX-License-Identifier: MIT */
/* ISocket and RPC frames as text (frame.h). */
#include "rpc/frame.h"

#include <stdio.h>

#include "base/id.h"
#include "json/validate.h"
#include "json/write.h"

/* The ids we answer with; longer ones are nobody's. */
enum { MAX_ID = 128 };

static bool
read_rpc(struct arena *arena, struct str text, struct rpc_frame *frame)
{
    struct json root;
    struct err ignored;

    if (!json_parse(arena, text, &root, &ignored))
        return false;
    if (json_is(json_get(root, "kind"), "CALL"))
        frame->kind = RPC_CALL;
    else if (json_is(json_get(root, "kind"), "RESPONSE"))
        frame->kind = RPC_RESPONSE;
    else
        return false;
    frame->id = json_str(arena, json_get(root, "id"));
    frame->method = json_text(arena, json_get(root, "methodName"));
    frame->data = json_get(root, "data");
    return frame->id.p && frame->id.len <= MAX_ID && frame->method;
}

/* An acknowledgement as JSON.stringify writes it: half of all frames, and worth no parser. */
static bool
is_plain_ack(struct str text, struct str *message_id)
{
    struct str head = STR("{\"type\":\"ACK\",\"id\":\""), tail = STR("\"}");
    struct uuid ignored;

    if (text.len != head.len + UUID_TEXT_LEN + tail.len || !str_starts(text, head) || !str_ends(text, tail))
        return false;
    *message_id = (struct str){ text.p + head.len, UUID_TEXT_LEN };
    return uuid_parse(*message_id, &ignored);
}

/*
 * A message as JSON.stringify writes it: both ends are known, and seven values and keys leave what is between them no
 * other meaning than one string. So the longest texts are not taken apart twice.
 */
static bool
is_plain_message(struct str text, struct str *message_id, struct str *data)
{
    enum { TOKENS = 7 };
    struct str head = STR("{\"id\":\""), middle = STR("\",\"data\":\""), tail = STR("\",\"type\":\"MESSAGE\"}");
    size_t start = head.len + UUID_TEXT_LEN + middle.len, count;
    struct uuid ignored;
    struct err err;

    if (text.len < start + tail.len || !str_starts(text, head) || !str_ends(text, tail) ||
        memcmp(text.p + start - middle.len, middle.p, middle.len) != 0)
        return false;
    *message_id = (struct str){ text.p + head.len, UUID_TEXT_LEN };
    *data = (struct str){ text.p + start, text.len - start - tail.len };
    return uuid_parse(*message_id, &ignored) && json_validate(text, TOKENS, &count, &err) && count == TOKENS;
}

static bool
read_message(struct arena *arena, struct str data, struct rpc_frame *frame, struct err *err)
{
    if (!data.p)
        return err_set(err, "the frame is neither an ACK nor a MESSAGE with text in \"data\"");
    if (str_is(data, "ping"))
        frame->kind = RPC_PING;
    else if (str_is(data, "authenticated"))
        frame->kind = RPC_WELCOME;
    else if (!read_rpc(arena, data, frame))
        frame->kind = RPC_UNKNOWN;
    return true;
}

bool
rpc_frame_read(struct arena *arena, struct str text, struct rpc_frame *frame, struct err *err)
{
    struct json root;
    struct str data;

    *frame = (struct rpc_frame){ .kind = RPC_UNKNOWN };
    if (is_plain_ack(text, &frame->message_id)) {
        frame->kind = RPC_ACK;
        return true;
    }
    if (is_plain_message(text, &frame->message_id, &data))
        return read_message(arena, json_unescape(arena, data), frame, err);
    if (!json_parse(arena, text, &root, err))
        return err_prefix(err, "the frame is not JSON");
    frame->message_id = json_str(arena, json_get(root, "id"));
    if (!frame->message_id.p || frame->message_id.len > MAX_ID)
        return err_set(err, "the frame has no usable \"id\"");
    if (json_is(json_get(root, "type"), "ACK")) {
        frame->kind = RPC_ACK;
        return true;
    }
    data =
        json_is(json_get(root, "type"), "MESSAGE") ? json_str(arena, json_get(root, "data")) : (struct str){ NULL, 0 };
    return read_message(arena, data, frame, err);
}

void
rpc_put_ack(struct buf *out, struct str message_id)
{
    struct json_out json;

    json_out_init(&json, out);
    json_object(&json);
    json_pair_text(&json, "type", "ACK");
    json_pair_str(&json, "id", message_id);
    json_object_end(&json);
}

static struct uuid_text
put_message(struct buf *out, struct str data)
{
    struct uuid_text id = uuid_format(uuid_v4());
    struct json_out json;

    json_out_init(&json, out);
    json_object(&json);
    json_pair_text(&json, "id", id.s);
    json_pair_str(&json, "data", data);
    json_pair_text(&json, "type", "MESSAGE");
    json_object_end(&json);
    return id;
}

struct uuid_text
rpc_put_literal(struct buf *out, const char *data)
{
    return put_message(out, str_of(data));
}

static struct uuid_text
put_rpc(struct buf *out, struct buf *scratch, struct str id, const char *kind, const char *method, struct str data)
{
    struct json_out json;

    buf_clear(scratch);
    json_out_init(&json, scratch);
    json_object(&json);
    json_pair_str(&json, "id", id);
    json_pair_text(&json, "kind", kind);
    json_pair_text(&json, "methodName", method);
    if (data.len)
        json_pair_raw(&json, "data", data);
    json_object_end(&json);
    if (!scratch->over)
        return put_message(out, buf_view(scratch));
    out->over = true;
    return (struct uuid_text){ "" };
}

struct uuid_text
rpc_put_call(struct buf *out, struct buf *scratch, uint64_t id, const char *method, struct str data)
{
    char text[24];
    int len = snprintf(text, sizeof text, "%llu", (unsigned long long)id);

    return put_rpc(out, scratch, (struct str){ text, (size_t)len }, "CALL", method, data);
}

struct uuid_text
rpc_put_response(struct buf *out, struct buf *scratch, struct str id, const char *method, struct str data)
{
    return put_rpc(out, scratch, id, "RESPONSE", method, data);
}
