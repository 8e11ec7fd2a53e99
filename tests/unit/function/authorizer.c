/* SPDX-License-Identifier: MIT */
/* What answers of authorizers mean, and how long they are remembered (functions.md 1.12, F8). */
#include "function/authorizer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/mem.h"
#include "function/answer_cache.h"

#define POLICY                                                                                                         \
    "\"policyDocument\":{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"execute-api:Invoke\",\"Resource\":\"a/"     \
    "*\"}]}"

static const struct service_authorizer token = { .kind = AUTHORIZER_TOKEN },
                                       policy_v2 = { .kind = AUTHORIZER_REQUEST, .is_http_api = true },
                                       simple = { .kind = AUTHORIZER_REQUEST,
                                                  .is_http_api = true,
                                                  .has_simple_responses = true };

static enum authorizer_verdict
judge(const struct service_authorizer *authorizer, const char *answer, const char *expected_context)
{
    enum authorizer_verdict verdict;
    struct arena arena;
    struct str context = { NULL, 0 };
    struct err err = { "" };

    arena_init(&arena, 0);
    verdict = authorizer_judge(&arena, authorizer, str_of(answer), STR("a/b"), &context, &err);
    assert_int_equal(verdict == AUTHORIZER_FAILED, err.text[0] != '\0');
    if (expected_context)
        assert_string_equal(context.p, expected_context);
    arena_fini(&arena);
    return verdict;
}

static void
f8_policies(void **state)
{
    (void)state;
    assert_int_equal(
        judge(&token, "{\"principalId\":\"u1\"," POLICY ",\"context\":{\"n\":1,\"b\":true,\"s\":\"x\",\"z\":null}}",
              "{\"principalId\":\"u1\",\"n\":\"1\",\"b\":\"true\",\"s\":\"x\"}"),
        AUTHORIZER_ALLOWS);
    assert_int_equal(judge(&token, "{\"principalId\":\"u1\"," POLICY ",\"context\":{\"principalId\":\"root\"}}",
                           "{\"principalId\":\"u1\"}"),
                     AUTHORIZER_ALLOWS);
    assert_int_equal(
        judge(&policy_v2, "{\"principalId\":\"u1\"," POLICY ",\"context\":{\"n\":1}}", "{\"lambda\":{\"n\":1}}"),
        AUTHORIZER_ALLOWS);
    assert_int_equal(judge(&token, "{\"principalId\":\"u1\",\"policyDocument\":{\"Statement\":[]}}", NULL),
                     AUTHORIZER_DENIES);
}

static void
f8_simple_answers(void **state)
{
    (void)state;
    assert_int_equal(judge(&simple, "{\"isAuthorized\":true,\"context\":{\"a\":[1]}}", "{\"lambda\":{\"a\":[1]}}"),
                     AUTHORIZER_ALLOWS);
    assert_int_equal(judge(&simple, "{\"isAuthorized\":true}", "{\"lambda\":{}}"), AUTHORIZER_ALLOWS);
    assert_int_equal(judge(&simple, "{\"isAuthorized\":false}", NULL), AUTHORIZER_DENIES);
}

static void
f8_handlers_may_answer_with_a_status(void **state)
{
    (void)state;
    assert_int_equal(judge(&token, "{\"statusCode\":401,\"body\":\"\"}", NULL), AUTHORIZER_KNOWS_NOBODY);
    assert_int_equal(judge(&simple, "{\"statusCode\":403}", NULL), AUTHORIZER_DENIES);
    assert_int_equal(judge(&simple, "{\"statusCode\":200,\"isAuthorized\":true}", NULL), AUTHORIZER_FAILED);
}

static void
f8_other_answers_let_nobody_in(void **state)
{
    static const char *const answers[] = {
        "", "null", "true", "{", "[]", "{\"isAuthorized\":\"true\"}", "{\"isAuthorized\":1}"
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        assert_int_equal(judge(&simple, answers[i], NULL), AUTHORIZER_FAILED);
        assert_int_equal(judge(&token, answers[i], NULL), AUTHORIZER_FAILED);
    }
    assert_int_equal(judge(&simple, "{\"isAuthorized\":true,\"context\":\"x\"}", NULL), AUTHORIZER_FAILED);
    assert_int_equal(judge(&token, "{" POLICY "}", NULL), AUTHORIZER_FAILED);
    assert_int_equal(judge(&token, "{\"principalId\":\"u\"," POLICY ",\"context\":{\"a\":{}}}", NULL),
                     AUTHORIZER_FAILED);
    assert_int_equal(judge(&token, "{\"isAuthorized\":true}", NULL), AUTHORIZER_FAILED);
}

static void
f8_answers_are_remembered_for_their_time(void **state)
{
    struct answer_cache cache;
    char key[32];

    (void)state;
    answer_cache_init(&cache);
    answer_cache_put(&cache, STR("k"), STR("one"), 1000);
    assert_true(str_is(answer_cache_find(&cache, STR("k"), 999), "one"));
    assert_null(answer_cache_find(&cache, STR("k"), 1000).p);
    assert_int_equal(cache.answers.count, 0);
    answer_cache_put(&cache, STR("k"), STR("one"), 1000);
    answer_cache_put(&cache, STR("k"), STR("two"), 2000);
    assert_true(str_is(answer_cache_find(&cache, STR("k"), 1500), "two"));
    for (int i = 0; i < ANSWER_CACHE_MAX; i++) {
        int len = snprintf(key, sizeof key, "key %d", i);

        answer_cache_put(&cache, (struct str){ key, (size_t)len }, STR("x"), 9000);
    }
    assert_int_equal(cache.answers.count, ANSWER_CACHE_MAX);
    assert_null(answer_cache_find(&cache, STR("k"), 0).p);
    assert_non_null(answer_cache_find(&cache, STR("key 0"), 0).p);
    answer_cache_fini(&cache);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(f8_policies),
        cmocka_unit_test(f8_simple_answers),
        cmocka_unit_test(f8_handlers_may_answer_with_a_status),
        cmocka_unit_test(f8_other_answers_let_nobody_in),
        cmocka_unit_test(f8_answers_are_remembered_for_their_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
