/* SPDX-License-Identifier: MIT */
/* Reading what compilers say. */
#include "host/diagnostic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct arena arena;
static char root[64];

static int
enter(void **state)
{
    char path[128];
    FILE *file;

    (void)state;
    arena_init(&arena, 0);
    snprintf(root, sizeof root, "/tmp/diagnostic-test-XXXXXX");
    if (!mkdtemp(root))
        return -1;
    snprintf(path, sizeof path, "%s/users", root);
    mkdir(path, 0755);
    snprintf(path, sizeof path, "%s/users/edit.c", root);
    file = fopen(path, "w");
    if (!file)
        return -1;
    fputs("int a;\n\tint b = x;\r\nint \"\xc3\xa9\" c;\n", file);
    return fclose(file);
}

static int
leave(void **state)
{
    char path[128];

    (void)state;
    snprintf(path, sizeof path, "%s/users/edit.c", root);
    unlink(path);
    snprintf(path, sizeof path, "%s/users", root);
    rmdir(path);
    arena_fini(&arena);
    return rmdir(root);
}

static void
expect(const char *output, const char *wanted)
{
    struct diagnostic *list = diagnostics_read(&arena, str_of(output), root);
    struct buf text;

    buf_init(&text, 65536);
    diagnostics_to_text(list, false, &text);
    assert_string_equal(buf_text(&text), wanted);
    buf_fini(&text);
}

#define CARET(line, byte, display)                                                                                     \
    "\"caret\": {\"byte-column\": " #byte ", \"display-column\": " #display ", \"line\": " #line                       \
    ", \"file\": \"users/edit.c\", \"column\": " #display "}"

static void
json_of_gcc(void **state)
{
    (void)state;
    expect("[]\n", "");
    expect("[{\"kind\": \"error\", \"column-origin\": 1, \"message\": \"'x' undeclared\", \"locations\": [{" CARET(
               2, 10, 17) ", \"finish\": {\"byte-column\": 10, \"display-column\": 17, \"line\": 2, \"file\": "
                          "\"users/edit.c\"}}], "
                          "\"children\": [{\"kind\": \"note\", \"message\": \"look here\", \"children\": [], "
                          "\"locations\": [{" CARET(1, 5, 5) "}]}]}, {\"kind\": \"warning\", \"message\": \"global\", "
                                                             "\"locations\": [], \"children\": []}]\n",
           "users/edit.c:2:10: error: 'x' undeclared\n"
           "    2 |         int b = x;\n"
           "      |                 ^\n"
           "users/edit.c:1:5: note: look here\n"
           "    1 | int a;\n"
           "      |     ^\n"
           "warning: global\n");
    expect("[{\"kind\": \"error\"\n", ""); /* cut off: no crash */
}

static void
text_of_clang(void **state)
{
    (void)state;
    expect("In file included from users/edit.c:1:\n"
           "users/edit.c:3:10: error: expected ';'\nint ...\n    ^\n"
           "./users/edit.c:2:10: warning: unused\n"
           "1 warning and 1 error generated.\n",
           "users/edit.c:3:10: error: expected ';'\n"
           "    3 | int \"\xc3\xa9\" c;\n"
           "      |         ^\n"
           "users/edit.c:2:10: warning: unused\n"
           "    2 |         int b = x;\n"
           "      |                 ^\n");
}

static void
words_of_linkers(void **state)
{
    char output[512];

    (void)state;
    snprintf(output, sizeof output,
             "[]\n/usr/bin/ld: /tmp/ccIA.o: in function `f':\n%s/users/edit.c:1: undefined reference to `g'\n"
             "/usr/bin/ld: %s/users/edit.c:1: undefined reference to `h'\ncollect2: error: ld returned 1 exit status\n",
             root, root);
    expect(output, "users/edit.c:1: error: undefined reference to `g'\n    1 | int a;\n"
                   "users/edit.c:1: error: undefined reference to `h'\n    1 | int a;\n");
    expect("/usr/bin/ld: cannot find -lnope: No such file or directory\ncollect2: error: ld returned 1 exit status\n",
           "error: cannot find -lnope: No such file or directory\n");
    expect("collect2: error: ld returned 1 exit status\n", "error: ld returned 1 exit status\n");
    expect("cc: fatal error: Killed signal terminated program cc1\ncompilation terminated.\n",
           "error: Killed signal terminated program cc1\n");
}

static void
for_the_browser(void **state)
{
    struct diagnostic *list =
        diagnostics_read(&arena, STR("users/edit.c:1:5: error: no \"a\"\nusers/edit.c:9:1: error: end\n"), root);
    struct buf text;

    (void)state;
    buf_init(&text, 65536);
    diagnostics_to_json(list, &text);
    assert_string_equal(
        buf_text(&text),
        "[{\"file\":\"users/edit.c\",\"line\":1,\"column\":5,\"severity\":\"error\",\"message\":\"no \\\"a\\\"\","
        "\"source\":\"int a;\",\"caret\":\"    ^\"},"
        "{\"file\":\"users/edit.c\",\"line\":9,\"column\":1,\"severity\":\"error\",\"message\":\"end\","
        "\"source\":\"\",\"caret\":\"\"}]");
    assert_string_equal(diagnostics_first_error(list)->message, "no \"a\"");
    buf_clear(&text);
    diagnostics_to_text(list->next, true, &text);
    assert_string_equal(buf_text(&text), "\033[1musers/edit.c:9:1:\033[0m \033[1;31merror:\033[0m end\n");
    buf_fini(&text);
}

static void
keeps_a_hundred(void **state)
{
    struct diagnostic *list;
    struct buf output;
    size_t count = 0;

    (void)state;
    buf_init(&output, 65536);
    for (int i = 0; i < 500; i++)
        buf_printf(&output, "a.c:%d:1: error: e\n", i + 1);
    for (list = diagnostics_read(&arena, buf_view(&output), root); list; list = list->next)
        count++;
    assert_int_equal(count, 100);
    buf_fini(&output);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_of_gcc),     cmocka_unit_test(text_of_clang),   cmocka_unit_test(words_of_linkers),
        cmocka_unit_test(for_the_browser), cmocka_unit_test(keeps_a_hundred),
    };

    return cmocka_run_group_tests_name("host/diagnostic", tests, enter, leave);
}
