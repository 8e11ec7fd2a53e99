/* SPDX-License-Identifier: MIT */
/* UTF-8, ids, error texts. */
#include "base/str.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/id.h"
#include "base/mem.h"

static void
utf8_is_what_rfc_3629_says(void **state)
{
    static const struct str good[] = { { "", 0 },
                                       { "plain ascii, longer than a word", 31 },
                                       { "\xc2\x80", 2 },
                                       { "\xdf\xbf", 2 },
                                       { "\xe0\xa0\x80", 3 },
                                       { "\xed\x9f\xbf", 3 },
                                       { "\xef\xbf\xbf", 3 },
                                       { "\xf0\x90\x80\x80", 4 },
                                       { "\xf4\x8f\xbf\xbf", 4 },
                                       { "12345678\xe2\x82\xac", 11 },
                                       { "a\0b", 3 } };
    static const struct str bad[] = { { "\x80", 1 },
                                      { "\xc0\x80", 2 },
                                      { "\xc1\xbf", 2 },
                                      { "\xc2", 1 },
                                      { "\xe0\x9f\xbf", 3 },
                                      { "\xed\xa0\x80", 3 },
                                      { "\xf0\x8f\xbf\xbf", 4 },
                                      { "\xf4\x90\x80\x80", 4 },
                                      { "\xf5\x80\x80\x80", 4 },
                                      { "\xff", 1 },
                                      { "1234567\xe2\x82", 9 },
                                      { "\xe2\x28\xa1", 3 } };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(good); i++)
        assert_true(str_is_utf8(good[i]));
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(str_is_utf8(bad[i]));
}

static void
ids_are_unique_and_of_their_version(void **state)
{
    struct uuid last = { { 0 } };

    (void)state;
    for (int i = 0; i < 1000; i++) {
        struct uuid random = uuid_v4(), timed = uuid_v7(), read;
        struct uuid_text text = uuid_format(random);

        assert_int_equal(text.s[14], '4');
        assert_int_equal(uuid_format(timed).s[14], '7');
        assert_non_null(strchr("89ab", text.s[19]));
        assert_true(uuid_parse(str_of(text.s), &read));
        assert_true(uuid_eq(random, read));
        assert_false(uuid_eq(random, last));
        assert_true(memcmp(timed.bytes, uuid_v7().bytes, 8) <= 0);
        last = random;
    }
}

static void
ids_are_read_strictly(void **state)
{
    static const char *const bad[] = { "",
                                       "6fa413d4-113f-4643-bfeb-8cdbaabca1e",
                                       "6fa413d4-113f-4643-bfeb-8cdbaabca1ebb",
                                       "6fa413d4 113f-4643-bfeb-8cdbaabca1eb",
                                       "6fa413d4-113f-4643-bfeb-8cdbaabca1eg",
                                       "6fa413d41-13f-4643-bfeb-8cdbaabca1eb" };
    struct uuid id;

    (void)state;
    assert_true(uuid_parse(STR("6FA413D4-113f-4643-bfeb-8cdbaabca1eb"), &id));
    assert_string_equal(uuid_format(id).s, "6fa413d4-113f-4643-bfeb-8cdbaabca1eb");
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(uuid_parse(str_of(bad[i]), &id));
}

static void
errors_say_what_and_why(void **state)
{
    struct err err;

    (void)state;
    errno = ENOENT;
    assert_false(err_set_errno(&err, "cannot open %s", "x"));
    assert_string_equal(err.text, "cannot open x: No such file or directory");
    assert_false(err_prefix(&err, "start"));
    assert_string_equal(err.text, "start: cannot open x: No such file or directory");
    assert_false(err_set(NULL, "nobody listens"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8_is_what_rfc_3629_says),
        cmocka_unit_test(ids_are_unique_and_of_their_version),
        cmocka_unit_test(ids_are_read_strictly),
        cmocka_unit_test(errors_say_what_and_why),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
