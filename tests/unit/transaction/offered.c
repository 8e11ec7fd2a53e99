/* SPDX-License-Identifier: MIT */
/* What counts as chosen among the options of a select, and what does not. */
#include "transaction/offered.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"

#define RENDER(components) "{\"id\":\"x\",\"toRender\":[" components "]}"
#define SELECT(kind, options)                                                                                          \
    "{\"methodName\":\"SELECT_" kind "\",\"label\":\"\",\"props\":{\"options\":[" options "]}}"
#define ONE(value) "{\"label\":\"a\",\"value\":" value "}"
#define TEXT "{\"methodName\":\"INPUT_TEXT\",\"label\":\"\",\"props\":{}}"

static void
choices(void **state)
{
    static const char single[] = RENDER(TEXT "," SELECT("SINGLE", ONE("\"a\"") "," ONE("1") "," ONE("\"\\u017b\"")));
    static const char moments[] = RENDER(SELECT("SINGLE", ONE("\"2024-01-02T03:04:05+00:00\"")));
    static const char multiple[] = RENDER(SELECT("MULTIPLE", ONE("true") "," ONE("null") "," ONE("-2.50")));
    static const char table[] = RENDER("{\"methodName\":\"SELECT_TABLE\",\"label\":\"\",\"props\":{}}");
    static const struct {
        const char *render, *values;
        bool is_offered;
    } cases[] = {
        { single, "[\"\"," ONE("\"a\"") "]", true },
        { single, "[\"\"," ONE("1.0") "]", true },
        { single, "[\"\"," ONE("\"\xc5\xbb\"") "]", true },
        { single, "[\"\"," ONE("\"1\"") "]", false },
        { single, "[\"\"," ONE("\"mauve\"") "]", false },
        { single, "[\"\",{\"label\":\"a\"}]", false },
        { single, "[\"\",null]", true },  /* skipped; whether it may be is the host's to say */
        { single, "[\"\",\"a\"]", true }, /* no choice at all: the host refuses the type */
        { single, "[\"\"]", true },       /* nor too few values */
        { single, "[" ONE("7") ",{}]", false },
        { moments, "[" ONE("\"2024-01-02T03:04:05.000Z\"") "]", true },
        { moments, "[" ONE("\"soon\"") "]", false },
        { multiple, "[[]]", true },
        { multiple, "[[" ONE("null") "," ONE("-2.5") "," ONE("true") "]]", true },
        { multiple, "[[" ONE("true") "," ONE("false") "]]", false },
        { multiple, "[[7]]", false },
        { table, "[[{\"key\":\"9\"}]]", true },
        { RENDER(TEXT), "[\"SELECT_SINGLE\"]", true },
        { RENDER(SELECT("SINGLE", "")), "[" ONE("1") "]", false },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct arena arena;
        struct json values;
        struct err err;

        arena_init(&arena, 0);
        assert_true(json_parse(&arena, str_of(cases[i].values), &values, &err));
        if (answer_is_offered(str_of(cases[i].render), values) != cases[i].is_offered)
            fail_msg("%s to %s", cases[i].values, cases[i].render);
        arena_fini(&arena);
    }
}

/* As many choices as options, each the last one: must take no time, because everybody waits. */
static void
many(void **state)
{
    enum { COUNT = 10000 };
    struct buf render, values;
    struct arena arena;
    struct json root;
    struct err err;

    (void)state;
    buf_init(&render, 16 << 20);
    buf_init(&values, 16 << 20);
    buf_str(&render, "{\"toRender\":[{\"methodName\":\"SELECT_MULTIPLE\",\"props\":{\"options\":[");
    buf_str(&values, "[[");
    for (int i = 0; i < COUNT; i++) {
        buf_printf(&render, "%s{\"label\":\"x\",\"value\":\"\\u0061%d\"}", i ? "," : "", i);
        buf_printf(&values, "%s{\"value\":\"a%d\"}", i ? "," : "", COUNT - 1);
    }
    buf_str(&render, "]}}]}");
    buf_str(&values, "]]");
    arena_init(&arena, 0);
    assert_true(json_parse(&arena, buf_view(&values), &root, &err));
    assert_true(answer_is_offered(buf_view(&render), root));
    arena_fini(&arena);
    buf_fini(&render);
    buf_fini(&values);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(choices),
        cmocka_unit_test(many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
