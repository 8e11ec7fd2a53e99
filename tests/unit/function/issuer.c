/* SPDX-License-Identifier: MIT */
/* From where the keys of an issuer may be fetched (architecture 10). Fetching itself: tests/wire/authorizer_test.py. */
#include "function/issuer.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "queue/queue.h"

#define ISSUER "https://id.corp.example/realm"
#define OWN "https://id.corp.example/keys"
#define OTHER "https://keys.elsewhere.example/keys"

static bool
connects(const char *url, const char *text)
{
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
    struct sockaddr_in v4 = { .sin_family = AF_INET };

    if (strchr(text, ':')) {
        assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
        return issuer_may_connect(ISSUER, url, (const struct sockaddr *)(const void *)&v6);
    }
    assert_int_equal(inet_pton(AF_INET, text, &v4.sin_addr), 1);
    return issuer_may_connect(ISSUER, url, (const struct sockaddr *)(const void *)&v4);
}

static int
setup(void **state)
{
    (void)state;
    queue_settings = (struct queue_settings){ .callback_allow = "", .callback_secret = "", .app_url = "" };
    return 0;
}

static void
f8_public_addresses(void **state)
{
    (void)state;
    assert_true(connects(OWN, "93.184.216.34"));
    assert_true(connects(OTHER, "93.184.216.34"));
    assert_true(connects(OTHER, "2606:2800:220:1::1"));
}

static void
f8_our_network_is_for_the_issuer_itself(void **state)
{
    static const char *const private[] = { "10.1.2.3",    "172.16.0.1", "172.31.255.1",
                                           "192.168.1.1", "100.64.0.1", "fd00::1" };
    static const char *const lookalikes[] = { OTHER, "http://id.corp.example/keys", "https://id.corp.example:8443/keys",
                                              "https://id.corp.example.evil/keys",
                                              "https://id.corp.example@evil/keys" };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(private); i++) {
        assert_true(connects(OWN, private[i]));
        assert_true(connects("https://id.corp.example", private[i]));
        for (size_t k = 0; k < COUNT_OF(lookalikes); k++)
            assert_false(connects(lookalikes[k], private[i]));
    }
}

static void
f8_this_machine_only_under_dev(void **state)
{
    static const char *const own[] = { "127.0.0.1", "127.9.9.9", "::1" };
    static const char *const never[] = { "0.0.0.0", "169.254.169.254", "fe80::1", "::", "::ffff:10.0.0.1" };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(own); i++) {
        queue_settings.allows_loopback = false;
        assert_false(connects(OWN, own[i]));
        queue_settings.allows_loopback = true;
        assert_true(connects(OWN, own[i]));
    }
    queue_settings.allows_loopback = false;
    for (size_t i = 0; i < COUNT_OF(never); i++)
        assert_false(connects(OWN, never[i]));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(f8_public_addresses, setup),
        cmocka_unit_test_setup(f8_our_network_is_for_the_issuer_itself, setup),
        cmocka_unit_test_setup(f8_this_machine_only_under_dev, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
