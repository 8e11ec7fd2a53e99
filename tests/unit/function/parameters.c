/* SPDX-License-Identifier: MIT */
/* Parameters of queries (functions.md 1.12). */
#include "function/parameters.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"

static void
parameters_are_found_decoded(void **state)
{
    static const struct {
        const char *query, *name, *value; /* NULL: not there */
    } cases[] = {
        { "a=1&b=2", "b", "2" }, { "a=1", "b", NULL },          { "", "a", NULL },
        { "flag", "flag", "" },  { "a=x+y%20z", "a", "x y z" }, { "n%61me=1", "name", "1" },
        { "a=1&a=2", "a", "1" }, { "a=%", "a", "%" },           { "a=%4", "a", "%4" },
        { "a=%zz", "a", "%zz" }, { "&&a=b=c&", "a", "b=c" },    { "ab=1", "a", NULL },
        { "=1", "", "1" },
    };
    struct arena arena;

    (void)state;
    arena_init(&arena, 0);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct str value = query_parameter(&arena, str_of(cases[i].query), str_of(cases[i].name));

        assert_int_equal(value.p != NULL, cases[i].value != NULL);
        if (cases[i].value)
            assert_string_equal(value.p, cases[i].value);
    }
    arena_fini(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parameters_are_found_decoded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
