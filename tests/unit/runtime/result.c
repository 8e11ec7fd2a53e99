/* SPDX-License-Identifier: MIT */
/* Results, failures, log, loading state, who and where (io-methods.md 15.2, 16, 17). */
#include "browser.h"

#include <time.h>

#include "runtime/io.h"

static il_status
returns_fields(il_ctx *ctx)
{
    il_return_row(ctx, { "x", IL_I(1) });
    il_return_str(ctx, "replaced");
    return il_return(ctx, { "d", IL_T(0) }, { "n", IL_NIL }, { "s", IL_S("a\"\n") }, { "i", IL_I(-9007199254740993) },
                     { "f", IL_N(1.5) }, { "nan", IL_N(0.0 / 0.0) }, { "b", IL_B(true) },
                     { "raw", IL_RAW("[{\"a\":1}]") }, { "a.b", IL_T(1) }, { "u", { .type = IL_V_UNDEF } });
}

static il_status
returns_rows(il_ctx *ctx)
{
    for (int i = 0; i < 3; i++)
        IL_TRY(il_return_row(ctx, { "id", IL_I(i) }, { "at", i == 1 ? IL_NIL : IL_T(i) }));
    return IL_OK;
}

static il_status
returns_nothing(il_ctx *ctx)
{
    (void)ctx;
    return IL_OK;
}

static il_status
returns_time(il_ctx *ctx)
{
    return il_return_value(ctx, IL_T(0));
}

static il_status
returns_malformed(il_ctx *ctx)
{
    return il_return_json(ctx, "{\"a\":}");
}

static il_status
fails(il_ctx *ctx)
{
    return il_fail(ctx, "No order %d", 7);
}

static il_status
fails_silently(il_ctx *ctx)
{
    (void)ctx;
    return IL_FAILED;
}

static il_status
returns_garbage(il_ctx *ctx)
{
    (void)ctx;
    return (il_status)77;
}

static void
assert_result(il_status (*handler)(il_ctx *ctx), unsigned status, const char *wanted)
{
    browser_open(&(const il_route)IL_ROUTE_ACTION("a", handler), default_inputs);
    assert_false(runtime_action(&browser.run));
    assert_int_equal(last_sent(LINK_COMPLETE)->status, status);
    assert_json(last_sent(LINK_COMPLETE)->json, "", wanted);
    browser_close();
}

static void
test_results(void **state)
{
    (void)state;
    assert_result(
        returns_fields, LINK_SUCCESS,
        "{\"schemaVersion\":1,\"status\":\"SUCCESS\",\"data\":{\"d\":\"1970-01-01T00:00:00.000Z\",\"n\":null,"
        "\"s\":\"a\\\"\\n\",\"i\":\"-9007199254740993\",\"f\":1.5,\"nan\":\"NaN\",\"b\":true,\"raw\":[{\"a\":1}],"
        "\"a.b\":\"1970-01-01T00:00:00.001Z\",\"u\":null},\"meta\":{\"values\":{\"d\":[\"Date\"],\"i\":[\"bigint\"],"
        "\"nan\":[\"number\"],\"a\\\\.b\":[\"Date\"],\"u\":[\"undefined\"]}}}");
    assert_result(
        returns_rows, LINK_SUCCESS,
        "{\"schemaVersion\":1,\"status\":\"SUCCESS\",\"data\":[{\"id\":0,\"at\":\"1970-01-01T00:00:00.000Z\"},"
        "{\"id\":1,\"at\":null},{\"id\":2,\"at\":\"1970-01-01T00:00:00.002Z\"}],"
        "\"meta\":{\"values\":{\"0.at\":[\"Date\"],\"2.at\":[\"Date\"]}}}");
    assert_result(returns_nothing, LINK_SUCCESS, "{\"schemaVersion\":1,\"status\":\"SUCCESS\",\"data\":null}");
    assert_result(returns_time, LINK_SUCCESS,
                  "{\"schemaVersion\":1,\"status\":\"SUCCESS\",\"data\":\"1970-01-01T00:00:00.000Z\",\"meta\":{"
                  "\"values\":[\"Date\"]}}");
    assert_result(
        fails, LINK_FAILURE,
        "{\"schemaVersion\":1,\"status\":\"FAILURE\",\"data\":{\"error\":\"Error\",\"message\":\"No order 7\"}}");
    assert_result(
        fails_silently, LINK_FAILURE,
        "{\"schemaVersion\":1,\"status\":\"FAILURE\",\"data\":{\"error\":\"Error\",\"message\":\"The action failed "
        "without saying why.\"}}");
    assert_result(
        returns_garbage, LINK_FAILURE,
        "{\"schemaVersion\":1,\"status\":\"FAILURE\",\"data\":{\"error\":\"unknown status\",\"message\":\"*\"}}");
    assert_result(returns_malformed, LINK_FAILURE,
                  "{\"schemaVersion\":1,\"status\":\"FAILURE\",\"data\":{\"error\":\"IL_INVALID\",\"message\":\"*\"}}");
}

/* ---- who and where */

static int cleanups;

static void
count_down(void *arg)
{
    assert_int_equal(++cleanups, *(int *)arg);
}

