/* SPDX-License-Identifier: MIT */
/*
 * Tables: the vectors of io-methods.md 21, order and filter, asynchronous ones, choosing rows, what outlives the
 * handler.
 */
#include "browser.h"

#include "runtime/io.h"

static char *
read_data(const char *name)
{
    char path[128], *text = mem_alloc(1 << 16);
    FILE *file;

    snprintf(path, sizeof path, "tests/unit/runtime/data/%s", name);
    file = fopen(path, "r");
    assert_non_null(file);
    text[fread(text, 1, (1 << 16) - 1, file)] = '\0';
    fclose(file);
    return text;
}

/* How many rows the last render holds, and the key of its first. */
static size_t
shown(const char *json, char first[32])
{
    struct arena arena;
    struct json root, data;
    size_t count;

    arena_init(&arena, 0);
    assert_true(json_parse(&arena, str_of(json), &root, NULL));
    data = json_get(json_get(json_at(json_get(root, "toRender"), 0), "props"), "data");
    count = json_count(data);
    snprintf(first, 32, "%s", count ? json_text(&arena, json_get(json_at(data, 0), "key")) : "");
    arena_fini(&arena);
    return count;
}

static void
assert_shown(int n, size_t count, const char *first, const char *total)
{
    char key[32];

    assert_int_equal(shown(render(n)->json, key), count);
    assert_string_equal(key, first);
    assert_json(render(n)->json, "toRender.0.props.totalRecords", total);
}

/* 1200 rows "row 0" … with a number, the vectors' table. */
static il_status
many_rows(il_ctx *ctx, const il_table_query *query, il_rows *rows, void *user)
{
    (void)user;
    assert_int_equal(query->page_size, 0);
    for (int i = 0; i < 1200; i++)
        il_row(rows, NULL, IL_S(il_fmt(ctx, "row%d", i)), IL_I(i));
    return IL_OK;
}

static il_keys chosen;

static il_status
choose_rows(il_ctx *ctx)
{
    return il_ask(ctx, IL_SELECT_TABLE(&chosen, "Pick", .rows = many_rows, .min_selections = 2, .max_selections = 3,
                                       .selected = IL_TEXTS("7"), IL_COLUMNS({ "name", "name" }, { "n", "n" })));
}

static void
test_vectors(void **state)
{
    struct arena arena;
    struct json root;

    (void)state;
    run_action(choose_rows, "STATE [{\"offset\":100,\"pageSize\":50}]",
               "STATE [{\"queryTerm\":\"ROW11\",\"offset\":0,\"pageSize\":50}]",
               "STATE [{\"sortColumn\":\"n\",\"sortDirection\":\"desc\",\"offset\":0,\"pageSize\":20}]",
               "STATE [{\"sortColumn\":\"name\",\"sortDirection\":\"desc\",\"offset\":0,\"pageSize\":20}]",
               "STATE [{\"sortColumn\":\"no such\",\"sortDirection\":\"asc\",\"offset\":0,\"pageSize\":1000}]",
               "STATE [{\"queryTerm\":\"row11\",\"offset\":5000,\"pageSize\":\"Infinity\",\"isSelectAll\":true}]",
               "RETURN [[{\"key\":\"3\"}]]", "RETURN [[{\"key\":\"3\"},{\"key\":\"4000\"}]]",
               "RETURN [[{\"key\":\"3\"},{\"key\":\"1\"},{\"key\":\"3\"}]]");
    assert_shown(0, 500, "0", "1200");
    assert_shown(1, 150, "100", "1200");
    assert_shown(2, 111, "11", "111");
    assert_shown(3, 60, "1199", "1200");
    assert_shown(4, 60, "1199", "1200"); /* digits inside texts count as numbers */
    assert_shown(5, 500, "0", "1200");
    assert_shown(6, 0, "", "111");
    arena_init(&arena, 0);
    assert_true(json_parse(&arena, str_of(render(6)->json), &root, NULL));
    root = json_get(json_at(json_get(root, "toRender"), 0), "props");
    assert_int_equal(json_count(json_get(root, "selectedKeys")), 111);
    arena_fini(&arena);
    assert_json(render(0)->json, "toRender.0.props.selectedKeys", "[\"7\"]");
    assert_message(render(7), "toRender.0", "Please make at least 2 selections.");
    assert_message(render(8), "toRender.0", "Please choose from what is offered.");
    assert_int_equal(chosen.n, 2);
    assert_string_equal(chosen.v[0], "1"); /* in the order of the table */
    assert_string_equal(chosen.v[1], "3");
    assert_int_equal(last_sent(LINK_COMPLETE)->status, LINK_SUCCESS);
    browser_close();
}

