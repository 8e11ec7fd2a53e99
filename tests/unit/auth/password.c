/* SPDX-License-Identifier: MIT */
/* Password hashes: right, wrong, nobody's, and how long each answer takes. */
#include "auth/password.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <sodium.h>

static void
verifies_the_right_password_only(void **state)
{
    char hash[PASSWORD_HASH_MAX], again[PASSWORD_HASH_MAX];

    (void)state;
    assert_true(password_hash("correct horse", PASSWORD_FLOOR, hash, NULL));
    assert_true(password_hash("correct horse", PASSWORD_FLOOR, again, NULL));
    assert_string_not_equal(hash, again); /* salted */
    assert_non_null(strstr(hash, "$argon2id$v=19$m=19456,t=2,p=1$"));
    assert_true(password_verify(hash, "correct horse"));
    assert_false(password_verify(hash, "correct horse "));
    assert_false(password_verify(hash, ""));
    assert_false(password_verify("", "correct horse"));
    assert_false(password_verify("garbage", "correct horse"));
    assert_false(password_verify(NULL, "correct horse"));
}

static void
knows_outdated_hashes(void **state)
{
    char hash[PASSWORD_HASH_MAX];

    (void)state;
    assert_true(password_hash("correct horse", PASSWORD_FLOOR, hash, NULL));
    assert_true(password_is_outdated(hash));
    assert_true(password_hash("correct horse", PASSWORD_STRONG, hash, NULL));
    assert_non_null(strstr(hash, "m=65536,t=2"));
    assert_false(password_is_outdated(hash));
}

/* Of the CPU's time: a busy machine does not change it. */
static clock_t
least_of_three(const char *hash)
{
    clock_t least = LONG_MAX;

    for (int i = 0; i < 3; i++) {
        clock_t began = clock(), took;

        assert_false(password_verify(hash, "wrong"));
        took = clock() - began;
        if (took < least)
            least = took;
    }
    return least;
}

static void
unknown_people_take_as_long_as_wrong_passwords(void **state)
{
    char hash[PASSWORD_HASH_MAX];
    clock_t wrong, unknown;

    (void)state;
    assert_true(password_hash("correct horse", PASSWORD_STRONG, hash, NULL));
    wrong = least_of_three(hash);
    unknown = least_of_three(NULL);
    print_message("wrong password %lld us, unknown person %lld us\n", (long long)wrong, (long long)unknown);
    assert_true(unknown * 2 > wrong && wrong * 2 > unknown);
}

static void
judges_new_passwords(void **state)
{
    char longest[PASSWORD_MAX + 2];
    struct err err;

    (void)state;
    assert_false(password_is_acceptable("seven77", &err));
    assert_non_null(strstr(err.text, "at least 8"));
    assert_false(password_is_acceptable("PassWord1", &err));
    assert_true(password_is_acceptable("a decent sentence", &err));
    memset(longest, 'x', sizeof longest);
    longest[PASSWORD_MAX + 1] = '\0';
    assert_false(password_is_acceptable(longest, &err));
    assert_true(password_is_acceptable(longest + 1, &err));
}

static int
start(void **state)
{
    (void)state;
    return sodium_init() < 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verifies_the_right_password_only),
        cmocka_unit_test(knows_outdated_hashes),
        cmocka_unit_test(unknown_people_take_as_long_as_wrong_passwords),
        cmocka_unit_test(judges_new_passwords),
    };

    return cmocka_run_group_tests(tests, start, NULL);
}
