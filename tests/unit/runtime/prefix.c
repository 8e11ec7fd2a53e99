/* SPDX-License-Identifier: MIT */
/* Slugs of a module that is deployed behind a prefix. */
#include "runtime/prefix.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void
there_and_back(void **state)
{
    static const struct {
        const char *prefix, *own, *full;
    } cases[] = { { "", "users/edit", "users/edit" },
                  { "", "index", "index" },
                  { "shop/prod", "users/edit", "shop/prod/users/edit" },
                  { "shop/prod", "index", "shop/prod" },
                  { "shop/prod", "/users/edit", "users/edit" },
                  { "shop/prod", "/shop/production", "shop/production" },
                  { "shop/prod", "users/index", "shop/prod/users/index" } };
    struct arena arena;

    (void)state;
    arena_init(&arena, 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        prefix_set(cases[i].prefix);
        assert_string_equal(prefix_full(&arena, cases[i].own), cases[i].full);
        assert_string_equal(prefix_own(&arena, cases[i].full), cases[i].own);
    }
    prefix_set("");
    assert_string_equal(prefix_full(&arena, "/users"), "users"); /* the same in routes/ */
    arena_fini(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(there_and_back) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
