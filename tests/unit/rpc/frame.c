/* SPDX-License-Identifier: MIT */
/* ISocket and RPC frames, read and written (host-protocol.md 1.3, 1.5). */
#include "rpc/frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/mem.h"

static struct arena arena;

static bool
read(const char *text, struct rpc_frame *frame)
{
    struct err err;

    return rpc_frame_read(&arena, str_of(text), frame, &err);
}

/* A message as most peers write it. */
#define PLAIN(data) "{\"id\":\"6f1c2f0e-95a4-4d5a-8f43-0d3b1a0f6a11\",\"data\":\"" data "\",\"type\":\"MESSAGE\"}"

static void
reads_the_frames_of_peers(void **state)
{
    struct rpc_frame frame;

    (void)state;
    assert_true(read("{\"type\":\"ACK\",\"id\":\"a\",\"data\":null}", &frame)); /* Python sends data */
    assert_int_equal(frame.kind, RPC_ACK);
    assert_true(str_is(frame.message_id, "a"));
    assert_true(
        read("{\"type\":\"ACK\",\"id\":\"6f1c2f0e-95a4-4d5a-8f43-0d3b1a0f6a11\"}", &frame)); /* Node and browsers */
    assert_int_equal(frame.kind, RPC_ACK);
    assert_true(str_is(frame.message_id, "6f1c2f0e-95a4-4d5a-8f43-0d3b1a0f6a11"));
    assert_true(read("{\"type\":\"ACK\",\"id\":\"6f1c2f0e-95a4-4d5a-8f43-0d3b1a0f6a\\u0031\\u0031\"}", &frame));
    assert_true(str_is(frame.message_id, "6f1c2f0e-95a4-4d5a-8f43-0d3b1a0f6a11"));
    assert_true(read(PLAIN("ping"), &frame));
    assert_int_equal(frame.kind, RPC_PING);
    assert_true(str_is(frame.message_id, "6f1c2f0e-95a4-4d5a-8f43-0d3b1a0f6a11"));
    assert_true(read(PLAIN("{\\\"id\\\":\\\"17\\\",\\\"kind\\\":\\\"CALL\\\",\\\"methodName\\\":\\\"X\\\"}"), &frame));
    assert_int_equal(frame.kind, RPC_CALL);
    assert_string_equal(frame.method, "X");
    assert_true(read(PLAIN("x\",\"data\":\"ping"), &frame)); /* the last one counts, here too */
    assert_int_equal(frame.kind, RPC_PING);
    assert_true(read(PLAIN("ping\",\"type\":\"ACK\",\"a\":\""), &frame));
    assert_int_equal(frame.kind, RPC_PING);
    assert_false(read(PLAIN("\\"), &frame));
    assert_false(read(PLAIN("\"\""), &frame));
    assert_true(read("{\"id\":\"b\",\"data\":\"ping\",\"type\":\"MESSAGE\",\"more\":[1]}", &frame));
    assert_int_equal(frame.kind, RPC_PING);
    assert_true(read("{\"id\":\"b\",\"data\":\"authenticated\",\"type\":\"MESSAGE\"}", &frame));
    assert_int_equal(frame.kind, RPC_WELCOME);
    assert_true(read("{\"id\":\"c\",\"type\":\"MESSAGE\",\"data\":\"{\\\"id\\\":\\\"17\\\",\\\"kind\\\":\\\"CALL\\\","
                     "\\\"methodName\\\":\\\"SEND_LOG\\\",\\\"data\\\":{\\\"x\\\":1}}\"}",
                     &frame));
    assert_int_equal(frame.kind, RPC_CALL);
    assert_true(str_is(frame.id, "17"));
    assert_string_equal(frame.method, "SEND_LOG");
    assert_int_equal(json_int(json_get(frame.data, "x"), 0), 1);
    assert_true(
        read("{\"id\":\"d\",\"type\":\"MESSAGE\",\"data\":\"{\\\"id\\\":\\\"1\\\",\\\"kind\\\":\\\"RESPONSE\\\","
             "\\\"methodName\\\":\\\"X\\\"}\"}",
             &frame));
    assert_int_equal(frame.kind, RPC_RESPONSE);
    assert_int_equal(json_type(frame.data), JSON_MISSING);
}

static void
nonsense_inside_a_message_is_unknown_and_outside_is_refused(void **state)
{
    static const char *const unknown[] = {
        "",
        "null",
        "{",
        "{\\\"kind\\\":\\\"CALL\\\"}",
        "{\\\"id\\\":1,\\\"kind\\\":\\\"CALL\\\",\\\"methodName\\\":\\\"X\\\"}",
        "{\\\"id\\\":\\\"1\\\",\\\"kind\\\":\\\"EVENT\\\",\\\"methodName\\\":\\\"X\\\"}"
    };
    static const char *const refused[] = { "",
                                           "[]",
                                           "{}",
                                           "\"x\"",
                                           "{\"id\":7,\"type\":\"ACK\"}",
                                           "{\"id\":\"a\"}",
                                           "{\"id\":\"a\",\"type\":\"HELLO\",\"data\":\"x\"}",
                                           "{\"id\":\"a\",\"type\":\"MESSAGE\"}",
                                           "{\"id\":\"a\",\"type\":\"MESSAGE\",\"data\":7}" };
    struct rpc_frame frame;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(unknown); i++) {
        char text[256];

        snprintf(text, sizeof text, "{\"id\":\"a\",\"type\":\"MESSAGE\",\"data\":\"%s\"}", unknown[i]);
        assert_true(read(text, &frame));
        assert_int_equal(frame.kind, RPC_UNKNOWN);
    }
    for (size_t i = 0; i < COUNT_OF(refused); i++)
        assert_false(read(refused[i], &frame));
}

static void
what_is_written_is_read_back(void **state)
{
    struct rpc_frame frame;
    struct buf out, scratch;

    (void)state;
    buf_init(&out, 4096);
    buf_init(&scratch, 4096);
    rpc_put_call(&out, &scratch, 42, "RENDER", STR("{\"toRender\":\"\\\"quoted\\\"\\n\"}"));
    assert_true(read(buf_text(&out), &frame));
    assert_true(str_is(frame.id, "42"));
    assert_true(json_is(json_get(frame.data, "toRender"), "\"quoted\"\n"));
    buf_clear(&out);
    rpc_put_response(&out, &scratch, STR("7"), "SEND_LOG", STR(""));
    assert_true(read(buf_text(&out), &frame));
    assert_int_equal(frame.kind, RPC_RESPONSE);
    assert_int_equal(json_type(frame.data), JSON_MISSING);
    buf_fini(&out);
    buf_init(&out, 64);
    rpc_put_call(&out, &scratch, 1, "RENDER",
                 STR("{\"a\":\"a text that does not fit into sixty-four bytes any more\"}"));
    assert_true(out.over);
    buf_fini(&out);
    buf_fini(&scratch);
}

static int
release(void **state)
{
    (void)state;
    arena_fini(&arena);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_frames_of_peers),
        cmocka_unit_test(nonsense_inside_a_message_is_unknown_and_outside_is_refused),
        cmocka_unit_test(what_is_written_is_read_back),
    };

    return cmocka_run_group_tests(tests, NULL, release);
}
