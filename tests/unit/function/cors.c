/* SPDX-License-Identifier: MIT */
/* What browsers are told about other origins (functions.md 1.10). Through a server: tests/wire/cors_test.py. */
#include "function/cors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/mem.h"

static const char *const origins[] = { "https://a.example", "https://*.b.example" }, *const names[] = { "X-A", "X-B" },
                         *const methods[] = { "GET", "OPTIONS" };
static const struct service_cors listed = { .origins = { origins, 2 },
                                            .headers = { names, 2 },
                                            .methods = { methods, 2 },
                                            .exposed_headers = { names, 1 },
                                            .allows_credentials = true,
                                            .max_age_s = 600 };

static const struct service_cors two_stars = { .origins = { (const char *const[]){ "https://*.*.example" }, 1 } };

/* "name=value;…" of the fields. */
static const char *
show(struct arena *arena, const struct http_field *fields, size_t count)
{
    char *text = arena_strdup(arena, "");

    for (size_t i = 0; i < count; i++)
        text = arena_printf(arena, "%s%.*s=%.*s;", text, STR_ARG(fields[i].name), STR_ARG(fields[i].value));
    return text;
}

static void
origins_are_matched(void **state)
{
    (void)state;
    assert_true(cors_allows(&listed, STR("https://a.example")));
    assert_true(cors_allows(&listed, STR("https://x.b.example")));
    assert_true(cors_allows(&listed, STR("https://x.y.b.example")));
    assert_false(cors_allows(&listed, STR("https://....example"))); /* one or more characters */
    assert_false(cors_allows(&listed, STR("https://b.example")));
    assert_false(cors_allows(&listed, STR("https://xbbbexample")));
    assert_false(cors_allows(&listed, STR("https://a.example.evil")));
    assert_false(cors_allows(&listed, STR("http://a.example")));
    assert_false(cors_allows(&listed, (struct str){ NULL, 0 }));
    assert_true(cors_allows(cors_of_method("GET"), STR("null")));
    assert_true(cors_allows(&two_stars, STR("https://a.b.example")));
    assert_true(cors_allows(&two_stars, STR("https://a.b.c.example")));
    assert_true(cors_allows(&two_stars, STR("https://....example")));
    assert_false(cors_allows(&two_stars, STR("https://.bb.example"))); /* each star */
    assert_false(cors_allows(&two_stars, STR("https://a..example")));
}

static const char *
preflight(struct arena *arena, const struct service_cors *cors, enum service_endpoint_kind kind, struct str origin)
{
    struct http_field fields[CORS_MAX_FIELDS];

    return show(arena, fields, cors_preflight_fields(arena, cors, kind, origin, fields));
}

static void
f6_preflights(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena, 0);
    assert_string_equal(
        preflight(&arena, cors_of_method("POST"), ENDPOINT_HTTP, STR("https://x")),
        "access-control-allow-origin=*;access-control-allow-headers=Content-Type,X-Amz-Date,Authorization,"
        "X-Api-Key,X-Amz-Security-Token,X-Amz-User-Agent,X-Amzn-Trace-Id;"
        "access-control-allow-methods=OPTIONS,POST;");
    assert_string_equal(
        preflight(&arena, &listed, ENDPOINT_HTTP, STR("https://x.b.example")),
        "vary=Origin;access-control-allow-origin=https://x.b.example;access-control-allow-headers=X-A,X-B;"
        "access-control-allow-methods=GET,OPTIONS;access-control-allow-credentials=true;"
        "access-control-max-age=600;access-control-expose-headers=X-A;");
    /* http: the first one, httpApi: nothing */
    assert_non_null(
        strstr(preflight(&arena, &listed, ENDPOINT_HTTP, STR("https://evil")), "origin=https://a.example;"));
    assert_non_null(
        strstr(preflight(&arena, &listed, ENDPOINT_HTTP, (struct str){ NULL, 0 }), "origin=https://a.example;"));
    assert_string_equal(preflight(&arena, &listed, ENDPOINT_HTTP_API, STR("https://evil")), "vary=Origin;");
    assert_non_null(strstr(preflight(&arena, cors_of_method(NULL), ENDPOINT_HTTP, STR("x")),
                           "methods=DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT;"));
    arena_fini(&arena);
}

static const char *
answer(struct arena *arena, enum service_endpoint_kind kind, const char *own, struct str origin)
{
    struct http_field fields[2 + CORS_MAX_FIELDS] = { { STR("x-own"), STR("1") } };
    size_t count = 1;

    if (own)
        fields[count++] = (struct http_field){ STR("Access-Control-Allow-Origin"), str_of(own) };
    return show(arena, fields, cors_answer_fields(arena, &listed, kind, origin, fields, count));
}

static void
f6_other_answers(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena, 0);
    assert_string_equal(answer(&arena, ENDPOINT_HTTP_API, "*", STR("https://a.example")),
                        "x-own=1;vary=Origin;access-control-allow-origin=https://a.example;"
                        "access-control-allow-credentials=true;access-control-expose-headers=X-A;");
    assert_string_equal(answer(&arena, ENDPOINT_HTTP_API, "*", STR("https://evil")), "x-own=1;vary=Origin;");
    assert_string_equal(answer(&arena, ENDPOINT_HTTP, "*", STR("https://a.example")),
                        "x-own=1;Access-Control-Allow-Origin=*;");
    assert_string_equal(answer(&arena, ENDPOINT_HTTP, NULL, STR("https://a.example")),
                        "x-own=1;vary=Origin;access-control-allow-origin=https://a.example;"
                        "access-control-allow-credentials=true;");
    assert_string_equal(answer(&arena, ENDPOINT_HTTP, NULL, STR("https://evil")), "x-own=1;vary=Origin;");
    arena_fini(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(origins_are_matched),
        cmocka_unit_test(f6_preflights),
        cmocka_unit_test(f6_other_answers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
