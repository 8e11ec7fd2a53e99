/* SPDX-License-Identifier: MIT */
/* What loads on a machine and what does not, with words that say why. */
#include "deploy/machine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <elf.h>

static struct machine server = { "the server", 2, 36, EM_X86_64, "libsqlite3.so.0, libz.so.1" };
static struct err err;

static bool
takes(unsigned minor, const char *library)
{
    const char *needed[] = { "libc.so.6", library };

    return machine_takes(&server,
                         &(struct module_file){ .machine = EM_X86_64,
                                                .glibc_major = 2,
                                                .glibc_minor = minor,
                                                .glibc_symbol = "memcpy",
                                                .needed = needed,
                                                .needed_count = library ? 2 : 1 },
                         &err);
}

static void
f9_libc_versions(void **state)
{
    (void)state;
    assert_true(takes(36, NULL));
    assert_false(takes(38, NULL));
    assert_string_equal(err.text, "needs memcpy@GLIBC_2.38, the server has 2.36: build it on a system that is as old");
}

static void
f9_libraries(void **state)
{
    (void)state;
    assert_true(takes(2, "libz.so.1"));
    assert_true(takes(2, "libm.so.6"));
    assert_false(takes(2, "libz.so"));
    assert_non_null(strstr(err.text, "needs the library libz.so, which"));
    assert_false(takes(2, "libz.so.1.2"));
    assert_false(takes(2, ""));
    assert_false(takes(2, "/lib/libz.so.1"));
    server.libraries = NULL; /* as it is for `interlude package` */
    assert_true(takes(2, "libother.so.1"));
    assert_false(takes(2, "/lib/libz.so.1"));
}

static void
f9_machines(void **state)
{
    (void)state;
    assert_false(machine_takes(&server, &(struct module_file){ .machine = EM_AARCH64 }, &err));
    assert_non_null(strstr(err.text, "is built for aarch64, the server is x86_64"));
    assert_int_equal(module_machine("aarch64"), EM_AARCH64);
    assert_int_equal(module_machine("sparc"), EM_NONE);
}

/* What a server says is what a command understands, and less is fine. */
static void
f9_said_and_read(void **state)
{
    struct arena arena;
    struct json_out out;
    struct machine read;
    struct json root;
    struct buf text;

    (void)state;
    arena_init(&arena, 0);
    buf_init(&text, 4096);
    json_out_init(&out, &text);
    machine_json(&server, &out);
    assert_true(json_parse(&arena, buf_view(&text), &root, &err));
    read = machine_read(&arena, root);
    assert_int_equal(read.glibc_minor, 36);
    assert_int_equal(read.machine, EM_X86_64);
    assert_null(read.libraries);
    assert_true(json_parse(&arena, STR("{}"), &root, &err));
    read = machine_read(&arena, root);
    assert_int_equal(read.glibc_major, 0);
    assert_int_equal(read.machine, EM_NONE);
    buf_fini(&text);
    arena_fini(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(f9_libc_versions),
        cmocka_unit_test(f9_libraries),
        cmocka_unit_test(f9_machines),
        cmocka_unit_test(f9_said_and_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
