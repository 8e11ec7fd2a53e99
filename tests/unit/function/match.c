/* SPDX-License-Identifier: MIT */
#include "function/match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "http/request.h"

static void
add(struct match_tree *tree, const char *pattern, unsigned methods)
{
    struct err err = { "" };
    void *taken;

    if (!match_tree_add(tree, pattern, methods, (void *)(uintptr_t)pattern, &taken, &err))
        fail_msg("%s: %s", pattern, err.text);
}

static void
finds(const struct match_tree *tree, const char *path, unsigned method, const char *pattern, const char *params)
{
    struct match match;
    char got[256] = "";
    size_t len = 0;

    match_tree_find(tree, str_of(path), method, &match);
    if (!pattern) {
        assert_null(match.value);
        return;
    }
    assert_non_null(match.value);
    assert_string_equal(match.value, pattern);
    for (size_t i = 0; i < match.param_count; i++)
        len += (size_t)snprintf(got + len, sizeof got - len, "%s%.*s", i ? " " : "", STR_ARG(match.params[i]));
    assert_string_equal(got, params);
}

static void
exact_goes_before_parameters(void **state)
{
    struct match_tree *tree = match_tree_new();

    (void)state;
    add(tree, "/quote", HTTP_POST);
    add(tree, "/quote/{id}", HTTP_GET);
    add(tree, "/quote/new", HTTP_GET);
    add(tree, "/quote/{id}/lines/{line}", HTTP_GET);
    add(tree, "/files/{path+}", 0);
    add(tree, "/files/list", HTTP_GET);
    add(tree, "*", 0);
    finds(tree, "/quote", HTTP_POST, "/quote", "");
    finds(tree, "/quote/12", HTTP_GET, "/quote/{id}", "12");
    finds(tree, "/quote/new", HTTP_GET, "/quote/new", "");
    finds(tree, "/quote/12/lines/3", HTTP_GET, "/quote/{id}/lines/{line}", "12 3");
    finds(tree, "/files/list", HTTP_GET, "/files/list", "");
    finds(tree, "/files/list", HTTP_POST, "/files/{path+}", "list");
    finds(tree, "/files/a/b/c", HTTP_GET, "/files/{path+}", "a/b/c");
    finds(tree, "/files/", HTTP_GET, "*", "");
    finds(tree, "/", HTTP_GET, "*", "");
    finds(tree, "", HTTP_OTHER, "*", "");
    match_tree_free(tree);
}

static void
goes_back_when_the_exact_way_ends(void **state)
{
    struct match_tree *tree = match_tree_new();

    (void)state;
    add(tree, "/a/b/c", 0);
    add(tree, "/a/{x}/d", 0);
    add(tree, "/{y}/b/{z}", 0);
    finds(tree, "/a/b/c", HTTP_GET, "/a/b/c", "");
    finds(tree, "/a/b/d", HTTP_GET, "/a/{x}/d", "b");
    finds(tree, "/a/b/e", HTTP_GET, "/{y}/b/{z}", "a e");
    finds(tree, "/a/c/e", HTTP_GET, NULL, NULL);
    match_tree_free(tree);
}

static void
methods_of_a_path(void **state)
{
    struct match_tree *tree = match_tree_new();
    struct err err;
    struct match match;
    void *taken;

    (void)state;
    add(tree, "/x", HTTP_GET);
    add(tree, "/x", HTTP_POST);
    finds(tree, "/x", HTTP_PUT, NULL, NULL);
    match_tree_find(tree, STR("/x"), HTTP_PUT, &match);
    assert_string_equal(match.other, "/x");
    assert_int_equal(match.methods, HTTP_GET | HTTP_POST);
    assert_false(match_tree_add(tree, "/x", HTTP_GET, tree, &taken, &err));
    assert_string_equal(taken, "/x");
    add(tree, "/x", 0);
    finds(tree, "/x", HTTP_PUT, "/x", "");
    finds(tree, "/x", HTTP_HEAD, "/x", "");
    add(tree, "/{name}/y", HTTP_GET);
    assert_false(match_tree_add(tree, "/{other}/y", HTTP_GET, tree, &taken, &err)); /* the same path */
    match_tree_find(tree, STR("/nowhere"), HTTP_PUT, &match);
    assert_null(match.other);
    match_tree_free(tree);
}

