/* SPDX-License-Identifier: MIT */
/* Compiling on save: the real compiler, a real directory, the real loop. */
#include "host/compile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ev.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "loop/control.h"

#define ROUTE                                                                                                          \
    "#include <interlude.h>\nstatic il_status f(il_ctx *ctx) { return il_return(ctx, { \"a\", IL_N(1) }); "            \
    "}\nIL_ACTION(f);\n"

static char top[64], routes[128], data[128];
static struct buf seen; /* "+file " compiled, "=file " found fresh, "!file message " failed, "-file " gone */
static struct buf last; /* diagnostics of the last event */
static const char *awaited;
static struct compile *compile;

static void
note(char what, const char *file, const char *text, struct str diagnostics)
{
    buf_printf(&seen, "%c%s %s%s", what, file, text, *text ? " " : "");
    buf_clear(&last);
    buf_put(&last, diagnostics.p, diagnostics.len);
    if (awaited && strstr(buf_text(&seen), awaited))
        control_stop();
}

static void
compiled(void *arg, const char *file, const char *object, int64_t elapsed_ms, struct str warnings)
{
    (void)arg;
    assert_int_equal(access(object, R_OK), 0);
    note(elapsed_ms ? '+' : '=', file, "", warnings);
}

static void
failed(void *arg, const char *file, const char *message, struct str diagnostics)
{
    (void)arg;
    note('!', file, message, diagnostics);
}

static void
gone(void *arg, const char *file)
{
    (void)arg;
    note('-', file, "", STR("[]"));
}

static const struct compile_events events = { compiled, failed, gone };

static void
deadline(struct ev_loop *loop, ev_timer *timer, int event)
{
    (void)loop, (void)timer, (void)event;
    fail_msg("waited for \"%s\", saw \"%s\"", awaited, buf_text(&seen));
}

static void
await(const char *text)
{
    ev_timer timer;

    ev_timer_init(&timer, deadline, 60.0, 0);
    ev_timer_start(control_loop(), &timer);
    awaited = text;
    if (!strstr(buf_text(&seen), text))
        control_run();
    awaited = NULL;
    ev_timer_stop(control_loop(), &timer);
}

static void
expect(const char *text)
{
    await(text);
    assert_string_equal(buf_text(&seen), text);
    buf_clear(&seen);
}

