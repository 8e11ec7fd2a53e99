/* SPDX-License-Identifier: MIT */
/* Rich JSON both ways, and the calendar under it (io-methods.md 3). */
#include "browser.h"

#include <math.h>

#include "runtime/calendar.h"
#include "runtime/rich.h"

static void
assert_iso(int64_t ms, const char *wanted)
{
    char text[CALENDAR_TEXT_MAX];
    int64_t back = 1;

    assert_true(calendar_iso(ms, text));
    assert_string_equal(text, wanted);
    if (strlen(text) == 24) {
        assert_true(calendar_parse_iso(str_of(text), &back));
        assert_true(back == ms);
    }
}

static void
test_calendar(void **state)
{
    static const char *const wrong[] = { "",
                                         "2024-02-30T00:00:00.000Z",
                                         "2024-01-01T24:00:00.000Z",
                                         "2024-01-01T00:00:00Z",
                                         "2024-01-01 00:00:00.000Z",
                                         "2024-13-01T00:00:00.000Z" };
    char text[CALENDAR_TEXT_MAX];
    int64_t ms;

    (void)state;
    assert_iso(0, "1970-01-01T00:00:00.000Z");
    assert_iso(-1, "1969-12-31T23:59:59.999Z");
    assert_iso(1709251199999, "2024-02-29T23:59:59.999Z");
    assert_iso(951782400000, "2000-02-29T00:00:00.000Z");
    assert_iso(-62135596800000, "0001-01-01T00:00:00.000Z");
    assert_iso(253402300799999, "9999-12-31T23:59:59.999Z");
    assert_iso(8640000000000000, "+275760-09-13T00:00:00.000Z");
    assert_iso(-8640000000000000, "-271821-04-20T00:00:00.000Z");
    assert_false(calendar_iso(8640000000000001, text));
    assert_false(calendar_iso(INT64_MIN, text));
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_false(calendar_parse_iso(str_of(wrong[i]), &ms));
    assert_true(calendar_is_date(2000, 2, 29));
    assert_false(calendar_is_date(1900, 2, 29));
    assert_false(calendar_is_date(2024, 4, 31));
}

/* Every day of four centuries there and back. */
static void
test_all_days(void **state)
{
    int64_t days = -135140; /* 1600-01-01 */
    char text[CALENDAR_TEXT_MAX];
    int64_t ms;

    (void)state;
    for (int year = 1600; year < 2000; year++)
        for (int month = 1; month <= 12; month++)
            for (int day = 1; day <= 31; day++) {
                il_datetime when;

                if (!calendar_is_date(year, month, day))
                    continue;
                when = calendar_of_ms(days * 86400000 + 86399999);
                assert_int_equal(when.year, year);
                assert_int_equal(when.month, month);
                assert_int_equal(when.day, day);
                assert_true(calendar_iso(days * 86400000, text) && calendar_parse_iso(str_of(text), &ms));
                assert_true(ms == days++ * 86400000);
            }
    assert_int_equal(days, 10957);
}

/* What reads back from text with this meta. */
static il_value
read_back(struct arena *arena, const char *text, const char *meta, const char *path)
{
    struct json node, root;

    assert_true(json_parse(arena, str_of(text), &node, NULL));
    assert_true(json_parse(arena, str_of(meta), &root, NULL));
    return rich_read(arena, node, root, path);
}

static void
test_read(void **state)
{
    struct arena arena;
    il_value value;

    (void)state;
    arena_init(&arena, 0);
    assert_int_equal(read_back(&arena, "null", "{}", "x").type, IL_V_NULL);
    assert_int_equal(read_back(&arena, "null", "{\"values\":{\"x\":[\"undefined\"]}}", "x").type, IL_V_UNDEF);
    assert_int_equal(read_back(&arena, "null", "{\"values\":[\"undefined\"]}", "").type, IL_V_UNDEF);
    value = read_back(&arena, "\"1970-01-01T00:00:01.000Z\"", "{\"values\":[\"Date\"]}", "");
    assert_int_equal(value.type, IL_V_TIME);
    assert_int_equal(value.ms, 1000);
    assert_int_equal(read_back(&arena, "\"1970-01-01T00:00:01.000Z\"", "{}", "").type, IL_V_STR);
    assert_int_equal(read_back(&arena, "\"tomorrow\"", "{\"values\":[\"Date\"]}", "").type, IL_V_STR);
    assert_true(isnan(read_back(&arena, "\"NaN\"", "{\"values\":[\"number\"]}", "").d));
    assert_true(isinf(read_back(&arena, "\"-Infinity\"", "{\"values\":[\"number\"]}", "").d));
    assert_true(signbit(read_back(&arena, "\"-0\"", "{\"values\":[\"number\"]}", "").d));
    assert_string_equal(read_back(&arena, "\"5\"", "{\"values\":[\"bigint\"]}", "").s, "5");
    assert_string_equal(read_back(&arena, "\"12:00:00\"", "{\"values\":{\"x\":[[\"custom\",\"time\"]]}}", "x").s,
                        "12:00:00");
    assert_int_equal(read_back(&arena, "-7", "{}", "").i, -7);
    assert_true(read_back(&arena, "0.5", "{}", "").d == 0.5);
    assert_true(read_back(&arena, "true", "{}", "").b);
    assert_string_equal(read_back(&arena, "{\"a\":[1]}", "{}", "").s, "{\"a\":[1]}");
    /* Annotations that make no sense are skipped. */
    assert_int_equal(read_back(&arena, "1", "[]", "x").type, IL_V_INT);
    assert_int_equal(read_back(&arena, "1", "{\"values\":{\"x\":{\"y\":1}}}", "x").type, IL_V_INT);
    arena_fini(&arena);
}

static void
test_refusals(void **state)
{
    static const il_rich inner = { .label = { .type = IL_V_RICH, .rich = &inner } };
    const il_value wrong[] = { IL_RAW("{"),
                               IL_T(INT64_MAX),
                               { .type = (il_vtype)99 },
                               { .type = IL_V_RICH, .rich = &inner },
                               { .type = IL_V_RICH },
                               IL_RICH(.highlight = (il_color)42),
                               IL_RICH(.url = "u", .route = "r") };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct rich rich;
        struct buf text;

        buf_init(&text, 1 << 20);
        rich_init(&rich, &text);
        rich_value(&rich, &wrong[i]);
        assert_true(rich.err.text[0]);
        assert_true(json_validate(buf_view(&text), 0, NULL, NULL)); /* something valid stands there all the same */
        rich_fini(&rich);
        buf_fini(&text);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_calendar),
        cmocka_unit_test(test_all_days),
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_refusals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