static void
paths_are_compared_as_sent(void **state)
{
    struct match_tree *tree = match_tree_new();
    char out[16];

    (void)state;
    add(tree, "/caf\xc3\xa9/{x}", 0);
    add(tree, "/t", 0);
    add(tree, "/t/", 0);
    finds(tree, "/caf%C3%A9/1", HTTP_GET, "/caf\xc3\xa9/{x}", "1");
    finds(tree, "/caf%c3%a9/a%2Fb", HTTP_GET, "/caf\xc3\xa9/{x}", "a%2Fb"); /* an escaped slash never splits */
    finds(tree, "/%74", HTTP_GET, "/t", "");
    finds(tree, "/t/", HTTP_GET, "/t/", ""); /* a slash at the end means something */
    finds(tree, "/t//", HTTP_GET, NULL, NULL);
    finds(tree, "/caf%C3%A9/", HTTP_GET, NULL, NULL); /* a parameter is not empty */
    assert_int_equal(match_decode(STR("a%2Fb%25%41"), out), 5);
    assert_memory_equal(out, "a/b%A", 5);
    assert_int_equal(match_decode(STR("%4"), out), 2);
    match_tree_free(tree);
}

static void
bad_patterns_are_refused(void **state)
{
    static const char *const bad[] = { "",        "x",    "/{",      "/{}",  "/a{x}",    "/{x}b",
                                       "/{x+}/y", "/{+}", "/{x}{y}", "/}x{", "/a/{b/c}", "/**{" };
    struct match_tree *tree = match_tree_new();
    char longest[MATCH_MAX_PATTERN + 2];
    struct err err;
    void *taken;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(match_tree_add(tree, bad[i], 0, tree, &taken, &err));
    memset(longest, 'x', sizeof longest);
    longest[0] = '/';
    longest[sizeof longest - 1] = '\0';
    assert_false(match_tree_add(tree, longest, 0, tree, &taken, &err));
    longest[sizeof longest - 2] = '\0';
    assert_true(match_tree_add(tree, longest, 0, tree, &taken, &err));
    match_tree_free(tree);
}

static void
names_of_parameters(void **state)
{
    const char *pattern = "/a/{id}/b/{rest+}";

    (void)state;
    assert_true(str_is(match_param_name(&pattern), "id"));
    assert_true(str_is(match_param_name(&pattern), "rest"));
    assert_null(match_param_name(&pattern).p);
}

/* 300 routes with everything that makes a search go back: still a matter of microseconds. */
static void
many_routes_are_found_fast(void **state)
{
    enum { ROUTES = 300, ROUNDS = 20000 };
    static char patterns[ROUTES][64];
    struct match_tree *tree = match_tree_new();
    clock_t began;

    (void)state;
    for (size_t i = 0; i < ROUTES; i++) {
        snprintf(patterns[i], sizeof patterns[i], "/%s/%s/part%zu/{id}", i % 2 ? "{a}" : "shop", i % 3 ? "{b}" : "dev",
                 i);
        add(tree, patterns[i], HTTP_GET);
    }
    began = clock();
    for (size_t i = 0; i < ROUNDS; i++)
        finds(tree, "/shop/dev/part299/42", HTTP_GET, patterns[299], "shop dev 42");
    assert_true(clock() - began < CLOCKS_PER_SEC);
    match_tree_free(tree);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exact_goes_before_parameters),
        cmocka_unit_test(goes_back_when_the_exact_way_ends),
        cmocka_unit_test(methods_of_a_path),
        cmocka_unit_test(paths_are_compared_as_sent),
        cmocka_unit_test(bad_patterns_are_refused),
        cmocka_unit_test(names_of_parameters),
        cmocka_unit_test(many_routes_are_found_fast),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
