/* SPDX-License-Identifier: MIT */
/* Endpoints as people write them (uplink_address.h). */
#include "rpc/uplink_address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void
is(const char *text, bool is_tls, const char *host, const char *port, const char *path)
{
    struct uplink_address address;
    struct err err;

    if (!uplink_address_parse(text, &address, &err))
        fail_msg("%s: %s", text, err.text);
    assert_int_equal(address.is_tls, is_tls);
    assert_string_equal(address.host, host);
    assert_string_equal(address.port, port);
    assert_string_equal(address.path, path);
    assert_string_equal(address.text, text);
}

static void
good_ones(void **state)
{
    (void)state;
    is("ws://localhost:3000/websocket", false, "localhost", "3000", "/websocket");
    is("wss://tools.example.com/websocket", true, "tools.example.com", "443", "/websocket");
    is("WS://h", false, "h", "80", "/websocket");
    is("ws://h/", false, "h", "80", "/websocket");
    is("ws://h:1?x=y", false, "h", "1", "/websocket?x=y");
    is("ws://h/below/websocket?a=b", false, "h", "80", "/below/websocket?a=b");
    is("ws://[::1]:65535/websocket", false, "::1", "65535", "/websocket");
    is("wss://[fe80::1]", true, "fe80::1", "443", "/websocket");
    is("ws://127.0.0.1:08/websocket", false, "127.0.0.1", "08", "/websocket");
}

static void
bad_ones(void **state)
{
    static const char *const texts[] = { "",          "localhost:3000",  "http://h",   "ws:/h",
                                         "ws://",     "ws://:1",         "ws://h:0",   "ws://h:65536",
                                         "ws://h:x",  "ws://h:-1",       "ws://h: 1",  "ws://h:123456",
                                         "ws://u@h",  "ws://[::1",       "ws://[]",    "ws://[::1]x",
                                         "ws://h/#f", "ws://h/\r\nx: y", "ws://h/a b", "ws://h\x7f/" };
    struct uplink_address address;
    char longest[5000];
    struct err err;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (uplink_address_parse(texts[i], &address, &err))
            fail_msg("%s was taken", texts[i]);
        assert_non_null(strstr(err.text, "ws://HOST:3000/websocket"));
    }
    memset(longest, 'h', sizeof longest - 1);
    memcpy(longest, "ws://", 5);
    longest[sizeof longest - 1] = '\0';
    assert_false(uplink_address_parse(longest, &address, &err));
}

static void
files(void **state)
{
    struct uplink_address a, b;
    struct err err;

    (void)state;
    assert_true(uplink_address_parse_url("HTTP://Host:3000/uploads/x?y=z", &a, &err));
    assert_false(a.is_tls);
    assert_string_equal(a.path, "/uploads/x?y=z");
    assert_true(uplink_address_parse("ws://host:3000", &b, &err));
    assert_true(uplink_address_is_same(&a, &b));
    assert_true(uplink_address_parse_url("https://host", &a, &err));
    assert_true(a.is_tls);
    assert_string_equal(a.path, "/");
    assert_false(uplink_address_is_same(&a, &b));
    assert_false(uplink_address_parse_url("ws://host/x", &a, &err));
    assert_false(uplink_address_parse_url("/x", &a, &err));
    assert_non_null(strstr(err.text, "can be fetched"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(good_ones), cmocka_unit_test(bad_ones),
                                        cmocka_unit_test(files) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
