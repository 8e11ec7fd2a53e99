/* SPDX-License-Identifier: MIT */
/* The directory of deployed versions: what counts as one, which is current, what is deleted. */
#include "deploy/versions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "deploy/versions_internal.h"
#include "host/disk.h"

static char root[] = "/tmp/interlude-versions-XXXXXX";
static const struct versions_place place = { root, "shop", "prod" };
static struct arena arena;

static void
put_marked(const char *name, struct str marker)
{
    struct err err;

    assert_true(disk_write(versions_path(&place, &arena, name, "manifest.json"), STR("{\"format\":1}"), &err));
    if (marker.len)
        assert_true(disk_write(versions_path(&place, &arena, name, VERSIONS_MARKER), marker, &err));
}

static void
put(const char *name, bool is_whole)
{
    put_marked(name, is_whole ? STR("{\"deployer\":\"ann\",\"createdAt\":7,\"size\":20}") : STR(""));
}

/* "30-c 20-b* 10-a": newest first, the current one with a star. */
static const char *
listed(void)
{
    struct kept_version *kept;
    const char *text = "";
    size_t count;

    versions_list(&place, &arena, &kept, &count);
    for (size_t i = 0; i < count; i++)
        text = arena_printf(&arena, "%s%s%s%s", text, i ? " " : "", kept[i].name, kept[i].is_current ? "*" : "");
    return text;
}

static const char *
spare(size_t keep)
{
    struct kept_version *found;
    const char *text = "";
    size_t count;

    versions_spare(&place, keep, &arena, &found, &count);
    for (size_t i = 0; i < count; i++)
        text = arena_printf(&arena, "%s %s", text, found[i].name);
    return text;
}

static void
f10_what_is_half_does_not_count(void **state)
{
    struct kept_version *kept;
    struct err err;
    size_t count;

    (void)state;
    assert_string_equal(listed(), "");
    assert_null(versions_current(&place, &arena));
    put("10-a", true);
    put("20-b", true);
    put("30-c", false);
    put("draft-40", true);
    assert_string_equal(listed(), "20-b 10-a");
    assert_true(versions_make_current(&place, "10-a", &err));
    assert_true(versions_make_current(&place, "20-b", &err));
    assert_string_equal(versions_current(&place, &arena), "20-b");
    versions_list(&place, &arena, &kept, &count);
    assert_string_equal(kept[0].deployer, "ann");
    assert_int_equal(kept[0].created_at, 7);
    assert_int_equal(kept[0].bytes, 20);
    versions_sweep(root);
    assert_string_equal(listed(), "20-b* 10-a");
    assert_int_equal(access(versions_path(&place, &arena, "30-c", ""), F_OK), -1);
    assert_int_equal(access(versions_path(&place, &arena, "draft-40", ""), F_OK), -1);
}

static void
count_place(void *arg, const struct versions_place *found)
{
    assert_string_equal(found->service, "shop");
    assert_string_equal(found->stage, "prod");
    ++*(int *)arg;
}

static void
f10_the_newest_and_the_current_are_kept(void **state)
{
    struct err err;
    int count = 0;

    (void)state;
    put("30-c", true);
    put("40-d", true);
    assert_true(versions_make_current(&place, "10-a", &err));
    assert_string_equal(spare(2), " 20-b");
    assert_string_equal(spare(0), " 40-d 30-c 20-b");
    put_marked("35-f", STR("{\"deployer\":\"ann\",\"function\":\"quote\",\"base\":30,\"numbers\":{\"quote\":2}}"));
    assert_string_equal(spare(2), " 20-b"); /* versions of functions are counted for themselves */
    assert_string_equal(spare(1), " 30-c 20-b");
    assert_string_equal(spare(0), " 40-d 35-f 30-c 20-b");
    assert_true(versions_make_current(&place, "35-f", &err));
    assert_string_equal(spare(0), " 40-d 20-b 10-a"); /* 30-c is what it changed */
    assert_true(versions_make_current(&place, "10-a", &err));
    versions_delete(&place, "35-f");
    versions_delete(&place, "20-b");
    assert_string_equal(listed(), "40-d 30-c 10-a*");
    versions_delete(&place, "10-a"); /* it is current */
    versions_delete(&place, "40-d");
    assert_string_equal(listed(), "30-c 10-a*");
    versions_each(root, count_place, &count);
    assert_int_equal(count, 1);
    assert_true(versions_remove(&place, &err));
    assert_string_equal(listed(), "");
    versions_each(root, count_place, &count);
    assert_int_equal(count, 1);
}

static void
f9_names_stay_within_the_directory(void **state)
{
    (void)state;
    assert_true(versions_is_name("shop-2_x"));
    assert_false(versions_is_name(""));
    assert_false(versions_is_name(".."));
    assert_false(versions_is_name("a/b"));
    assert_false(versions_is_name("0123456789012345678901234567890123456789012345678901234567890123x"));
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
        cmocka_unit_test(f10_what_is_half_does_not_count),
        cmocka_unit_test(f10_the_newest_and_the_current_are_kept),
        cmocka_unit_test(f9_names_stay_within_the_directory),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
