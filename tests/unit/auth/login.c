/* SPDX-License-Identifier: MIT */
/* Signing in with a password, and the delays after failures. */
#include "auth/login.h"

#include <sodium.h>

#include "../store/temp.h"
#include "auth/password.h"
#include "base/clock.h"

static struct temp temp;
static int64_t now, retry_after_ms;

static int
setup(void **state)
{
    struct store_write *write;
    char hash[PASSWORD_HASH_MAX];

    (void)state;
    temp_init(&temp);
    now = clock_wall_ms();
    if (sodium_init() < 0 || !password_hash("correct horse", PASSWORD_FLOOR, hash, NULL))
        return 1;
    write = store_write_new();
    store_user_insert(write, &(struct user){ .email = "ada@example.com", .first_name = "Ada", .password_hash = hash });
    temp_write(&temp, write, STORE_DONE);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    temp_fini(&temp);
    return 0;
}

static enum login_verdict
try(const char *email, const char *password, const char *ip)
{
    struct user *user;
    enum login_verdict verdict;

    verdict = login_with_password(temp.store, &temp.arena, email, password, ip, now, &user, &retry_after_ms, NULL);
    assert_int_equal(verdict == LOGIN_OK, user != NULL);
    return verdict;
}

static void
only_the_right_pair_signs_in(void **state)
{
    (void)state;
    assert_int_equal(try("ada@example.com", "wrong", "1.1.1.1"), LOGIN_WRONG);
    assert_int_equal(try("nobody@example.com", "correct horse", "1.1.1.1"), LOGIN_WRONG);
    assert_int_equal(try("", "", "1.1.1.1"), LOGIN_WRONG);
    assert_int_equal(try(temp.local.email, "", "1.1.1.1"), LOGIN_WRONG); /* has no password */
    assert_int_equal(try(" Ada@Example.COM", "correct horse", "1.1.1.1"), LOGIN_OK);
}

static void
a_weak_hash_is_renewed(void **state)
{
    struct user *user;

    (void)state;
    assert_int_equal(try("ada@example.com", "correct horse", "1.1.1.1"), LOGIN_OK);
    assert_true(store_user_by_email(temp.store, &temp.arena, "ada@example.com", &user, NULL));
    assert_false(password_is_outdated(user->password_hash));
    assert_int_equal(try("ada@example.com", "correct horse", "1.1.1.1"), LOGIN_OK);
}

static void
failures_of_an_account_delay_the_next_attempt(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++)
        assert_int_equal(try("ada@example.com", "wrong", "1.1.1.1"), LOGIN_WRONG);
    assert_int_equal(try("ada@example.com", "correct horse", "2.2.2.2"), LOGIN_THROTTLED);
    assert_int_equal(retry_after_ms, 1000);
    assert_int_equal(try("nobody@example.com", "x", "1.1.1.1"), LOGIN_WRONG); /* other accounts are free */
    now += 1000;
    assert_int_equal(try("ada@example.com", "wrong", "1.1.1.1"), LOGIN_WRONG);
    assert_int_equal(try("ada@example.com", "correct horse", "1.1.1.1"), LOGIN_THROTTLED);
    assert_int_equal(retry_after_ms, 2000);
    now += 2000;
    assert_int_equal(try("ada@example.com", "correct horse", "1.1.1.1"), LOGIN_OK);
    now += 1;
    assert_int_equal(try("ada@example.com", "wrong", "1.1.1.1"), LOGIN_WRONG); /* a success wipes the slate */
    assert_int_equal(try("ada@example.com", "correct horse", "1.1.1.1"), LOGIN_OK);
}

static void
delays_grow_to_a_quarter_of_an_hour(void **state)
{
    struct login_failures failures = { .of_account = 5, .account_last_at = 1000000 };

    (void)state;
    assert_int_equal(login_wait_ms(&failures, 1000000), 1000);
    failures.of_account = 10;
    assert_int_equal(login_wait_ms(&failures, 1000000), 32000);
    failures.of_account = 1000000;
    assert_int_equal(login_wait_ms(&failures, 1000000), 15 * 60 * 1000);
    assert_int_equal(login_wait_ms(&failures, 1000000 + 15 * 60 * 1000), 0);
    failures = (struct login_failures){ .of_address = 19, .address_last_at = 1000000 };
    assert_int_equal(login_wait_ms(&failures, 1000000), 0);
    failures.of_address = 20;
    assert_int_equal(login_wait_ms(&failures, 1000000), 1000);
}

static void
users_are_added_with_acceptable_passwords(void **state)
{
    struct user eve = { .email = "eve@example.com" };
    struct err err = { "" };

    (void)state;
    assert_int_equal(login_add_user(temp.store, &eve, "short", &err), STORE_REFUSED);
    assert_int_equal(login_add_user(temp.store, &eve, "long enough", &err), STORE_DONE);
    assert_int_equal(login_add_user(temp.store, &eve, "long enough", &err), STORE_REFUSED);
    assert_int_equal(try("eve@example.com", "long enough", "1.1.1.1"), LOGIN_OK);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(only_the_right_pair_signs_in, setup, teardown),
        cmocka_unit_test_setup_teardown(a_weak_hash_is_renewed, setup, teardown),
        cmocka_unit_test_setup_teardown(failures_of_an_account_delay_the_next_attempt, setup, teardown),
        cmocka_unit_test_setup_teardown(delays_grow_to_a_quarter_of_an_hour, setup, teardown),
        cmocka_unit_test_setup_teardown(users_are_added_with_acceptable_passwords, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
