/* SPDX-License-Identifier: MIT */
/* The local store: parts in order, limits, tokens that open one door only, and sweeping. */
#include "upload/local.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/clock.h"
#include "store/org.h"
#include "store/txn.h"
#include "upload/token.h"

enum { MAX_BYTES = 1000 };

static struct {
    char dir[64], uploads[96];
    struct store *store;
    struct secrets secrets;
    struct arena arena;
    struct org_local local;
    struct upload_object object;
} test;

static int
setup(void **state)
{
    struct err err = { "" };

    (void)state;
    snprintf(test.dir, sizeof test.dir, "/tmp/interlude-upload-XXXXXX");
    assert_non_null(mkdtemp(test.dir));
    snprintf(test.uploads, sizeof test.uploads, "%s/uploads", test.dir);
    arena_init(&test.arena, 0);
    test.store = store_open(&store_sqlite, arena_printf(&test.arena, "%s/state.db", test.dir), &sql_state, &err);
    assert_non_null(test.store);
    assert_true(store_bootstrap_local(test.store, &test.arena, &test.local, &err));
    assert_true(secrets_load(&test.secrets, test.dir, "", "", &err));
    assert_true(upload_local_init(&(struct upload_local_spec){ .store = test.store,
                                                               .secrets = &test.secrets,
                                                               .dir = test.uploads,
                                                               .app_url = "http://here",
                                                               .max_bytes = MAX_BYTES },
                                  &err));
    test.object = (struct upload_object){ uuid_v7(), uuid_v4(), "file-0" };
    return 0;
}

static int
teardown(void **state)
{
    static const char *const names[] = { "state.db", "state.db-wal", "state.db-shm", "secrets" };

    (void)state;
    upload_local.sweep(INT64_MAX);
    store_close(test.store);
    for (size_t i = 0; i < COUNT_OF(names); i++)
        unlink(arena_printf(&test.arena, "%s/%s", test.dir, names[i]));
    assert_int_equal(rmdir(test.uploads), 0); /* nothing is left behind */
    assert_int_equal(rmdir(test.dir), 0);
    arena_fini(&test.arena);
    return 0;
}

static struct upload_urls
urls(const char *key)
{
    struct upload_object object = test.object;
    struct upload_urls made;
    struct err err;

    object.key = key;
    assert_true(upload_local.urls(&test.arena, &object, NULL, 1, &made, &err));
    return made;
}

static enum upload_verdict
put(const char *bytes, int64_t at, int64_t total, int64_t *have)
{
    struct err err;

    return upload_local_put(
        &test.object, &(struct upload_part){ .bytes = str_of(bytes), .at = at, .total = total, .type = "text/plain" },
        have, &err);
}

static const char *
content(void)
{
    char *text = arena_alloc(&test.arena, MAX_BYTES + 1), type[32];
    int64_t size;
    int fd = upload_local_open(&test.object, &size, type, sizeof type);

    if (fd < 0)
        return "(none)";
    assert_int_equal(read(fd, text, MAX_BYTES), size);
    assert_string_equal(type, "text/plain");
    close(fd);
    return text;
}

static void
a_file_arrives_in_parts(void **state)
{
    int64_t have;

    (void)state;
    assert_int_equal(put("abc", 0, 3, &have), UPLOAD_GONE); /* nobody asked for addresses */
    urls("file-0");
    assert_int_equal(put("abc", 0, 9, &have), UPLOAD_MORE);
    assert_int_equal(have, 3);
    assert_int_equal(put("xyz", 6, 9, &have), UPLOAD_MORE); /* one in front is missing */
    assert_int_equal(have, 3);
    assert_string_equal(content(), "(none)");
    assert_int_equal(put("defghi", 3, 9, &have), UPLOAD_DONE);
    assert_string_equal(content(), "abcdefghi");
    assert_int_equal(put("new", 0, 3, &have), UPLOAD_DONE); /* another file into the same field */
    assert_string_equal(content(), "new");
    assert_int_equal(put("", 0, 0, &have), UPLOAD_DONE);
    assert_string_equal(content(), "");
}

