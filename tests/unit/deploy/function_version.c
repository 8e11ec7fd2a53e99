/* SPDX-License-Identifier: MIT */
/* One function of what is current is another one: its file, its settings, and what its provider gave it. */
#include "deploy/function_version.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "deploy/versions_internal.h"
#include "host/disk.h"

static char root[] = "/tmp/interlude-function-XXXXXX";
static const struct versions_place place = { root, "shop", "prod" };
static struct arena arena;
static struct err err;

#define PROVIDER_A "{\"environment\":{\"A\":\"1\",\"B\":\"2\"},\"timeout\":9}"
#define PROVIDER_B "{\"environment\":{\"B\":\"3\",\"C\":\"4\"}}"
#define MANIFEST(time, provider, functions, entries, files)                                                            \
    "{\"format\":1,\"timestamp\":" time ",\"config\":{\"service\":\"shop\",\"provider\":" provider                     \
    ",\"functions\":" functions "},\"functions\":" entries ",\"routes\":{\"routes/a.so\":{}},\"files\":" files         \
    ",\"built\":{\"cc\":\"gcc\"}}"
#define ENTRY(file, sha) "{\"file\":\"" file "\",\"symbol\":\"handler\",\"sha256\":\"" sha "\",\"abi\":1}"
#define SHA(sha) "{\"sha256\":\"" sha "\",\"size\":1}"

static void
put(const char *version, const char *file, struct str text)
{
    assert_true(disk_write(versions_path(&place, &arena, version, file), text, &err));
}

static struct json
parsed(struct str text)
{
    struct json root_of;

    assert_true(json_parse(&arena, text, &root_of, &err));
    return root_of;
}

/* quote and twin share a file. */
static void
begin(void)
{
    put("10-a", "manifest.json",
        STR(MANIFEST(
            "10", PROVIDER_A,
            "[{\"quote\":{\"handler\":\"dist/q.handler\",\"events\":[1]}},{\"twin\":{\"handler\":\"dist/q.handler\"}}]",
            "{\"quote\":" ENTRY("dist/q.so", "aa") ",\"twin\":" ENTRY("dist/q.so", "aa") "}",
            "{\"dist/q.so\":" SHA("aa") ",\"routes/a.so\":" SHA("bb") "}")));
    put("10-a", "dist/q.so", STR("old"));
    put("10-a", "routes/a.so", STR("route"));
    put("10-a", VERSIONS_MARKER, STR("{\"numbers\":{\"quote\":4,\"twin\":1}}"));
    assert_true(versions_make_current(&place, "10-a", &err));
}

static const char *
draft(void)
{
    const char *dir = versions_path(&place, &arena, "draft-20", "");

    versions_delete_tree(dir);
    assert_true(disk_make_parents(arena_printf(&arena, "%s/", dir), &err));
    return dir;
}

static bool
is_linked(const char *file)
{
    struct stat a, b;

    return stat(versions_path(&place, &arena, "10-a", file), &a) == 0 &&
           stat(versions_path(&place, &arena, "draft-20", file), &b) == 0 && a.st_ino == b.st_ino;
}

static void
f10_a_shared_file_stays_for_the_others(void **state)
{
    struct function_change change = { .key = "quote", .has_code = true, .has_config = true, .timestamp_ms = 20 };
    const char *dir;
    struct str text, numbers;
    struct json made;

    (void)state;
    begin();
    dir = draft();
    assert_true(disk_write(arena_printf(&arena, "%s/dist/q.so", dir), STR("new"), &err));
    change.manifest = parsed(STR(MANIFEST(
        "20", PROVIDER_B, "{\"quote\":{\"handler\":\"dist/q.handler\",\"environment\":{\"C\":\"5\"},\"events\":[2]}}",
        "{\"quote\":" ENTRY("dist/q.so", "cc") "}", "{\"dist/q.so\":" SHA("cc") "}")));
    assert_true(function_version_fill(&place, dir, &change, &arena, &text, &err));
    assert_true(is_linked("dist/q.so"));
    assert_true(is_linked("routes/a.so"));
    assert_false(is_linked("manifest.json"));
    assert_int_equal(access(arena_printf(&arena, "%s/functions/quote/dist/q.so", dir), F_OK), 0);
    made = parsed(text);
    assert_string_equal(arena_strndup(&arena, json_raw(json_get(json_get(made, "config"), "functions")).p,
                                      json_raw(json_get(json_get(made, "config"), "functions")).len),
                        "[{\"quote\":{\"handler\":\"functions/quote/dist/"
                        "q.handler\",\"environment\":{\"C\":\"5\",\"B\":\"3\",\"A\":null},"
                        "\"events\":[1],\"timeout\":6}},{\"twin\":{\"handler\":\"dist/q.handler\"}}]");
    assert_true(json_is(json_get(json_get(json_get(made, "functions"), "quote"), "file"), "functions/quote/dist/q.so"));
    assert_int_equal(json_count(json_get(made, "files")), 3);
    assert_int_equal(json_count(json_get(made, "routes")), 1);
    assert_int_equal(json_int(json_get(made, "timestamp"), 0), 20);
    numbers = function_version_numbers(&place, &arena, made);
    assert_true(str_is(numbers, "{\"quote\":5,\"twin\":1}"));
    assert_string_equal(function_version_find(&place, &arena, "quote", 4), "10-a");
    assert_null(function_version_find(&place, &arena, "quote", 5));
}

static void
f10_settings_alone(void **state)
{
    struct function_change change = { .key = "quote", .has_config = true, .timestamp_ms = 20 };
    struct str text;
    const char *dir;

    (void)state;
    begin();
    dir = draft();
    change.manifest = parsed(
        STR(MANIFEST("20", PROVIDER_A, "{\"quote\":{\"handler\":\"dist/other.main\",\"timeout\":3}}", "{}", "{}")));
    assert_true(function_version_fill(&place, dir, &change, &arena, &text, &err));
    assert_true(is_linked("dist/q.so"));
    assert_non_null(strstr(text.p, "{\"quote\":{\"handler\":\"dist/q.handler\",\"timeout\":3,\"events\":[1]}}"));
    change.key = "none";
    assert_false(function_version_fill(&place, draft(), &change, &arena, &text, &err));
    assert_non_null(strstr(err.text, "functions.none is not part of what is live"));
}

/* A manifest is what somebody sent. */
static void
f10_files_stay_within_the_version(void **state)
{
    struct function_change change = { .key = "quote", .has_code = true, .timestamp_ms = 20 };
    struct str text;

    (void)state;
    begin();
    change.manifest = parsed(STR(MANIFEST("20", PROVIDER_A, "{\"quote\":{\"handler\":\"dist/q.handler\"}}",
                                          "{\"quote\":" ENTRY("../../q.so", "cc") "}", "{}")));
    assert_false(function_version_fill(&place, draft(), &change, &arena, &text, &err));
    assert_non_null(strstr(err.text, "does not say which file"));
}

static int
setup(void **state)
{
    (void)state;
    arena_init(&arena, 0);
    return mkdtemp(root) ? 0 : -1;
}

static int
teardown(void **state)
{
    (void)state;
    arena_fini(&arena);
    return versions_delete_tree(root) ? 0 : -1;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(f10_a_shared_file_stays_for_the_others),
        cmocka_unit_test(f10_settings_alone),
        cmocka_unit_test(f10_files_stay_within_the_version),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
