/* SPDX-License-Identifier: MIT */
/* Cookie headers, both ways. */
#include "auth/cookie.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static void
finds_a_cookie(void **state)
{
    struct str header = STR("a=1; bb=2;c = 3 ;d;=x; e=; bb=4;f=a=b");

    (void)state;
    assert_true(str_is(cookie_find(header, "a"), "1"));
    assert_true(str_is(cookie_find(header, "bb"), "2"));
    assert_true(str_is(cookie_find(header, "c"), "3"));
    assert_true(str_is(cookie_find(header, "f"), "a=b"));
    assert_non_null(cookie_find(header, "e").p);
    assert_int_equal(cookie_find(header, "e").len, 0);
    assert_null(cookie_find(header, "b").p);
    assert_null(cookie_find(header, "d").p);
    assert_null(cookie_find(header, "missing").p);
    assert_null(cookie_find((struct str){ NULL, 0 }, "a").p);
    assert_null(cookie_find(STR(";;; ; "), "a").p);
}

static void
sets_and_clears(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena, 0);
    assert_string_equal(cookie_set(&arena, false, "v", 60),
                        "interlude_session=v; Path=/; Max-Age=60; HttpOnly; SameSite=Lax");
    assert_string_equal(cookie_set(&arena, true, "v", 60),
                        "__Host-interlude_session=v; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure");
    assert_string_equal(cookie_clear(&arena, false), "interlude_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
    arena_fini(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_a_cookie),
        cmocka_unit_test(sets_and_clears),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
