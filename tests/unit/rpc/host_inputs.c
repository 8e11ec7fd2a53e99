/* SPDX-License-Identifier: MIT */
#include "rpc/host_inputs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static const char inputs[] =
    "{\"transactionId\":\"t\",\"displayResolvesImmediately\":true,\"action\":{\"slug\":\"a/b\",\"url\":\"http://h/"
    "actions/a/b\"},"
    "\"environment\":\"production\",\"user\":{\"teams\":[]},\"params\":{\"f\":2.5,\"i\":9007199254740993,\"s\":\"x & "
    "y\",\"n\":null,"
    "\"d\":\"2020-01-01T00:00:00.000Z\",\"b\":true},\"paramsMeta\":{\"values\":{\"d\":[\"Date\"]}}}";

static void
assert_inputs(struct sdk_profile profile, const char *environment, const char *expected)
{
    struct buf out;
    struct err err;

    buf_init(&out, 1 << 16);
    assert_true(host_inputs(&out, &profile, environment, str_of(inputs), &err));
    assert_string_equal(buf_text(&out), expected);
    buf_fini(&out);
}

#define URL "http://h/actions/a/b?f=2.5&i=9007199254740993&s=x%20%26%20y&d=2020-01-01T00%3A00%3A00.000Z&b=true"
#define ACTION "\"action\":{\"slug\":\"a/b\",\"url\":\"" URL "\"}"

static void
node_gets_everything(void **state)
{
    (void)state;
    assert_inputs(profile_of("@interval/sdk", "2.0.0"), "production",
                  "{\"transactionId\":\"t\",\"displayResolvesImmediately\":true," ACTION
                  ",\"environment\":\"production\","
                  "\"user\":{\"teams\":[]},\"params\":{\"f\":2.5,\"i\":9007199254740993,\"s\":\"x & y\",\"n\":null,"
                  "\"d\":\"2020-01-01T00:00:00.000Z\",\"b\":true},\"paramsMeta\":{\"values\":{\"d\":[\"Date\"]}}}");
}

static void
old_node_has_its_own_words(void **state)
{
    (void)state;
    assert_inputs(profile_of("@interval/sdk", "0.21.0"), "live",
                  "{\"transactionId\":\"t\",\"displayResolvesImmediately\":false," ACTION ",\"environment\":\"live\","
                  "\"user\":{\"teams\":[]},\"params\":{\"f\":2.5,\"i\":9007199254740993,\"s\":\"x & y\",\"n\":null,"
                  "\"d\":\"2020-01-01T00:00:00.000Z\",\"b\":true},\"paramsMeta\":{\"values\":{\"d\":[\"Date\"]}}}");
}

static void
python_gets_fractions_as_texts_and_no_meta(void **state)
{
    (void)state;
    assert_inputs(profile_of("interval-py", "1.5.1"), "production",
                  "{\"transactionId\":\"t\",\"displayResolvesImmediately\":true," ACTION
                  ",\"environment\":\"production\","
                  "\"user\":{\"teams\":[]},\"params\":{\"f\":\"2.5\",\"i\":9007199254740993,\"s\":\"x & y\",\"n\":null,"
                  "\"d\":\"2020-01-01T00:00:00.000Z\",\"b\":true}}");
}

static void
refuses_what_is_no_object(void **state)
{
    struct sdk_profile profile = profile_of("@interval/sdk", "2.0.0");
    struct buf out;
    struct err err;

    (void)state;
    buf_init(&out, 1 << 16);
    assert_false(host_inputs(&out, &profile, "production", STR("[]"), &err));
    assert_false(host_inputs(&out, &profile, "production", STR("{"), &err));
    buf_fini(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(node_gets_everything),
        cmocka_unit_test(old_node_has_its_own_words),
        cmocka_unit_test(python_gets_fractions_as_texts_and_no_meta),
        cmocka_unit_test(refuses_what_is_no_object),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