static il_status
looks_around(il_ctx *ctx)
{
    const il_user_info *user = il_user(ctx);
    const il_run_info *info = il_info(ctx);
    int *order = il_new_array(ctx, int, 2);

    assert_string_equal(user->email, "ann@example.com");
    assert_string_equal(user->first_name, "Ann");
    assert_null(user->last_name);
    assert_string_equal(user->role, "admin");
    assert_int_equal(user->n_teams, 1);
    assert_string_equal(user->teams[0], "support");
    assert_ptr_equal(il_user(ctx), user);
    assert_string_equal(info->environment, "production");
    assert_string_equal(info->org_slug, "acme");
    assert_string_equal(info->slug, "a");
    assert_string_equal(info->url, "http://h/a");
    assert_string_equal(il_param_str(ctx, "q"), "x");
    assert_int_equal(il_param(ctx, "when").type, IL_V_TIME);
    assert_int_equal(il_param(ctx, "when").ms, 1);
    assert_int_equal(il_param(ctx, "n").i, 3);
    assert_int_equal(il_param(ctx, "a.b").type, IL_V_NUM);
    assert_true(il_param(ctx, "a.b").d > 1e300);
    assert_int_equal(il_param(ctx, "none").type, IL_V_UNDEF);
    assert_null(il_param_str(ctx, "n"));
    assert_null(il_new_array(ctx, char, SIZE_MAX));
    order[0] = 2;
    order[1] = 1;
    IL_TRY(il_defer(ctx, count_down, &order[0]));
    IL_TRY(il_defer(ctx, count_down, &order[1]));
    IL_TRY(il_sleep_ms(ctx, 1));
    return IL_OK;
}

static void
test_context(void **state)
{
    (void)state;
    cleanups = 0;
    run_unasked(looks_around);
    assert_int_equal(last_sent(LINK_COMPLETE)->status, LINK_SUCCESS);
    assert_int_equal(cleanups, 0);
    browser_close();
    assert_int_equal(cleanups, 2);
}

/* ---- .load */

static il_status
loads(il_ctx *ctx)
{
    const char *name;

    assert_int_equal(il_ask(ctx, IL_TEXT(&name, "N")), IL_CLOSED);
    assert_string_equal(il_user(ctx)->email, "");
    assert_string_equal(il_info(ctx)->slug, "");
    il_log(ctx, "to stderr");
    il_loading_start(ctx, "not shown");
    return il_fail(ctx, "cannot open %s", il_fmt(ctx, "%s/db", "dir"));
}

static void
test_load(void **state)
{
    static const il_route no_route;
    struct err err;

    (void)state;
    browser_open(&no_route, "");
    browser.run.route = NULL;
    assert_false(runtime_outside(&browser.run, loads, &err));
    assert_string_equal(err.text, "cannot open dir/db");
    assert_int_equal(browser.sent_count, 0);
    browser_close();
}

/* ---- log */

static il_status
logs(il_ctx *ctx)
{
    char *text = il_new_array(ctx, char, 30003);

    il_log(ctx, "one %d\n\"x\"", 2);
    memset(text, 'x', 10000);
    il_log(ctx, "%s", text);
    for (int i = 0; i < 10001; i++)
        memcpy(text + i * 2, "\xc3\xa4", 2);
    il_log(ctx, "%s", text);
    return IL_OK;
}

static void
test_log(void **state)
{
    struct arena arena;
    struct json root;
    struct str text;

    (void)state;
    run_unasked(logs);
    assert_int_equal(browser.sent_count, 4);
    assert_json(browser.sent[0].json, "", "{\"data\":\"one 2\\n\\\"x\\\"\",\"index\":0,\"timestamp\":\"*\"}");
    arena_init(&arena, 0);
    assert_true(json_parse(&arena, str_of(browser.sent[1].json), &root, NULL));
    assert_int_equal(json_str(&arena, json_get(root, "data")).len, 10000);
    assert_true(json_parse(&arena, str_of(browser.sent[2].json), &root, NULL));
    text = json_str(&arena, json_get(root, "data"));
    assert_int_equal(text.len, 20000 + strlen("... (cut: a log line has at most 10,000 characters)"));
    assert_true(str_is_utf8(text));
    assert_int_equal(json_int(json_get(root, "index"), -1), 2);
    arena_fini(&arena);
    browser_close();
}

/* ---- loading: what changes within 100 ms leaves as one message */

static void
wait_for_messages(size_t count)
{
    for (int i = 0; i < 5000 && browser.sent_count < count; i++)
        nanosleep(&(const struct timespec){ .tv_nsec = 1000000 }, NULL);
    assert_int_equal(browser.sent_count, count);
}

static il_status
works(il_ctx *ctx)
{
    il_loading_update(ctx, "Starts it");
    il_loading_start(ctx, "Working", .description = "step", .items = 3);
    il_loading_step(ctx);
    il_loading_step(ctx);
    wait_for_messages(1);
    il_loading_update(ctx, NULL, .description = "other");
    il_loading_step(ctx);
    wait_for_messages(2);
    il_loading_start(ctx, "Only label");
    il_loading_step(ctx);
    wait_for_messages(3);
    il_loading_start(ctx, "never seen");
    IL_TRY(il_show(ctx, IL_MARKDOWN("done")));
    assert_false(list_is_linked(&browser.run.io->progress.pending)); /* takes its place */
    return IL_OK;
}

static void
test_loading(void **state)
{
    (void)state;
    run_unasked(works);
    assert_int_equal(browser.sent_count, 5);
    assert_json(browser.sent[0].json, "",
                "{\"label\":\"Working\",\"description\":\"step\",\"itemsInQueue\":3,\"itemsCompleted\":2}");
    assert_json(browser.sent[1].json, "",
                "{\"label\":\"Working\",\"description\":\"other\",\"itemsInQueue\":3,\"itemsCompleted\":3}");
    assert_json(browser.sent[2].json, "", "{\"label\":\"Only label\"}");
    assert_int_equal(browser.sent[3].method, LINK_SEND_IO_CALL);
    browser_close();
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_results), cmocka_unit_test(test_context), cmocka_unit_test(test_load),
        cmocka_unit_test(test_log),     cmocka_unit_test(test_loading),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
