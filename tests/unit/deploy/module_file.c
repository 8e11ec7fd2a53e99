/* SPDX-License-Identifier: MIT */
/* What shared objects say about themselves: good and bad modules of tests/modules, and every kind of damage. */
#include "deploy/module_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "host/disk.h"

enum { MAX_FILE = 16 << 20 };

static struct arena arena;
static struct err err;

static struct str
bytes_of(const char *name)
{
    const char *folder = getenv("INTERLUDE_MODULES");
    struct str bytes = { NULL, 0 };

    if (!folder || !disk_read(&arena, arena_printf(&arena, "%s/%s", folder, name), MAX_FILE, &bytes, NULL))
        skip();
    return bytes;
}

static bool
has_route(const struct module_file *file, const char *symbol)
{
    for (size_t i = 0; i < file->route_count; i++)
        if (strcmp(file->routes[i].symbol, symbol) == 0)
            return true;
    return false;
}

static void
good_modules(void **state)
{
    struct module_file file;

    (void)state;
    assert_true(module_file_read(&file, &arena, bytes_of("lambda.so"), &err));
    assert_int_equal(file.machine, module_own_machine());
    assert_int_equal(file.abi_major, 1);
    assert_true(file.route_count > 3);
    assert_true(has_route(&file, "fails"));
    assert_false(has_route(&file, "interlude_module"));
    assert_true(file.needed_count > 0);
    assert_int_equal(file.glibc_major, 2);
    assert_true(*file.glibc_symbol);
    assert_null(file.library_path);
    assert_false(file.has_text_relocations);
}

static void
refused(const char *name, const char *reason)
{
    struct module_file file;

    assert_false(module_file_read(&file, &arena, bytes_of(name), &err));
    assert_non_null(strstr(err.text, reason));
}

static void
bad_modules(void **state)
{
    (void)state;
    refused("no_symbol.so", "exports no interlude_module");
    refused("wrong_abi.so", "built for version");
}

/* Never more than an error: cut at every length, every byte of the head wrong in turn. */
static void
damaged_modules(void **state)
{
    struct str whole = bytes_of("echo.so");
    struct module_file file;

    (void)state;
    for (size_t len = 0; len < whole.len; len += len < 1024 ? 1 : 97) {
        char *exact = mem_realloc(NULL, len + 1); /* so that a sanitizer sees what is read behind it */

        memcpy(exact, whole.p, len);
        assert_false(module_file_read(&file, &arena, (struct str){ exact, len }, &err));
        free(exact);
    }
    for (size_t at = 0; at < 2048 && at < whole.len; at++) {
        char *copy = mem_realloc(NULL, whole.len);

        memcpy(copy, whole.p, whole.len);
        copy[at] = (char)~copy[at];
        if (!module_file_read(&file, &arena, (struct str){ copy, whole.len }, &err))
            assert_true(*err.text);
        free(copy);
    }
    arena_reset(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_modules),
        cmocka_unit_test(bad_modules),
        cmocka_unit_test(damaged_modules),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
