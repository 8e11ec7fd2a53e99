/* SPDX-License-Identifier: MIT */
/* Artefacts in one piece and in several: in order, not too large, and what was announced. */
#include "deploy/receive.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "deploy/package_internal.h"
#include "deploy/versions_internal.h"
#include "host/disk.h"

static char root[] = "/tmp/interlude-receive-XXXXXX";
static struct arena arena;

static enum received
take(const char *sha256, int64_t offset, int64_t size, const char *text, const char **path)
{
    struct err err;
    int64_t next;

    return receive(&(struct receive_piece){ root, sha256, offset, size, str_of(text) }, &arena, path, &next, &err);
}

static void
assert_holds(const char *path, const char *expected)
{
    struct str text;
    struct err err;

    assert_true(disk_read(&arena, path, 100, &text, &err));
    assert_string_equal(text.p, expected);
    assert_int_equal(unlink(path), 0);
}

static void
f9_pieces_make_what_was_announced(void **state)
{
    const char *path;
    char sha256[65];

    (void)state;
    package_sha256(STR("abcdef"), sha256);
    assert_int_equal(take(NULL, 0, 3, "abc", &path), RECEIVE_ALL);
    assert_holds(path, "abc");
    assert_int_equal(take(sha256, 3, 6, "def", &path), RECEIVE_REFUSED); /* too early */
    assert_int_equal(take(sha256, 0, 6, "abc", &path), RECEIVE_PART);
    assert_int_equal(take(sha256, 0, 6, "abc", &path), RECEIVE_PART); /* again */
    assert_int_equal(take(sha256, 3, 6, "dex", &path), RECEIVE_REFUSED);
    assert_int_equal(take(sha256, 0, 6, "abc", &path), RECEIVE_PART);
    assert_int_equal(take(sha256, 3, 6, "def", &path), RECEIVE_ALL);
    assert_holds(path, "abcdef");
}

static void
f9_what_is_no_piece_is_refused(void **state)
{
    const char *path;

    (void)state;
    assert_int_equal(take(NULL, -1, 3, "abc", &path), RECEIVE_REFUSED);
    assert_int_equal(take(NULL, 0, 3, "", &path), RECEIVE_REFUSED);
    assert_int_equal(take(NULL, 0, 2, "abc", &path), RECEIVE_REFUSED);
    assert_int_equal(take("../../x", 0, 3, "abc", &path), RECEIVE_REFUSED);
    assert_int_equal(take(NULL, 0, (int64_t)PACKAGE_MAX_BYTES + 1, "abc", &path), RECEIVE_TOO_LARGE);
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
    receive_sweep(root);
    arena_fini(&arena);
    return rmdir(root);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(f9_pieces_make_what_was_announced),
        cmocka_unit_test(f9_what_is_no_piece_is_refused),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