static il_status
two_rows(il_ctx *ctx, const il_table_query *query, il_rows *rows, void *user)
{
    (void)query;
    (void)user;
    for (int i = 5; i < 7; i++)
        il_row_menu(rows, il_fmt(ctx, "%d", i),
                    IL_MENU({ .label = "Edit", .route = "text", .params = IL_PARAMS({ "id", IL_I(i) }) }), IL_I(i),
                    IL_RICH(.label = IL_S(il_fmt(ctx, "row %d", i)), .url = il_fmt(ctx, "https://example.com/%d", i)),
                    IL_T(1704499200000 + (i - 5) * 86400000L));
    return IL_OK;
}

static il_status
show_two(il_ctx *ctx)
{
    return il_show(ctx, IL_TABLE("Rows", .rows = two_rows, .page_size = 5,
                                 IL_COLUMNS({ "id", "id" }, { "Name" }, { "when", "when" })));
}

/* Against the Node SDK's render of the same rows (its totalRecords is of more rows than it shows). */
static void
test_capture(void **state)
{
    char *wanted = read_data("table.json"), *total = strstr(wanted, "\"totalRecords\": 60");

    (void)state;
    assert_non_null(total);
    memcpy(total, "\"totalRecords\":  2", 18);
    run_unasked(show_two);
    assert_json(render(0)->json, "toRender.0", wanted);
    free(wanted);
    browser_close();
}

/* ---- order */

static il_status
mixed_rows(il_ctx *ctx, const il_table_query *query, il_rows *rows, void *user)
{
    (void)ctx;
    (void)query;
    (void)user;
    il_row(rows, "b2", IL_S("B2"), IL_N(1.5));
    il_row(rows, "nil", IL_NIL, IL_NIL);
    il_row(rows, "a10", IL_S("a10"), IL_I(10));
    il_row(rows, "a9", IL_S("a9"), IL_B(true));
    il_row(rows, "ae", IL_S("\xc3\x84hre"), IL_T(0));
    il_row_cells(rows, "none", NULL, 0, NULL);
    il_row(rows, "rich", IL_RICH(.label = IL_S("zzz"), .value = IL_S("a09b")), IL_I(-1));
    return IL_OK;
}

static il_status
show_mixed(il_ctx *ctx)
{
    IL_TRY(il_show(ctx, IL_TABLE("Rows", .rows = mixed_rows, IL_COLUMNS({ "Text" }, { "Number", "n" }))));
    return il_confirm(ctx, "?", NULL, &(bool){ false });
}

static void
assert_keys(int n, const char *wanted)
{
    struct arena arena;
    struct json root, row;
    char keys[256] = "";

    arena_init(&arena, 0);
    assert_true(json_parse(&arena, str_of(render(n)->json), &root, NULL));
    row = json_first(json_get(json_get(json_at(json_get(root, "toRender"), 0), "props"), "data"));
    for (; json_type(row); row = json_next(row))
        snprintf(keys + strlen(keys), sizeof keys - strlen(keys), "%s ", json_text(&arena, json_get(row, "key")));
    assert_string_equal(keys, wanted);
    arena_fini(&arena);
}

