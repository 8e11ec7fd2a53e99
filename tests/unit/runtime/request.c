/* SPDX-License-Identifier: MIT */
/*
 * core/runtime/request.c: taking requests apart, refusing what does not fit together. The way through a real runner:
 * tests/modules.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "runtime/response.h"

static const char texts[] = "GET\0/a/b\0x=1&y=%41%00%zz+&flag\0"
                            "host\0h\0X-Twice\0one\0x-twice\0two\0"
                            "id\0seven\0"
                            "the body";

static struct link_request
good_head(void)
{
    return (struct link_request){ .body_len = 8,
                                  .method_len = 3,
                                  .path_len = 4,
                                  .query_len = 21,
                                  .header_count = 3,
                                  .param_count = 1,
                                  .heads_len = 40 };
}

/* A payload in memory of its exact size, so that a sanitizer sees a step too far. */
static char *
make(const struct link_request *head, size_t text_len)
{
    char *payload = mem_alloc(sizeof *head + text_len);

    memcpy(payload, head, sizeof *head);
    memcpy(payload + sizeof *head, texts, text_len);
    return payload;
}

static bool
parse(struct il_request *req, char *payload, size_t len)
{
    struct err err;

    return request_parse(req, (struct str){ payload, len }, -1, &err);
}

static void
test_parts(void **state)
{
    size_t text_len = sizeof texts - 1;
    struct link_request head = good_head();
    char *payload = make(&head, text_len);
    struct il_response res;
    struct il_request req;

    (void)state;
    request_init(&req, &res);
    assert_true(parse(&req, payload, sizeof head + text_len));
    assert_string_equal(request_method(&req), "GET");
    assert_string_equal(request_path(&req), "/a/b");
    assert_string_equal(request_query(&req, "x"), "1");
    assert_string_equal(request_query(&req, "y"), "A%00%zz ");
    assert_string_equal(request_query(&req, "flag"), "");
    assert_null(request_query(&req, "z"));
    assert_string_equal(request_header(&req, "x-TWICE"), "one");
    assert_null(request_header(&req, "x-thrice"));
    assert_string_equal(request_path_param(&req, "id"), "seven");
    assert_null(request_path_param(&req, "ID"));
    assert_int_equal(request_body(&req).len, 8);
    assert_memory_equal(request_body(&req).p, "the body", 8);
    assert_string_equal(request_format(&req, "%d", 5), "5");
    assert_null(request_header(&req, NULL));
    request_done(&req, &res);
    request_fini(&req, &res);
    free(payload);
}

static void
test_every_truncation_is_refused(void **state)
{
    struct link_request head = good_head();
    struct il_response res;
    struct il_request req;

    (void)state;
    request_init(&req, &res);
    for (size_t len = 0; len < sizeof texts - 1; len++) {
        char *payload = make(&head, len);

        assert_false(parse(&req, payload, sizeof head + len));
        free(payload);
    }
    request_fini(&req, &res);
}

/* Each number of the head, set to what it cannot be. */
static void
test_wrong_numbers_are_refused(void **state)
{
    static const uint32_t values[] = { 1, 2, 41, 39, 1000, 0x7fffffff, 0xffffffff };
    static const size_t members[] = { offsetof(struct link_request, method_len),
                                      offsetof(struct link_request, path_len), offsetof(struct link_request, query_len),
                                      offsetof(struct link_request, heads_len),
                                      offsetof(struct link_request, header_count) };
    struct il_response res;
    struct il_request req;

    (void)state;
    request_init(&req, &res);
    for (size_t i = 0; i < COUNT_OF(members); i++)
        for (size_t k = 0; k < COUNT_OF(values); k++) {
            struct link_request head = good_head();
            char *payload;

            memcpy((char *)&head + members[i], &values[k], sizeof values[k]);
            payload = make(&head, sizeof texts - 1);
            assert_false(parse(&req, payload, sizeof head + sizeof texts - 1));
            free(payload);
        }
    request_fini(&req, &res);
}

static void
test_answers_are_checked(void **state)
{
    struct il_response res;
    struct il_request req;
    char *large = mem_alloc(RESPONSE_MAX_BODY + 1);

    (void)state;
    request_init(&req, &res);
    assert_int_equal(response_body(&res, 199, NULL, NULL, 0), IL_INVALID);
    assert_int_equal(response_body(&res, 600, NULL, NULL, 0), IL_INVALID);
    assert_int_equal(response_body(&res, 200, "a\r\nb", NULL, 0), IL_INVALID);
    assert_int_equal(response_body(&res, 200, NULL, NULL, 1), IL_INVALID);
    assert_int_equal(response_body(&res, 200, "text/plain", large, RESPONSE_MAX_BODY + 1), IL_NO_MEMORY);
    assert_int_equal(res.status, 0);
    assert_int_equal(response_body(&res, 200, "text/plain", large, RESPONSE_MAX_BODY), IL_OK);
    assert_int_equal(response_body(&res, 404, NULL, "x", 1), IL_OK);
    assert_int_equal(res.status, 404);
    assert_int_equal(res.body.len, 1);
    assert_int_equal(response_header(&res, "x-ok", "tab\tis fine"), IL_OK);
    assert_int_equal(response_header(&res, "x bad", "v"), IL_INVALID);
    assert_int_equal(response_header(&res, "", "v"), IL_INVALID);
    assert_int_equal(response_header(&res, "x", "a\nb"), IL_INVALID);
    assert_int_equal(response_header(&res, NULL, "v"), IL_INVALID);
    large[RESPONSE_MAX_HEADS] = '\0';
    memset(large, 'v', RESPONSE_MAX_HEADS);
    assert_int_equal(response_header(&res, "x", large), IL_NO_MEMORY);
    assert_int_equal(response_header(&res, "x", "still"), IL_OK);
    assert_int_equal(res.header_count, 2);
    while (res.header_count < RESPONSE_MAX_HEADERS)
        assert_int_equal(response_header(&res, "x", "more"), IL_OK);
    assert_int_equal(response_header(&res, "x", "too many"), IL_NO_MEMORY);
    request_fini(&req, &res);
    free(large);
}

/* What stands in the log when a handler returns what it was refused with. */
static void
test_refusals_say_why(void **state)
{
    struct il_response res;
    struct il_request req;

    (void)state;
    request_init(&req, &res);
    response_body(&res, 99, NULL, NULL, 0);
    assert_string_equal(res.problem, "il_respond: the status 99 is not one of 200 to 599");
    response_body(&res, 200, NULL, NULL, 5);
    assert_string_equal(res.problem, "il_respond: the body is NULL, but its length is 5");
    response_body(&res, 200, NULL, "", RESPONSE_MAX_BODY + 1);
    assert_string_equal(res.problem, "il_respond: the body has 10485761 bytes, at most 10485760 are possible");
    response_header(&res, "two words", "v");
    assert_string_equal(res.problem, "il_respond_header: \"two words\" cannot be the name of a header");
    response_header(&res, "x", "a\nb");
    assert_string_equal(res.problem, "il_respond_header: the value of x has a control character");
    response_header(&res, "x", NULL);
    assert_string_equal(res.problem, "il_respond_header: the value is NULL");
    assert_int_equal(response_body(&res, 200, NULL, NULL, 0), IL_OK);
    assert_null(res.problem);
    request_fini(&req, &res);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_every_truncation_is_refused),
        cmocka_unit_test(test_wrong_numbers_are_refused),
        cmocka_unit_test(test_answers_are_checked),
        cmocka_unit_test(test_refusals_say_why),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
