/* SPDX-License-Identifier: MIT */
/* Slugs from paths, and versions from what a probe reports. */
#include "host/version.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/mem.h"

static void
slugs_come_from_paths(void **state)
{
    static const struct {
        const char *file, *slug;
    } rows[] = { { "hello.so", "hello" },
                 { "users/edit.so", "users/edit" },
                 { "users/index.so", "users" },
                 { "index.so", "index" },
                 { "a/b/c-d_e.f.so", "a/b/c-d_e.f" },
                 { "hello.txt", NULL },
                 { ".so", NULL },
                 { "a//b.so", NULL },
                 { "../b.so", NULL },
                 { "a b.so", NULL },
                 { "\xc3\xbc.so", NULL } };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char *slug = slug_from_file(str_of(rows[i].file));

        if (rows[i].slug)
            assert_string_equal(slug, rows[i].slug);
        else
            assert_null(slug);
        free(slug);
    }
}

static struct version *
make(const char *file, const char *descriptor, struct err *err)
{
    return version_new(file, file, "/staged/x.so", "0123", str_of(descriptor), NULL, err);
}

static void
a_descriptor_becomes_routes(void **state)
{
    struct err err;
    struct version *version =
        make("shop/tools.c",
             "{\"routes\":[{\"kind\":\"action\",\"slug\":\"refund\",\"name\":\"Refund\",\"backgroundable\":true},"
             "{\"kind\":\"page\",\"slug\":\"orders/"
             "open\"},{\"kind\":\"function\",\"slug\":\"\",\"method\":\"POST\",\"timeoutMs\":50}]}",
             &err);

    (void)state;
    assert_non_null(version);
    assert_int_equal(version->route_count, 3);
    assert_string_equal(version->routes[0].slug, "shop/refund");
    assert_string_equal(version->routes[0].name, "Refund");
    assert_true(version->routes[0].backgroundable);
    assert_true(version->routes[0].warn_on_close); /* the default (host-protocol.md 2.0) */
    assert_string_equal(version->routes[1].slug, "shop/orders/open");
    assert_string_equal(version->routes[1].name, "open");
    assert_string_equal(version->routes[2].slug, "shop/tools");
    assert_int_equal(version->routes[2].slot, 2);
    assert_true(version_has_functions(version));
    version_put(version);
}

static void
a_bad_descriptor_is_refused_in_words(void **state)
{
    static const struct {
        const char *file, *descriptor, *word;
    } rows[] = {
        { "a.so", "{", "cannot be read" },
        { "a.so", "{}", "no route" },
        { "a.so", "{\"routes\":[]}", "no route" },
        { "a.so", "{\"error\":\"The file is empty.\"}", "The file is empty." },
        { "a b.so", "{\"routes\":[{\"kind\":\"page\"}]}", "no valid slug" },
        { "a.so", "{\"routes\":[{\"kind\":\"view\",\"slug\":\"x\"}]}", "neither" },
        { "a.so", "{\"routes\":[{\"kind\":\"page\",\"slug\":\"../x\"}]}", "not valid" },
        { "a.so", "{\"routes\":[{\"kind\":\"page\",\"slug\":\"x\"},{\"kind\":\"action\",\"slug\":\"x\"}]}",
          "two routes" },
        { "a.so", "{\"routes\":[{\"kind\":\"function\",\"timeoutMs\":-1}]}", "time limit" },
        { "a.so", "{\"routes\":[7]}", "neither" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct err err = { "" };

        assert_null(make(rows[i].file, rows[i].descriptor, &err));
        if (!strstr(err.text, rows[i].word))
            fail_msg("%s: \"%s\" does not say \"%s\"", rows[i].descriptor, err.text, rows[i].word);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slugs_come_from_paths),
        cmocka_unit_test(a_descriptor_becomes_routes),
        cmocka_unit_test(a_bad_descriptor_is_refused_in_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
