/* SPDX-License-Identifier: MIT */
/* Byte ranges: what counts, what is ignored, what is refused. */
#include "upload/range.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"

static void
ranges_of_downloads(void **state)
{
    static const struct {
        const char *text;
        int64_t at, count; /* -1: ignored */
    } cases[] = {
        { "bytes=0-0", 0, 1 },  { "bytes=2-5", 2, 4 },  { "bytes=2-", 2, 8 },    { "bytes=-3", 7, 3 },
        { "bytes=-99", 0, 10 }, { "bytes=5-99", 5, 5 }, { "bytes=10-", 0, 0 },   { "bytes=-0", 10, 0 },
        { "bytes=5-2", 0, -1 }, { "bytes=", 0, -1 },    { "bytes=-", 0, -1 },    { "bytes=1-2,4-5", 0, -1 },
        { "bytes=a-b", 0, -1 }, { "lines=1-2", 0, -1 }, { "bytes=1-2 ", 0, -1 }, { "bytes=9999999999999999-", 0, -1 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct range range;
        bool is_range = range_read(str_of(cases[i].text), 10, &range);

        if (is_range != (cases[i].count >= 0) ||
            (is_range && (range.at != cases[i].at || range.count != cases[i].count)))
            fail_msg("%s", cases[i].text);
    }
}

static void
ranges_of_uploads(void **state)
{
    int64_t at, total;

    (void)state;
    assert_true(content_range_read(STR("bytes 0-9/30"), 10, &at, &total) && at == 0 && total == 30);
    assert_true(content_range_read(STR("bytes 20-29/30"), 10, &at, &total) && at == 20);
    assert_true(content_range_read(STR("bytes */30"), 0, &at, &total) && total == 30);
    assert_false(content_range_read(STR("bytes */30"), 1, &at, &total));
    assert_false(content_range_read(STR("bytes 0-9/30"), 9, &at, &total));
    assert_false(content_range_read(STR("bytes 0-9/9"), 10, &at, &total));
    assert_false(content_range_read(STR("bytes 9-0/30"), 10, &at, &total));
    assert_false(content_range_read(STR("bytes 0-9/*"), 10, &at, &total));
    assert_false(content_range_read(STR("bytes=0-9/30"), 10, &at, &total));
    assert_false(content_range_read(STR("bytes -1-8/30"), 10, &at, &total));
    assert_false(content_range_read(STR(""), 0, &at, &total));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_of_downloads),
        cmocka_unit_test(ranges_of_uploads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