static void
save(const char *name, const char *text)
{
    char path[256];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", routes, name);
    file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void
start(void)
{
    struct err err;

    compile = compile_start(
        &(struct compile_spec){ .root_dir = routes, .data_dir = data, .folder = "build", .events = &events }, &err);
    if (!compile)
        fail_msg("%s", err.text);
}

static bool
exists(const char *name)
{
    char path[256];

    snprintf(path, sizeof path, "%s/%s", data, name);
    return access(path, F_OK) == 0;
}

static int
remove_entry(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st, (void)kind, (void)ftw;
    return remove(path);
}

static int
enter(void **state)
{
    (void)state;
    unsetenv("CC");
    snprintf(top, sizeof top, "/tmp/compile-test-XXXXXX");
    buf_init(&seen, 1 << 20);
    buf_init(&last, 1 << 20);
    if (!mkdtemp(top))
        return -1;
    snprintf(routes, sizeof routes, "%s/routes", top);
    snprintf(data, sizeof data, "%s/data", top);
    return mkdir(routes, 0755);
}

static int
leave(void **state)
{
    (void)state;
    compile_stop(compile);
    compile = NULL;
    buf_fini(&seen);
    buf_fini(&last);
    return nftw(top, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static void
compiles_what_is_stale_only(void **state)
{
    (void)state;
    save("a.c", ROUTE);
    start();
    assert_int_equal(compile_pending(compile), 1);
    expect("+a.c ");
    assert_true(exists("build/a.so"));
    compile_stop(compile);
    compile = NULL;
    start();
    expect("=a.c "); /* not built again */
    compile_stop(compile);
    compile = NULL;
    save("a.c", ROUTE "\n");
    start();
    expect("+a.c ");
    save("a.c", ROUTE); /* touched in a session: built, or found to be what it was */
    expect("+a.c ");
    assert_int_equal(compile_pending(compile), 0);
}

static void
a_broken_source_keeps_its_object(void **state)
{
    (void)state;
    save("a.c", ROUTE);
    start();
    expect("+a.c ");
    save("a.c", ROUTE "int x = y;\n");
    expect("!a.c a.c:4: 'y' undeclared here (not in a function) ");
    assert_string_equal(
        buf_text(&last),
        "[{\"file\":\"a.c\",\"line\":4,\"column\":9,\"severity\":\"error\",\"message\":\"'y' undeclared here "
        "(not in a function)\",\"source\":\"int x = y;\",\"caret\":\"        ^\"}]");
    assert_true(exists("build/a.so"));
    save("a.c", ROUTE);
    expect("=a.c "); /* what the object was made of is back */
}

static void
warnings_are_told_and_stop_nothing(void **state)
{
    (void)state;
    save("a.c", ROUTE "static int unused_thing;\n");
    start();
    expect("+a.c ");
    assert_non_null(strstr(buf_text(&last), "\"severity\":\"warning\""));
    assert_non_null(strstr(buf_text(&last), "unused_thing"));
}

static void
headers_concern_those_who_include_them(void **state)
{
    char path[256];

    (void)state;
    snprintf(path, sizeof path, "%s/users", routes);
    mkdir(path, 0755);
    save("shared.h", "#define ONE 1\n");
    save("users/a.c", "#include \"../shared.h\"\n" ROUTE);
    save("b.c", ROUTE);
    start();
    await("+users/a.c ");
    await("+b.c ");
    buf_clear(&seen);
    save("shared.h", "#define ONE 2\n");
    expect("+users/a.c ");
    snprintf(path, sizeof path, "%s/shared.h", routes);
    unlink(path);
    await("!users/a.c users/a.c:1: ../shared.h: No such file or directory ");
    buf_clear(&seen);
    save("shared.h", "#define ONE 3\n");
    expect("+users/a.c ");
}

/* A compiler that stands still, before it does anything, as long as there is a file "hold". */
static void
make_slow_compiler(char *path, size_t size)
{
    FILE *file;

    snprintf(path, size, "%s/fifo", top);
    assert_int_equal(mkfifo(path, 0600), 0);
    snprintf(path, size, "%s/slow-cc", top);
    file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "#!/bin/sh\nif [ -e %s/hold ]; then >%s/entered; read x <%s/fifo; fi\nexec cc \"$@\"\n", top, top,
            top);
    fclose(file);
    chmod(path, 0755);
}

static void
the_newest_save_wins(void **state)
{
    char path[256];

    (void)state;
    make_slow_compiler(path, sizeof path);
    setenv("CC", path, 1);
    save("first.c", ROUTE);
    start();
    expect("+first.c ");
    save("../hold", "");
    save("a.c", ROUTE);
    while (!exists("../entered"))
        ev_run(control_loop(), EVRUN_NOWAIT);
    snprintf(path, sizeof path, "%s/hold", top);
    unlink(path);
    save("a.c", ROUTE "int x = y;\n");
    expect("!a.c a.c:4: 'y' undeclared here (not in a function) "); /* and nothing of the first */
}

static void
a_removed_source_takes_its_object_along(void **state)
{
    char path[256];

    (void)state;
    save("a.c", ROUTE);
    start();
    expect("+a.c ");
    snprintf(path, sizeof path, "%s/a.c", routes);
    unlink(path);
    expect("-a.c ");
    assert_false(exists("build/a.so"));
}

static void
links_the_libraries_of_the_comment(void **state)
{
    (void)state;
    save("a.c",
         "// SPDX-License-Identifier: MIT\n// link: -lm -Wl,--evil ../x.o\n#include <math.h>\ndouble g(double x);\n"
         "double g(double x) { return cos(x); }\n" ROUTE);
    start();
    expect("+a.c ");
    save("a.c", "#include <math.h>\n// link: -lm\ndouble g(double x);\ndouble g(double x) { return cos(x); }\n" ROUTE);
    expect("!a.c a.c:4: undefined reference to `cos' "); /* not a leading comment */
    save("a.c", "// link: -lno-such-library\n" ROUTE);
    expect("!a.c cannot find -lno-such-library: No such file or directory ");
}

static void
clang_does_too(void **state)
{
    (void)state;
    if (access("/usr/bin/clang", X_OK) != 0)
        skip();
    setenv("CC", "clang", 1);
    save("a.c", ROUTE);
    start();
    expect("+a.c ");
    save("a.c", ROUTE "int x = y;\n");
    expect("!a.c a.c:4: use of undeclared identifier 'y' ");
    assert_non_null(strstr(buf_text(&last), "\"caret\":\"        ^\""));
}

static void
a_killed_compiler_leaves_nothing(void **state)
{
    char path[256];

    (void)state;
    save("cc", "#!/bin/sh\ncase \"$*\" in *-fsyntax-only*) exit;; esac\n: >$TMPDIR/ccAbCdEf.s\nkill -KILL $$\n");
    snprintf(path, sizeof path, "%s/cc", routes);
    assert_int_equal(chmod(path, 0755), 0);
    setenv("CC", path, 1);
    snprintf(path, sizeof path, "%s/tmp", data);
    assert_int_equal(mkdir(data, 0755) | mkdir(path, 0755), 0);
    snprintf(path, sizeof path, "%s/tmp/4194304-older", data); /* of a process that is no more: above every id */
    assert_int_equal(mkdir(path, 0755), 0);
    save("a.c", ROUTE);
    start();
    assert_false(exists("tmp/4194304-older"));
    await("!a.c the compiler said nothing");
    snprintf(path, sizeof path, "%s/tmp", data);
    assert_int_equal(rmdir(path), 0); /* it is empty */
}

static void
a_service_names_its_compiler(void **state)
{
    struct compile_spec spec = { .root_dir = routes,
                                 .data_dir = data,
                                 .folder = "build",
                                 .events = &events,
                                 .build = { .cc = "./own -DX", .dir = routes } };
    struct err err;

    (void)state;
    save("a.c", ROUTE);
    compile = compile_start(&spec, &err);
    await("!a.c custom.interlude.build.cc: there is no program \"./own -DX\" in /");
    compile_stop(compile);
    buf_clear(&seen);
    spec.build.cc = "no-such-cc";
    compile = compile_start(&spec, &err);
    expect("!a.c custom.interlude.build.cc: no-such-cc is not installed: apt install gcc (dnf install gcc), or name "
           "another compiler ");
}

static void
a_compiler_may_come_later(void **state)
{
    (void)state;
    setenv("CC", "no-such-cc -m64", 1);
    save("a.c", ROUTE);
    start();
    expect("!a.c there is no C compiler \"no-such-cc -m64\" in PATH; install one (Debian, Ubuntu: apt install gcc "
           "libc6-dev; Fedora: dnf install gcc) or name yours in the environment variable CC ");
    unsetenv("CC");
    save("a.c", ROUTE);
    expect("+a.c ");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(compiles_what_is_stale_only, enter, leave),
        cmocka_unit_test_setup_teardown(a_broken_source_keeps_its_object, enter, leave),
        cmocka_unit_test_setup_teardown(warnings_are_told_and_stop_nothing, enter, leave),
        cmocka_unit_test_setup_teardown(headers_concern_those_who_include_them, enter, leave),
        cmocka_unit_test_setup_teardown(the_newest_save_wins, enter, leave),
        cmocka_unit_test_setup_teardown(a_removed_source_takes_its_object_along, enter, leave),
        cmocka_unit_test_setup_teardown(links_the_libraries_of_the_comment, enter, leave),
        cmocka_unit_test_setup_teardown(clang_does_too, enter, leave),
        cmocka_unit_test_setup_teardown(a_killed_compiler_leaves_nothing, enter, leave),
        cmocka_unit_test_setup_teardown(a_service_names_its_compiler, enter, leave),
        cmocka_unit_test_setup_teardown(a_compiler_may_come_later, enter, leave),
    };

    control_init();
    return cmocka_run_group_tests_name("host/compile", tests, NULL, NULL);
}
