/* SPDX-License-Identifier: MIT */
/* Where callbacks may go: URLs before their name is resolved, and addresses afterwards (functions.md 3.6). */
#include "queue/target.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "queue/queue.h"

static bool
connects(const char *url, const char *text)
{
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
    struct sockaddr_in v4 = { .sin_family = AF_INET };

    if (strchr(text, ':')) {
        assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
        return target_may_connect(url, queue_settings.callback_allow, (const struct sockaddr *)(const void *)&v6);
    }
    assert_int_equal(inet_pton(AF_INET, text, &v4.sin_addr), 1);
    return target_may_connect(url, queue_settings.callback_allow, (const struct sockaddr *)(const void *)&v4);
}

static enum target_verdict
check(struct str url)
{
    return target_check(url, queue_settings.callback_allow);
}

static int
setup(void **state)
{
    (void)state;
    queue_settings = (struct queue_settings){ .callback_allow = "", .callback_secret = "", .app_url = "" };
    return 0;
}

static void
f14_private_addresses_are_refused(void **state)
{
    static const char *const private[] = {
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.1",
        "192.0.0.8",
        "192.168.0.1",
        "198.18.0.1",
        "198.19.255.255",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fd00::1",
        "fc00::1",
        "ff02::1",
        "::ffff:10.0.0.1",
        "::ffff:127.0.0.1",
        "64:ff9b::10.0.0.1",
        "2002:a00:1::",
        "2001::1",
        "2001:db8::1",
    };
    static const char *const public[] = {
        "1.1.1.1",     "8.8.8.8",    "100.63.255.255",       "100.128.0.1",    "172.15.0.1",       "172.32.0.1",
        "192.169.0.1", "198.17.0.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::",
    };

    (void)state;
    for (size_t i = 0; i < sizeof private / sizeof private[0]; i++)
        if (connects("http://x/", private[i]))
            fail_msg("%s may be connected to", private[i]);
    for (size_t i = 0; i < sizeof public / sizeof public[0]; i++)
        if (!connects("http://x/", public[i]))
            fail_msg("%s may not be connected to", public[i]);
}

static void
f14_development_reaches_this_machine_only(void **state)
{
    (void)state;
    queue_settings.allows_loopback = true;
    assert_true(connects("http://x/", "127.0.0.1"));
    assert_true(connects("http://x/", "::1"));
    assert_true(connects("http://x/", "::ffff:127.0.0.1"));
    assert_false(connects("http://x/", "10.0.0.1"));
    assert_false(connects("http://x/", "169.254.169.254"));
}

static void
f14_urls_are_judged_before_they_are_kept(void **state)
{
    static const struct {
        const char *url;
        enum target_verdict verdict;
    } cases[] = {
        { "http://example.test/x", TARGET_ALLOWED },
        { "https://example.test", TARGET_ALLOWED },
        { "http://example.test:8080/", TARGET_ALLOWED },
        { "http://u:p@example.test/", TARGET_ALLOWED },
        { "http://8.8.8.8/", TARGET_ALLOWED },
        { "ftp://example.test/", TARGET_INVALID },
        { "file:///etc/passwd", TARGET_INVALID },
        { "gopher://example.test/", TARGET_INVALID },
        { "example.test", TARGET_INVALID },
        { "", TARGET_INVALID },
        { "http://", TARGET_INVALID },
        { "http:/u:p@example.test/", TARGET_INVALID },
        { "http:///u:p@example.test/", TARGET_INVALID },
        { "http://u:p@example.test\\@8.8.8.8/", TARGET_INVALID },
        { "HTTP://example.test/", TARGET_ALLOWED },
        { "http://a b/", TARGET_INVALID },
        { "http://example.test/\r\nX-Mine: 1", TARGET_INVALID },
        { "http://example.test/\x01", TARGET_INVALID },
        { "http://u:p@x@127.0.0.1/", TARGET_INVALID },
        { "http://example.test:22/", TARGET_FORBIDDEN },
        { "http://example.test:25/", TARGET_FORBIDDEN },
        { "http://127.0.0.1:8080/", TARGET_FORBIDDEN },
        { "http://2130706433/", TARGET_FORBIDDEN },
        { "http://0x7f.1/", TARGET_FORBIDDEN },
        { "http://[::1]:8080/", TARGET_FORBIDDEN },
        { "http://[::ffff:10.0.0.1]/", TARGET_FORBIDDEN },
        { "http://169.254.169.254/latest", TARGET_FORBIDDEN },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (check(str_of(cases[i].url)) != cases[i].verdict)
            fail_msg("%s is %d, not %d", cases[i].url, (int)check(str_of(cases[i].url)), (int)cases[i].verdict);
}

static void
f14_a_list_is_all_there_is(void **state)
{
    (void)state;
    queue_settings.callback_allow = "https://hooks.example.test/,http://10.0.0.1:9000";
    queue_settings.app_url = "http://localhost:3000";
    assert_int_equal(check(STR("https://hooks.example.test/a")), TARGET_ALLOWED);
    assert_int_equal(check(STR("http://10.0.0.1:9000/in")), TARGET_ALLOWED);
    assert_int_equal(check(STR("http://10.0.0.1:90001/in")), TARGET_INVALID);
    assert_int_equal(check(STR("http://10.0.0.1:9001/in")), TARGET_FORBIDDEN);
    assert_int_equal(check(STR("https://hooks.example.test.evil.test/")), TARGET_FORBIDDEN);
    assert_int_equal(check(STR("https://other.test/")), TARGET_FORBIDDEN);
    assert_int_equal(check(STR("http://localhost:3000/fn/next/async")), TARGET_FORBIDDEN);
    assert_false(connects("http://localhost:3000/fn/next", "127.0.0.1"));
    queue_settings.callback_allow = "https://hooks.example.test/,http://10.0.0.1:9000,/fn/next";
    assert_int_equal(check(STR("http://localhost:3000/fn/next/async")), TARGET_ALLOWED);
    assert_int_equal(check(STR("http://localhost:3000/fn/nextdoor")), TARGET_FORBIDDEN);
    assert_int_equal(check(STR("https://other.test/fn/next")), TARGET_FORBIDDEN);
    assert_int_equal(check(STR("http://localhost:3000/api/v1/keys")), TARGET_FORBIDDEN);
    assert_int_equal(check(STR("http://localhost:3000/fn/../api/v1/keys")), TARGET_FORBIDDEN);
    assert_int_equal(check(STR("http://localhost:3000/fn/%2e%2e/api/v1/keys")), TARGET_FORBIDDEN);
    assert_true(connects("http://10.0.0.1:9000/in", "10.0.0.1"));
    assert_true(connects("http://localhost:3000/fn/next", "127.0.0.1"));
    assert_false(connects("http://localhost:3000/api/", "127.0.0.1"));
    queue_settings.callback_allow = "";
    assert_int_equal(check(STR("http://localhost:3000/fn/next/async")), TARGET_ALLOWED);
    assert_true(connects("http://localhost:3000/fn/next", "127.0.0.1"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(f14_private_addresses_are_refused, setup),
        cmocka_unit_test_setup(f14_development_reaches_this_machine_only, setup),
        cmocka_unit_test_setup(f14_urls_are_judged_before_they_are_kept, setup),
        cmocka_unit_test_setup(f14_a_list_is_all_there_is, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
