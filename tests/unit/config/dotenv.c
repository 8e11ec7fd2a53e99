/* SPDX-License-Identifier: MIT */
/* The .env file. */
#include "config/dotenv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"

static struct arena arena;

/* "NAME=value;" for each setting, or the error. */
static void
expect(const char *text, const char *wanted)
{
    struct dotenv *first;
    struct err err;
    struct buf out;

    buf_init(&out, 4096);
    if (dotenv_parse(&arena, str_of(text), &first, &err))
        for (; first; first = first->next)
            buf_printf(&out, "%s=%s@%u;", first->name, first->value, first->line);
    else
        buf_str(&out, err.text);
    assert_string_equal(buf_text(&out), wanted);
    buf_fini(&out);
    arena_reset(&arena);
}

static void
plain_values(void **state)
{
    (void)state;
    expect("", "");
    expect("\n# only a comment\n\n", "");
    expect("A=1\nB = two words \r\nexport C=3", "A=1@1;B=two words@2;C=3@3;");
    expect("A=\nB=x#y # comment\nC=# comment", "A=@1;B=x#y@2;C=@3;");
    expect("export=1", "export=1@1;");
}

static void
quoted_values(void **state)
{
    (void)state;
    expect("A='as \\n it $is' # comment\nB=\"a\\n\\\"b\\\" \\$c\"", "A=as \\n it $is@1;B=a\n\"b\" $c@2;");
    expect("A=\"first\nsecond\"\nB=3", "A=first\nsecond@1;B=3@3;");
    expect("A=''\nB=\"\"", "A=@1;B=@2;");
}

static void
faults(void **state)
{
    (void)state;
    expect("A=1\nnonsense", "line 2 is not NAME=value");
    expect("=1", "line 1 is not NAME=value");
    expect("A='open\nB=2", "line 1: the quote is not closed");
    expect("A=\"x\\\"", "line 1: the quote is not closed");
    expect("A='x' y", "line 1: something follows the closing quote");
    expect("two words=1", "line 1 is not NAME=value");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_values),
        cmocka_unit_test(quoted_values),
        cmocka_unit_test(faults),
    };

    arena_init(&arena, 0);
    return cmocka_run_group_tests_name("config/dotenv", tests, NULL, NULL);
}
