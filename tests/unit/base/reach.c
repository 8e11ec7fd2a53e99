/* SPDX-License-Identifier: MIT */
/* What addresses reach, and lists of beginnings of URLs (reach.h). */
#include "base/reach.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static enum reach
reach_of_text(const char *text)
{
    struct sockaddr_in v4 = { .sin_family = AF_INET };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };

    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
        return reach_of((const struct sockaddr *)(const void *)&v4);
    assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
    return reach_of((const struct sockaddr *)(const void *)&v6);
}

static void
addresses(void **state)
{
    static const char *const open[] = { "8.8.8.8", "172.32.0.1", "2606:4700::1", "::ffff:8.8.8.8", "64:ff9b::808:808" };
    static const char *const closed[] = {
        "10.0.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "0.0.0.0",        "100.64.0.1",   "224.0.0.1",
        "fe80::1",  "fd00::1",        "::",          "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "2001:db8::1"
    };
    static const char *const own[] = { "127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1" };

    (void)state;
    for (size_t i = 0; i < sizeof open / sizeof *open; i++)
        assert_int_equal(reach_of_text(open[i]), REACH_PUBLIC);
    for (size_t i = 0; i < sizeof closed / sizeof *closed; i++)
        assert_int_equal(reach_of_text(closed[i]), REACH_PRIVATE);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        assert_int_equal(reach_of_text(own[i]), REACH_LOOPBACK);
}

static void
lists(void **state)
{
    static const char list[] = "http://minio:9000/bucket/,https://files.example.com";

    (void)state;
    assert_true(reach_is_listed("http://minio:9000/bucket/a", list));
    assert_true(reach_is_listed("https://files.example.com/a?x=y", list));
    assert_true(reach_is_listed("https://files.example.com", list));
    assert_true(reach_is_listed("http://minio:9000/bucket/a?X-Amz-Credential=b%2F20300101", list));
    assert_false(reach_is_listed("https://files.example.com.evil/a", list));
    assert_false(reach_is_listed("http://minio:9000/other", list));
    assert_false(reach_is_listed("http://minio:9000/bucket/../other", list));
    assert_false(reach_is_listed("http://minio:9000/bucket/%2e%2e/other", list));
    assert_false(reach_is_listed("http://minio:9000/bucket/a", ""));
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(addresses), cmocka_unit_test(lists) };

    return cmocka_run_group_tests_name("base/reach", tests, NULL, NULL);
}
