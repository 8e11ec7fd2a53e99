/* SPDX-License-Identifier: MIT */
/* core/runtime/fields.c: values of one name are found together, in their order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "runtime/fields.h"

static void
fill(struct fields *fields, struct arena *arena)
{
    static const char *const pairs[][2] = { { "b", "1" }, { "A", "2" },  { "a", "3" }, { "b", "4" },
                                            { "", "5" },  { "ab", "6" }, { "b", "7" } };

    assert_true(fields_init(fields, arena, COUNT_OF(pairs)));
    for (size_t i = 0; i < COUNT_OF(pairs); i++)
        fields_add(fields, str_of(pairs[i][0]), str_of(pairs[i][1]));
}

/* "b=1,4,7 A=2 …" */
static void
expect(const struct fields *fields, const char *wanted)
{
    struct buf text;

    buf_init(&text, 128);
    for (int32_t i = 0; i < fields->count; i++) {
        const struct field *one = &fields->list[i];

        if (one->is_repetition)
            continue;
        buf_printf(&text, "%.*s=", STR_ARG(one->name));
        for (;; one = &fields->list[one->next]) {
            buf_put(&text, one->value.p, one->value.len);
            if (one->next == FIELDS_NONE)
                break;
        }
        buf_char(&text, ' ');
    }
    assert_string_equal(buf_text(&text), wanted);
    buf_fini(&text);
}

static void
test_names_with_case(void **state)
{
    struct fields fields;
    struct arena arena;

    (void)state;
    arena_init(&arena, 0);
    fill(&fields, &arena);
    assert_true(fields_link(&fields, false));
    expect(&fields, "b=147 A=2 a=3 =5 ab=6 ");
    assert_true(str_is(fields_last(&fields, &fields.list[0]), "7"));
    arena_fini(&arena);
}

static void
test_names_without_case(void **state)
{
    struct fields fields;
    struct arena arena;

    (void)state;
    arena_init(&arena, 0);
    fill(&fields, &arena);
    assert_true(fields_link(&fields, true));
    expect(&fields, "b=147 A=23 =5 ab=6 ");
    arena_fini(&arena);
}

static void
test_no_memory(void **state)
{
    struct fields fields;
    struct arena arena;

    (void)state;
    arena_init(&arena, 64);
    assert_false(fields_init(&fields, &arena, 100));
    arena_fini(&arena);
}

static void
test_hop_by_hop(void **state)
{
    (void)state;
    assert_true(field_is_hop_by_hop("Connection"));
    assert_true(field_is_hop_by_hop("transfer-encoding"));
    assert_false(field_is_hop_by_hop("content-type"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_with_case),
        cmocka_unit_test(test_names_without_case),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_hop_by_hop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
