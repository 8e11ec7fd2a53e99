/* SPDX-License-Identifier: MIT */
/* Secrets: made once, kept privately, and what is sealed with them. */
#include "auth/secrets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[64], path[96];
static struct arena arena;

static int
setup(void **state)
{
    (void)state;
    snprintf(dir, sizeof dir, "/tmp/interlude-secrets-XXXXXX");
    if (!mkdtemp(dir))
        return 1;
    snprintf(path, sizeof path, "%s/secrets", dir);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    unlink(path);
    arena_fini(&arena);
    return rmdir(dir); /* also: no temporary file was left */
}

static void
are_made_once(void **state)
{
    struct secrets first, second;
    struct stat info;
    struct err err = { "" };

    (void)state;
    assert_true(secrets_load(&first, dir, NULL, "", &err));
    assert_true(secrets_load(&second, dir, NULL, NULL, &err));
    assert_memory_equal(&first, &second, sizeof first);
    assert_memory_not_equal(first.cookie_key, first.store_key, SECRETS_KEY_BYTES);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
}

static void
the_environment_wins_and_needs_no_file(void **state)
{
    struct secrets a, b;

    (void)state;
    assert_true(secrets_load(&a, dir, "one secret of many letters", "another secret of letters", NULL));
    assert_int_not_equal(access(path, F_OK), 0);
    assert_true(secrets_load(&b, dir, "one secret of many letters", NULL, NULL));
    assert_memory_equal(a.store_key, b.store_key, SECRETS_KEY_BYTES);
    assert_memory_not_equal(a.cookie_key, b.cookie_key, SECRETS_KEY_BYTES);
}

static void
a_readable_file_is_refused(void **state)
{
    struct secrets secrets;
    struct err err = { "" };

    (void)state;
    assert_true(secrets_load(&secrets, dir, NULL, NULL, &err));
    assert_int_equal(chmod(path, 0644), 0);
    assert_false(secrets_load(&secrets, dir, NULL, NULL, &err));
    assert_non_null(strstr(err.text, "chmod 600"));
}

static void
a_damaged_file_is_refused(void **state)
{
    struct secrets secrets;
    struct err err = { "" };
    FILE *file;

    (void)state;
    assert_true(secrets_load(&secrets, dir, NULL, NULL, &err));
    file = fopen(path, "w");
    fputs("AUTH_COOKIE_SECRET=0123456789012345678901234567890123456789\nSECRET=\n", file);
    fclose(file);
    assert_false(secrets_load(&secrets, dir, NULL, NULL, &err));
    assert_non_null(strstr(err.text, "at least"));
}

static void
what_was_sealed_opens(void **state)
{
    struct secrets secrets;
    struct str plain;
    char *sealed;

    (void)state;
    assert_true(secrets_load(&secrets, dir, NULL, NULL, NULL));
    sealed = secrets_seal(&arena, secrets.store_key, "test", STR("a\0b"));
    assert_true(secrets_open(&arena, secrets.store_key, "test", str_of(sealed), &plain));
    assert_true(str_eq(plain, STR("a\0b")));
    assert_false(secrets_open(&arena, secrets.store_key, "another purpose", str_of(sealed), &plain));
    assert_false(secrets_open(&arena, secrets.cookie_key, "test", str_of(sealed), &plain));
    assert_string_not_equal(sealed, secrets_seal(&arena, secrets.store_key, "test", STR("a\0b")));
}

static void
every_changed_letter_is_noticed(void **state)
{
    struct secrets secrets;
    struct str plain;
    char *sealed;

    (void)state;
    assert_true(secrets_load(&secrets, dir, NULL, NULL, NULL));
    sealed = secrets_seal(&arena, secrets.cookie_key, "test", STR("0123456789abcdef0123456789abcdef"));
    for (char *p = sealed; *p; p++) {
        char old = *p;

        *p = old == 'A' ? 'B' : 'A';
        assert_false(secrets_open(&arena, secrets.cookie_key, "test", str_of(sealed), &plain));
        *p = old;
    }
    for (size_t len = 0; len < strlen(sealed); len++)
        assert_false(secrets_open(&arena, secrets.cookie_key, "test", (struct str){ sealed, len }, &plain));
    assert_true(secrets_open(&arena, secrets.cookie_key, "test", str_of(sealed), &plain));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(are_made_once, setup, teardown),
        cmocka_unit_test_setup_teardown(the_environment_wins_and_needs_no_file, setup, teardown),
        cmocka_unit_test_setup_teardown(a_readable_file_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(a_damaged_file_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_sealed_opens, setup, teardown),
        cmocka_unit_test_setup_teardown(every_changed_letter_is_noticed, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
