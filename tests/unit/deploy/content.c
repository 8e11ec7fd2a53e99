/* SPDX-License-Identifier: MIT */
/* The hash of what is deployed: time and compiler do not count, everything else does. */
#include "deploy/content.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void
f9_only_what_is_deployed_counts(void **state)
{
    static const char *const same[] = {
        "{\"timestamp\":1,\"config\":{\"a\":1},\"functions\":{},\"files\":{},\"built\":{\"cc\":\"gcc 12\"}}",
        "{\"timestamp\":2,\"config\":{\"a\":1},\"functions\":{},\"files\":{},\"built\":{\"cc\":\"gcc 13\"}}",
    };
    static const char *const others[] = {
        "{\"timestamp\":1,\"config\":{\"a\":2},\"functions\":{},\"files\":{}}",
        "{\"timestamp\":1,\"config\":{\"a\":1},\"functions\":{\"f\":{}},\"files\":{}}",
        "{\"timestamp\":1,\"config\":{\"a\":1},\"functions\":{},\"files\":{\"f\":{}}}",
        "{}",
    };
    char hex[CONTENT_HASH_LEN + 1], other[CONTENT_HASH_LEN + 1];

    (void)state;
    content_hash(str_of(same[0]), hex);
    content_hash(str_of(same[1]), other);
    assert_string_equal(hex, other);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        content_hash(str_of(others[i]), other);
        assert_string_not_equal(hex, other);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(f9_only_what_is_deployed_counts) };

    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
