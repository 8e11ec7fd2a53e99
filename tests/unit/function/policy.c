/* SPDX-License-Identifier: MIT */
/* What an authorizer's policy allows (functions.md 1.12). */
#include "function/policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"

#define ARN "arn:aws:execute-api:local:0:shop/dev/GET/quote/7"
#define ALLOW(resource) "{\"Effect\":\"Allow\",\"Action\":\"execute-api:Invoke\",\"Resource\":" resource "}"
#define DENY(resource) "{\"Effect\":\"Deny\",\"Action\":\"execute-api:Invoke\",\"Resource\":" resource "}"

static void
wildcards(void **state)
{
    static const struct {
        const char *pattern, *text;
        bool matches;
    } cases[] = {
        { "", "", true },        { "*", "", true },           { "?", "", false },           { "a*c", "abbc", true },
        { "a*c", "abb", false }, { "*a*b*", "xxaybz", true }, { "a?c", "abc", true },       { "a?c", "ac", false },
        { "**", "x", true },     { "a*b*c", "aXbXbc", true }, { "GET/*", "GET/a/b", true }, { "abc", "abcd", false },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(policy_match(str_of(cases[i].pattern), str_of(cases[i].text)), cases[i].matches);
}

static enum policy_verdict
judge(const char *text)
{
    enum policy_verdict verdict;
    struct arena arena;
    struct json root;
    struct err err;

    arena_init(&arena, 0);
    assert_true(json_parse(&arena, str_of(text), &root, &err));
    verdict = policy_judge(&arena, root, STR(ARN), &err);
    arena_fini(&arena);
    return verdict;
}

static void
statements_allow_and_deny(void **state)
{
    (void)state;
    assert_int_equal(judge("{\"Statement\":[" ALLOW("\"" ARN "\"") "]}"), POLICY_ALLOWED);
    assert_int_equal(judge("{\"Statement\":" ALLOW("\"*\"") "}"), POLICY_ALLOWED);
    assert_int_equal(judge("{\"Statement\":[" ALLOW("[\"x\",\"arn:aws:execute-api:*/dev/GET/*\"]") "]}"),
                     POLICY_ALLOWED);
    assert_int_equal(judge("{\"Statement\":[" ALLOW("\"*/dev/POST/*\"") "]}"), POLICY_DENIED);
    assert_int_equal(judge("{\"Statement\":[]}"), POLICY_DENIED);
    assert_int_equal(judge("{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\"}]}"),
                     POLICY_DENIED);
    assert_int_equal(
        judge("{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"EXECUTE-API:*\"],\"Resource\":\"*\"}]}"),
        POLICY_ALLOWED);
}

static void
an_explicit_deny_wins(void **state)
{
    (void)state;
    assert_int_equal(judge("{\"Statement\":[" ALLOW("\"*\"") "," DENY("\"*/quote/7\"") "]}"), POLICY_DENIED);
    assert_int_equal(judge("{\"Statement\":[" DENY("\"*/quote/7\"") "," ALLOW("\"*\"") "]}"), POLICY_DENIED);
    assert_int_equal(judge("{\"Statement\":[" DENY("\"*/quote/8\"") "," ALLOW("\"*\"") "]}"), POLICY_ALLOWED);
}

static void
what_is_not_understood_lets_nobody_in(void **state)
{
    static const char *const texts[] = {
        "{}",
        "null",
        "[]",
        "{\"Statement\":\"Allow\"}",
        "{\"Statement\":[1]}",
        "{\"Statement\":[{\"Effect\":\"allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}",
        "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\"}]}",
        "{\"Statement\":[{\"Effect\":\"Allow\",\"Resource\":\"*\"}]}",
        "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[1],\"Resource\":\"*\"}]}",
        "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{}}]}",
        "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"NotResource\":\"x\",\"Resource\":\"*\"}]}",
        "{\"Statement\":[" ALLOW("\"*\"") ",{\"Effect\":\"Deny\"}]}",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        assert_int_equal(judge(texts[i]), POLICY_MALFORMED);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wildcards),
        cmocka_unit_test(statements_allow_and_deny),
        cmocka_unit_test(an_explicit_deny_wins),
        cmocka_unit_test(what_is_not_understood_lets_nobody_in),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
