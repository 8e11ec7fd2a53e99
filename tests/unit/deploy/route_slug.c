/* SPDX-License-Identifier: MIT */
/* Under which slugs deployed routes answer, and which files a manifest names. */
#include "deploy/route_slug.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

static struct arena arena;

static const char *
slug(const char *dir, const char *prefix, const char *file)
{
    const struct service service = { .routes_dir = dir, .routes_prefix = prefix };

    return route_slug(&service, file, &arena);
}

static void
slugs(void **state)
{
    (void)state;
    assert_string_equal(slug("routes", "shop/prod", "routes/refund.so"), "shop/prod/refund");
    assert_string_equal(slug("routes", "shop/prod", "routes/users/edit.so"), "shop/prod/users/edit");
    assert_string_equal(slug("routes", "shop/prod", "routes/users/index.so"), "shop/prod/users");
    assert_string_equal(slug("routes", "shop/prod", "routes/index.so"), "shop/prod");
    assert_string_equal(slug("routes", "", "routes/users/edit.so"), "users/edit");
    assert_string_equal(slug("routes", "", "routes/index.so"), "index");
    assert_string_equal(slug("back/office", "desk", "back/office/a.so"), "desk/a");
}

static void
no_slugs(void **state)
{
    char name[400] = "routes/";

    (void)state;
    memset(name + 7, 'x', 300);
    memcpy(name + 307, ".so", 4);
    assert_null(slug("routes", "", name));
    assert_null(slug("routes", "", "routes/a b.so"));
    assert_null(slug("routes", "", "routes/a.c"));
    assert_null(slug("routes", "", "routes.so"));
    assert_null(slug("routes", "", "routes/../a.so"));
    assert_null(slug("routes", "", "dist/a.so"));
    assert_null(slug("routes", "shop", "routesmore/a.so"));
    assert_null(slug(NULL, "shop", "routes/a.so"));
}

static void
files_of_a_manifest(void **state)
{
    struct service_texts files;
    struct json root;
    struct err err;

    (void)state;
    assert_true(json_parse(&arena, STR("{\"routes\":{\"routes/a.so\":{\"abi\":1},\"routes/b.so\":{}}}"), &root, &err));
    files = route_files(root, &arena);
    assert_int_equal(files.count, 2);
    assert_string_equal(files.items[0], "routes/a.so");
    assert_string_equal(files.items[1], "routes/b.so");
    assert_true(json_parse(&arena, STR("{\"routes\":7}"), &root, &err));
    assert_int_equal(route_files(root, &arena).count, 0);
    assert_true(json_parse(&arena, STR("{}"), &root, &err));
    assert_int_equal(route_files(root, &arena).count, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(slugs), cmocka_unit_test(no_slugs),
                                        cmocka_unit_test(files_of_a_manifest) };
    int failed;

    arena_init(&arena, 0);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_fini(&arena);
    return failed;
}