static void
a_question_writes_nothing(void **state)
{
    struct upload_part question = { .is_question = true, .total = 6 };
    int64_t have;

    (void)state;
    urls("file-0");
    put("abc", 0, 6, &have);
    assert_int_equal(upload_local_put(&test.object, &question, &have, NULL), UPLOAD_MORE);
    assert_int_equal(have, 3);
    put("def", 3, 6, &have);
    assert_int_equal(upload_local_put(&test.object, &question, &have, NULL), UPLOAD_DONE);
}

static void
a_run_has_so_much_room(void **state)
{
    char big[MAX_BYTES];
    int64_t have;

    (void)state;
    memset(big, 'x', sizeof big);
    big[600] = '\0';
    urls("file-0");
    assert_int_equal(put("abc", 0, MAX_BYTES + 1, &have), UPLOAD_LARGE);
    assert_int_equal(put(big, 0, 600, &have), UPLOAD_DONE);
    test.object.key = "file-1";
    urls("file-1");
    assert_int_equal(put(big, 0, 600, &have), UPLOAD_LARGE);
    assert_int_equal(put("abc", 0, 3, &have), UPLOAD_DONE);
}

static void
a_token_opens_one_door(void **state)
{
    struct upload_urls made = urls("file-0");
    const char *token = strrchr(made.put, '/') + 1;
    struct upload_object object;
    char *bent = arena_strdup(&test.arena, token);

    (void)state;
    assert_true(upload_token_open(&test.arena, &test.secrets, UPLOAD_PUT, str_of(token), 2, &object));
    assert_true(uuid_eq(object.transaction, test.object.transaction) && uuid_eq(object.group, test.object.group));
    assert_string_equal(object.key, "file-0");
    assert_false(upload_token_open(&test.arena, &test.secrets, UPLOAD_GET, str_of(token), 2, &object));
    assert_false(upload_token_open(&test.arena, &test.secrets, UPLOAD_PUT, str_of(token), 1 + UPLOAD_PUT_MS, &object));
    bent[10] = bent[10] == 'a' ? 'b' : 'a';
    assert_false(upload_token_open(&test.arena, &test.secrets, UPLOAD_PUT, str_of(bent), 2, &object));
    assert_false(upload_token_open(&test.arena, &test.secrets, UPLOAD_PUT, STR(""), 2, &object));
}

static void
keys_are_plain_names(void **state)
{
    static const char *const bad[] = { "", ".", "..", ".a", "a/b", "../a", "a\\b", "a b", "\xc3\xa4", "a\nb" };

    (void)state;
    assert_true(upload_key_is_valid("3:file-0") && upload_key_is_valid("a.b_c-0"));
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(upload_key_is_valid(bad[i]));
}

static void
begin_run(void)
{
    struct store_write *write = store_write_new();

    store_txn_insert(write,
                     &(struct txn){ .id = uuid_format(test.object.transaction).s,
                                    .org_id = test.local.org_id,
                                    .env_id = test.local.development_id,
                                    .route_slug = "import",
                                    .route_name = "Import",
                                    .owner_id = test.local.user_id },
                     "node");
    assert_int_equal(store_write_wait(test.store, write, NULL), STORE_DONE);
}

static void
end_run(void)
{
    struct store_write *write = store_write_new();

    store_txn_complete(write, uuid_format(test.object.transaction).s, "SUCCESS", STR("{}"), 0);
    assert_int_equal(store_write_wait(test.store, write, NULL), STORE_DONE);
}

static void
files_stay_while_their_run_is_open(void **state)
{
    int64_t have;

    (void)state;
    begin_run();
    urls("file-0");
    put("abc", 0, 3, &have);
    upload_local.sweep(INT64_MAX);
    assert_string_equal(content(), "abc");
    end_run();
    upload_local.sweep(clock_wall_ms() - UPLOAD_KEPT_MS);
    assert_string_equal(content(), "abc");
    upload_local.sweep(INT64_MAX);
    assert_string_equal(content(), "(none)");
    assert_int_equal(put("abc", 0, 3, &have), UPLOAD_GONE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_file_arrives_in_parts, setup, teardown),
        cmocka_unit_test_setup_teardown(a_question_writes_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(a_run_has_so_much_room, setup, teardown),
        cmocka_unit_test_setup_teardown(a_token_opens_one_door, setup, teardown),
        cmocka_unit_test_setup_teardown(keys_are_plain_names, setup, teardown),
        cmocka_unit_test_setup_teardown(files_stay_while_their_run_is_open, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