static void
test_order(void **state)
{
    (void)state;
    run_action(show_mixed, "STATE@0 [{\"sortColumn\":\"0\",\"sortDirection\":\"asc\",\"offset\":0,\"pageSize\":20}]",
               "STATE@0 [{\"sortColumn\":\"0\",\"sortDirection\":\"desc\",\"offset\":0,\"pageSize\":20}]",
               "STATE@0 [{\"sortColumn\":\"n\",\"sortDirection\":\"asc\",\"offset\":0,\"pageSize\":20}]",
               "STATE@0 [{\"queryTerm\":\"\xc3\xa4HR\",\"offset\":0,\"pageSize\":20}]",
               "STATE@0 [{\"queryTerm\":\"1/1/1970\",\"offset\":0,\"pageSize\":20}]",
               "STATE@0 [{\"queryTerm\":\"a9 true\",\"offset\":0,\"pageSize\":20}]",
               "STATE@0 [{\"sortDirection\":\"desc\",\"offset\":2,\"pageSize\":1}]", NULL);
    assert_keys(2, "a9 rich a10 b2 ae nil none ");
    assert_keys(3, "nil none ae b2 a10 rich a9 ");
    assert_keys(4, "rich ae a9 b2 a10 nil none ");
    assert_keys(5, "ae ");
    assert_keys(6, "ae ");
    assert_keys(7, "a9 ");
    assert_keys(8, "ae a9 a10 ");
    /* The render of the older call never takes the place of the question. */
    assert_int_equal(render(8)->flags, 0);
    assert_memory_equal(&render(8)->group, &render(0)->group, sizeof render(0)->group);
    browser_close();
}

/* ---- asynchronous */

static int pages_asked;
static char asked[256];

static il_status
page_rows(il_ctx *ctx, const il_table_query *query, il_rows *rows, void *user)
{
    pages_asked++;
    assert_string_equal(user, "kept");
    snprintf(asked, sizeof asked, "%s|%s|%d|%zu|%zu", query->term ? query->term : "-",
             query->sort_column ? query->sort_column : "-", query->sort_desc, query->offset, query->page_size);
    if (query->term && !strcmp(query->term, "fail"))
        return il_fail(ctx, "no database");
    for (size_t i = 0; i < 300; i++) /* ignores the limit */
        il_row(rows, NULL, IL_I((int64_t)(query->offset + i)), IL_S(il_fmt(ctx, "name %zu", i)));
    il_total(rows, 9000);
    return IL_OK;
}

static il_status
show_pages(il_ctx *ctx)
{
    char *user = il_new_array(ctx, char, 5);

    memcpy(user, "kept", 5);
    return il_show(ctx, IL_TABLE("Rows", .rows = page_rows, .user = user, .async = true, .page_size = IL_ALL_ROWS,
                                 IL_COLUMNS({ "id", "id" }, { "Name" })));
}

static void
state_after(const char *line)
{
    answer_with(line);
    runtime_io_after(&browser.run, &browser.answer);
}

static void
test_async(void **state)
{
    (void)state;
    pages_asked = 0;
    run_unasked(show_pages);
    assert_int_equal(pages_asked, 0);
    assert_json(
        render(0)->json, "toRender.0.props",
        "{\"columns\":[{\"label\":\"id\",\"accessorKey\":\"id\"},{\"label\":\"Name\"}],\"data\":[],"
        "\"orientation\":\"horizontal\",\"defaultPageSize\":\"Infinity\",\"isSortable\":true,\"isFilterable\":true,"
        "\"isAsync\":true}");
    assert_json(render(0)->json, "toRender.0.propsMeta", "{\"values\":{\"defaultPageSize\":[\"number\"]}}");
    assert_int_equal(last_sent(LINK_COMPLETE)->status, LINK_SUCCESS);

    /* The handler has returned; the table goes on (io-methods.md 1.2). */
    state_after(
        "STATE [{\"offset\":40,\"pageSize\":20,\"sortColumn\":\"id\",\"sortDirection\":\"desc\",\"queryTerm\":\"a\"}]");
    assert_string_equal(asked, "a|id|1|40|20");
    assert_shown(1, 20, "40", "9000");
    state_after("STATE [{\"offset\":0,\"pageSize\":100000,\"sortColumn\":\"id; DROP\"}]");
    assert_string_equal(asked, "-|-|0|0|100"); /* a column that does not exist never reaches the author */
    assert_shown(2, 100, "0", "9000");
    state_after("STATE [{\"offset\":0,\"pageSize\":20,\"queryTerm\":\"fail\"}]");
    assert_shown(3, 100, "0", "9000"); /* what was shown stays */
    state_after("STATE [null]");
    assert_shown(4, 100, "0", "9000");
    state_after("RETURN [null]"); /* only state is followed */
    state_after("RAW {\"kind\":\"SET_STATE\"}");
    assert_int_equal(browser.sent_count, 7);
    browser_close();
}

