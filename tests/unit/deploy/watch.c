/* SPDX-License-Identifier: MIT */
/* What is told of a window in which a version is watched, however long it is. */
#include "deploy/watch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/mem.h"
#include "json/read.h"

/* A window of that many seconds, in the i-th of which i requests came and one failed. */
static struct json
told_of(struct arena *arena, size_t seconds)
{
    struct watch watch;
    struct json_out out;
    struct json root;
    struct buf text;
    struct err err;

    watch_init(&watch, NULL, (int64_t)seconds * 1000);
    watch.seconds = seconds;
    watch.samples = mem_alloc(2 * seconds * sizeof *watch.samples);
    for (size_t i = 0; i < seconds; i++) {
        watch.samples[2 * i] = (uint32_t)i;
        watch.samples[2 * i + 1] = 1;
    }
    buf_init(&text, 1 << 20);
    json_out_init(&out, &text);
    json_object(&out);
    watch_json(&watch, &out);
    json_object_end(&out);
    assert_true(json_parse(arena, (struct str){ arena_strdup(arena, buf_text(&text)), text.len }, &root, &err));
    buf_fini(&text);
    watch_fini(&watch);
    return root;
}

static void
all_seconds_are_told(void **state)
{
    static const struct {
        size_t seconds, step, samples;
    } cases[] = { { 1, 1, 1 }, { 10, 1, 10 }, { 120, 1, 120 }, { 121, 2, 61 }, { 900, 8, 113 }, { 3600, 30, 120 } };
    struct arena arena;

    (void)state;
    arena_init(&arena, 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct json root = told_of(&arena, cases[i].seconds), samples = json_get(root, "samples");
        int64_t requests = 0, errors = 0, seconds = (int64_t)cases[i].seconds, next = 0;

        assert_int_equal(json_int(json_get(root, "step"), 0), cases[i].step);
        assert_int_equal(json_count(samples), cases[i].samples);
        for (struct json at = json_first(samples); json_type(at) != JSON_MISSING; at = json_next(at)) {
            assert_int_equal(json_int(json_get(at, "second"), -1), next);
            next += (int64_t)cases[i].step;
            requests += json_int(json_get(at, "requests"), 0);
            errors += json_int(json_get(at, "errors"), 0);
        }
        assert_int_equal(requests, seconds * (seconds - 1) / 2);
        assert_int_equal(errors, seconds);
    }
    arena_fini(&arena);
}

static void
nothing_was_counted(void **state)
{
    struct watch watch;
    char verdict[64];

    (void)state;
    watch_init(&watch, NULL, 0);
    assert_int_equal(watch.state, WATCH_LIVE);
    assert_int_equal(watch.since_ms, watch.until_ms);
    assert_false(watch_look(&watch, verdict, sizeof verdict));
    assert_true(watch_is_over(&watch));
    watch_end(&watch, WATCH_RETURNED, "it crashed");
    assert_string_equal(watch.reason, "it crashed");
    watch_fini(&watch);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_seconds_are_told),
        cmocka_unit_test(nothing_was_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
