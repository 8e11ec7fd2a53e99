/* SPDX-License-Identifier: MIT */
/* Signatures as the services document them (functions.md 6.2), and everything that must not pass. */
#include "function/webhook.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

/* The example of GitHub's documentation, "Validating webhook deliveries". */
static const struct str github_secret = { "It's a Secret to Everybody", 26 };
static const char github_signature[] = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

/* The example of Slack's documentation, "Verifying requests from Slack". */
static const struct str slack_secret = { "8f742231b10e8888abcd99yyyzzz85a5", 32 };
static const char slack_body[] =
    "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name="
    "foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks."
    "slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121."
    "803a0bc887a14d10d2c447fce8b6703c";
static const char slack_signature[] = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";

static bool
verify(enum service_webhook_scheme scheme, struct str secret, const char *signature, const char *timestamp,
       const char *body, int64_t now_s)
{
    struct service_webhook webhook = { .scheme = scheme };
    struct webhook_request request = { str_of(signature), str_of(timestamp), str_of(body), now_s };
    struct err err;

    return webhook_verify(&webhook, secret, &request, &err);
}

static void
github(void **state)
{
    (void)state;
    assert_true(verify(WEBHOOK_GITHUB, github_secret, github_signature, NULL, "Hello, World!", 0));
    assert_false(verify(WEBHOOK_GITHUB, github_secret, github_signature, NULL, "Hello, World", 0));
    assert_false(verify(WEBHOOK_GITHUB, STR("another"), github_signature, NULL, "Hello, World!", 0));
    assert_false(verify(WEBHOOK_GITHUB, github_secret, github_signature + 7, NULL, "Hello, World!", 0));
    assert_false(verify(WEBHOOK_GITHUB, github_secret, "sha256=", NULL, "Hello, World!", 0));
    assert_false(verify(WEBHOOK_GITHUB, github_secret, NULL, NULL, "Hello, World!", 0));
    assert_false(verify(WEBHOOK_GITHUB, STR(""), github_signature, NULL, "Hello, World!", 0));
}

static void
slack(void **state)
{
    static const char time[] = "1531420618";

    (void)state;
    assert_true(verify(WEBHOOK_SLACK, slack_secret, slack_signature, time, slack_body, 1531420618 + 300));
    assert_false(verify(WEBHOOK_SLACK, slack_secret, slack_signature, time, slack_body, 1531420618 + 301));
    assert_false(verify(WEBHOOK_SLACK, slack_secret, slack_signature, "1531420619", slack_body, 1531420618));
    assert_false(verify(WEBHOOK_SLACK, slack_secret, slack_signature, NULL, slack_body, 1531420618));
    assert_false(verify(WEBHOOK_SLACK, slack_secret, slack_signature, "soon", slack_body, 1531420618));
    assert_false(verify(WEBHOOK_SLACK, slack_secret, slack_signature + 3, time, slack_body, 1531420618));
}

/* printf '1700000000.{}' | openssl dgst -sha256 -hmac whsec */
static const char stripe_mac[] = "7d44587dddbaf4c7f70fef20f48cd594834ffea1641e3ac227b84408298738af";

static void
stripe(void **state)
{
    char both[300], none[300];

    (void)state;
    snprintf(both, sizeof both, "t=1700000000,v1=%064d,v1=%s,v0=1", 0, stripe_mac);
    snprintf(none, sizeof none, "t=1700000000,v0=%s", stripe_mac);
    assert_true(verify(WEBHOOK_STRIPE, STR("whsec"), both, NULL, "{}", 1700000100));
    assert_false(verify(WEBHOOK_STRIPE, STR("whsec"), both, NULL, "{ }", 1700000100));
    assert_false(verify(WEBHOOK_STRIPE, STR("whsec"), both, NULL, "{}", 1700000400));
    assert_false(verify(WEBHOOK_STRIPE, STR("whsec"), none, NULL, "{}", 1700000100));
    assert_false(verify(WEBHOOK_STRIPE, STR("whsec"), "", NULL, "{}", 1700000100));
    assert_false(verify(WEBHOOK_STRIPE, STR("whsec"), ",,=,t=,v1", NULL, "{}", 1700000100));
}

static void
plain(void **state)
{
    (void)state;
    /* printf 'x' | openssl dgst -sha256 -hmac k, also -binary | base64 */
    assert_true(verify(WEBHOOK_HMAC_SHA256, STR("k"),
                       "c38edc8815c8489f64738978f44008f8596345545f0baa68ef6fcf5c53e57189", NULL, "x", 0));
    assert_true(verify(WEBHOOK_HMAC_SHA256, STR("k"),
                       "sha256=c38edc8815c8489f64738978f44008f8596345545f0baa68ef6fcf5c53e57189", NULL, "x", 0));
    assert_true(verify(WEBHOOK_HMAC_SHA256, STR("k"), "w47ciBXISJ9kc4l49EAI+FljRVRfC6po72/PXFPlcYk=", NULL, "x", 0));
    assert_false(verify(WEBHOOK_HMAC_SHA256, STR("k"),
                        "c38edc8815c8489f64738978f44008f8596345545f0baa68ef6fcf5c53e57189", NULL, "y", 0));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(github),
        cmocka_unit_test(slack),
        cmocka_unit_test(stripe),
        cmocka_unit_test(plain),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