static void
test_async_memory(void **state)
{
    size_t used;

    (void)state;
    run_unasked(show_pages);
    state_after("STATE [{\"offset\":0,\"pageSize\":100}]");
    used = browser.run.arena.used;
    for (int i = 0; i < 200; i++)
        state_after("STATE [{\"offset\":0,\"pageSize\":100}]");
    assert_int_equal(browser.run.arena.used, used); /* il_fmt inside a callback does not pile up */
    browser_close();
}

static il_status
on_the_stack(il_ctx *ctx)
{
    int local = 0;

    return il_show(ctx, IL_TABLE("Rows", .rows = page_rows, .user = &local, .async = true, IL_COLUMNS({ "a" })));
}

static il_status
too_many_cells(il_ctx *ctx)
{
    return il_show(ctx, IL_TABLE("Rows", .rows = two_rows, IL_COLUMNS({ "a" })));
}

static il_status
failing_rows(il_ctx *ctx, const il_table_query *query, il_rows *rows, void *user)
{
    (void)query;
    (void)rows;
    (void)user;
    return il_fail(ctx, "no database");
}

static il_status
failing(il_ctx *ctx)
{
    return il_show(ctx, IL_TABLE("Rows", .rows = failing_rows, IL_COLUMNS({ "a" })));
}

static il_status
bad_menu_rows(il_ctx *ctx, const il_table_query *query, il_rows *rows, void *user)
{
    (void)ctx;
    (void)query;
    (void)user;
    return il_row_menu(rows, NULL, IL_MENU({ .label = "Edit" }), IL_I(1));
}

static il_status
bad_menu(il_ctx *ctx)
{
    return il_show(ctx, IL_TABLE("Rows", .rows = bad_menu_rows, IL_COLUMNS({ "a" })));
}

static il_status
endless_rows(il_ctx *ctx, const il_table_query *query, il_rows *rows, void *user)
{
    static const char text[1024];
    il_status status = IL_OK;

    (void)ctx;
    (void)query;
    (void)user;
    for (int i = 0; i < 1000000 && status == IL_OK; i++)
        status = il_row(rows, NULL, IL_RICH(.image = { .data = text, .len = sizeof text }));
    assert_int_equal(status, IL_NO_MEMORY);
    return IL_OK;
}

static il_status
endless(il_ctx *ctx)
{
    return il_show(ctx, IL_TABLE("Rows", .rows = endless_rows, IL_COLUMNS({ "a" })));
}

static void
test_mistakes(void **state)
{
    (void)state;
    run_unasked(on_the_stack);
    assert_json(last_sent(LINK_COMPLETE)->json, "data.error", "\"IL_INVALID\"");
    browser_close();
    run_unasked(too_many_cells);
    assert_json(last_sent(LINK_COMPLETE)->json, "data",
                "{\"error\":\"IL_INVALID\",\"message\":\"row 1 has 3 cells, the table has 1 columns\"}");
    browser_close();
    run_unasked(failing);
    assert_json(last_sent(LINK_COMPLETE)->json, "data", "{\"error\":\"Error\",\"message\":\"no database\"}");
    browser_close();
    run_unasked(bad_menu);
    assert_json(last_sent(LINK_COMPLETE)->json, "data.error", "\"IL_INVALID\"");
    browser_close();
    run_unasked(endless);
    assert_json(last_sent(LINK_COMPLETE)->json, "data.error", "\"IL_NO_MEMORY\"");
    browser_close();
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors), cmocka_unit_test(test_capture),      cmocka_unit_test(test_order),
        cmocka_unit_test(test_async),   cmocka_unit_test(test_async_memory), cmocka_unit_test(test_mistakes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
