/* SPDX-License-Identifier: MIT */
/* Sessions: from sign-in to sign-out, and when they end by themselves. */
#include "auth/session.h"

#include "../store/temp.h"
#include "auth/cookie.h"
#include "base/clock.h"

static struct temp temp;
static struct secrets secrets;
static int64_t now;

static int
setup(void **state)
{
    (void)state;
    temp_init(&temp);
    now = clock_wall_ms();
    return !secrets_load(&secrets, temp.dir, NULL, NULL, NULL);
}

static int
teardown(void **state)
{
    (void)state;
    temp_fini(&temp);
    return 0;
}

/* What a browser sends back after a Set-Cookie. */
static struct session_request
request_with(const char *set_cookie, bool is_https)
{
    struct session_request request = { .is_https = is_https, .ip = "127.0.0.1", .user_agent = "test", .now = now };

    if (set_cookie)
        request.cookies = str_of(arena_strndup(&temp.arena, set_cookie, strcspn(set_cookie, ";")));
    return request;
}

static char *
sign_in(const char *old_cookie)
{
    struct session_request request = request_with(old_cookie, false);
    struct err err = { "" };
    char *set_cookie;

    if (!session_start(temp.store, &secrets, &temp.arena, &request, temp.local.user_id, "password", &set_cookie, &err))
        fail_msg("%s", err.text);
    return set_cookie;
}

static struct session *
identify(const char *set_cookie)
{
    struct session_request request = request_with(set_cookie, false);
    struct session *session;

    assert_true(session_identify(temp.store, &secrets, &temp.arena, &request, &session, NULL));
    return session;
}

static void
a_session_lasts_from_sign_in_to_sign_out(void **state)
{
    char *cookie = sign_in(NULL), *cleared;
    struct session *session = identify(cookie);
    struct session_request request = request_with(cookie, false);

    (void)state;
    assert_non_null(session);
    assert_string_equal(session->user_id, temp.local.user_id);
    assert_string_equal(session->email, temp.local.email);
    assert_string_equal(session->auth_method, "password");
    assert_int_equal(session->identity_confirmed_at, now);
    assert_true(session_end(temp.store, &secrets, &temp.arena, &request, &cleared, NULL));
    assert_non_null(strstr(cleared, "Max-Age=0"));
    assert_null(identify(cookie));
}

static void
strangers_are_nobody(void **state)
{
    static const char *const cookies[] = {
        NULL, "", "x=y", "interlude_session=", "interlude_session=AAAA", "interlude_session=%%%"
    };
    char *cookie = sign_in(NULL);
    struct session_request request = request_with(cookie, true); /* the name differs on https */
    struct session *session;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cookies); i++)
        assert_null(identify(cookies[i]));
    assert_true(session_identify(temp.store, &secrets, &temp.arena, &request, &session, NULL));
    assert_null(session);
    cookie[strlen("interlude_session=") + 5] ^= 1;
    assert_null(identify(cookie));
}

static void
the_token_is_not_in_the_database(void **state)
{
    char *cookie = sign_in(NULL);
    struct str sealed = cookie_find(str_of(cookie), cookie_name(false)), token;
    struct session *session = identify(cookie);

    (void)state;
    assert_true(secrets_open(&temp.arena, secrets.cookie_key, "session cookie", sealed, &token));
    assert_int_equal(token.len, 32);
    assert_string_equal(session->id, secrets_hash(token).hex);
}

static void
signing_in_again_ends_the_old_session(void **state)
{
    char *first = sign_in(NULL), *second = sign_in(first);
    struct session *sessions;
    size_t count;

    (void)state;
    assert_null(identify(first));
    assert_non_null(identify(second));
    assert_true(store_session_list(temp.store, &temp.arena, temp.local.user_id, now, &sessions, &count, NULL));
    assert_int_equal(count, 1);
    assert_string_equal(sessions[0].ip, "127.0.0.1");
}

static void
wait_for_writes(void)
{
    temp_write(&temp, store_write_new(), STORE_DONE); /* comes after everything submitted before */
}

static void
an_unused_session_ends_and_a_used_one_does_not(void **state)
{
    char *unused = sign_in(NULL), *used = sign_in(NULL);

    (void)state;
    for (int hours = 0; hours < 15; hours += 5) {
        now += (int64_t)5 * 3600 * 1000;
        assert_non_null(identify(used)); /* notes the use */
        wait_for_writes();
    }
    assert_null(identify(unused));
    now += SESSION_LIFETIME_MS;
    assert_null(identify(used));
}

static void
thirty_days_are_the_end(void **state)
{
    char *cookie = sign_in(NULL);
    int64_t ends = now + SESSION_LIFETIME_MS;

    (void)state;
    while (now < ends - SESSION_IDLE_MS) {
        now += SESSION_IDLE_MS - 1;
        if (now < ends)
            assert_non_null(identify(cookie));
        wait_for_writes();
    }
    now = ends;
    assert_null(identify(cookie));
}

static void
ended_sessions_are_forgotten(void **state)
{
    struct session *sessions;
    size_t count;

    (void)state;
    sign_in(NULL);
    session_sweep(temp.store, now + SESSION_IDLE_MS);
    wait_for_writes();
    assert_true(store_session_list(temp.store, &temp.arena, temp.local.user_id, now, &sessions, &count, NULL));
    assert_int_equal(count, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_session_lasts_from_sign_in_to_sign_out, setup, teardown),
        cmocka_unit_test_setup_teardown(strangers_are_nobody, setup, teardown),
        cmocka_unit_test_setup_teardown(the_token_is_not_in_the_database, setup, teardown),
        cmocka_unit_test_setup_teardown(signing_in_again_ends_the_old_session, setup, teardown),
        cmocka_unit_test_setup_teardown(an_unused_session_ends_and_a_used_one_does_not, setup, teardown),
        cmocka_unit_test_setup_teardown(thirty_days_are_the_end, setup, teardown),
        cmocka_unit_test_setup_teardown(ended_sessions_are_forgotten, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
