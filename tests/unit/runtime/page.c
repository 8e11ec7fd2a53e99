/* SPDX-License-Identifier: MIT */
/* Pages: the layout, its changes, its failures (io-methods.md 14). */
#include "browser.h"

static void
open_page(il_status (*handler)(il_ctx *ctx, il_page *page))
{
    static il_route route;

    route = (il_route){ .size = sizeof route, .kind = IL_KIND_PAGE, .symbol = "p", .page = handler };
    browser_open(&route, default_inputs);
    runtime_page(&browser.run);
}

static void
state_after(const char *line)
{
    answer_with(line);
    runtime_io_after(&browser.run, &browser.answer);
}

static il_status
user_rows(il_ctx *ctx, const il_table_query *query, il_rows *rows, void *user)
{
    (void)user;
    if (query->term)
        return il_fail(ctx, "no database");
    for (size_t i = 0; i < query->page_size; i++)
        il_row(rows, NULL, IL_I((int64_t)(query->offset + i)), IL_T(0));
    il_total(rows, 60);
    return IL_OK;
}

static il_status
users(il_ctx *ctx, il_page *page)
{
    (void)ctx;
    il_page_head(
        page, "All users", "desc",
        IL_MENU({ .label = "New", .route = "users/create" }, { .label = "Ext", .url = "https://example.com" }));
    il_page_add(page, IL_TABLE("Users", .rows = user_rows, .async = true, .page_size = 5,
                               IL_COLUMNS({ "id", "id" }, { "when", "when" })));
    for (int i = 0; i < 20; i++)
        il_page_add(page, IL_METADATA("Meta", IL_META({ "n", IL_I(i) })));
    return IL_OK;
}

static void
test_layout(void **state)
{
    const char *json;
    struct link_subject group;

    (void)state;
    open_page(users);
    assert_int_equal(browser.sent_count, 1);
    json = last_sent(LINK_SEND_PAGE)->json;
    group = page_group(last_sent(LINK_SEND_PAGE));
    assert_json(json, "kind", "\"BASIC\"");
    assert_json(json, "title", "\"All users\"");
    assert_json(json, "description", "\"desc\"");
    assert_json(json, "menuItems",
                "[{\"label\":\"New\",\"route\":\"users/create\"},{\"label\":\"Ext\",\"url\":\"https://example.com\"}]");
    assert_json(json, "errors", "[]");
    assert_json(json, "children.kind", "\"RENDER\"");
    assert_json(
        json, "children.toRender.0.props",
        "{\"columns\":[{\"label\":\"id\",\"accessorKey\":\"id\"},{\"label\":\"when\",\"accessorKey\":\"when\"}],"
        "\"data\":[],\"orientation\":\"horizontal\",\"defaultPageSize\":5,\"isSortable\":true,\"isFilterable\":true,"
        "\"isAsync\":true}");
    assert_json(json, "children.toRender.20.props", "{\"data\":[{\"label\":\"n\",\"value\":19}],\"layout\":\"grid\"}");

    state_after("STATE [{\"offset\":5,\"pageSize\":2},null]");
    json = last_sent(LINK_SEND_PAGE)->json;
    assert_json(json, "children.toRender.0.props.data",
                "[{\"key\":\"5\",\"data\":{\"id\":5,\"when\":\"1970-01-01T00:00:00.000Z\"}},"
                "{\"key\":\"6\",\"data\":{\"id\":6,\"when\":\"1970-01-01T00:00:00.000Z\"}}]");
    assert_json(json, "children.toRender.0.propsMeta",
                "{\"values\":{\"data.0.data.when\":[\"Date\"],\"data.1.data.when\":[\"Date\"]}}");
    assert_json(json, "children.toRender.0.props.totalRecords", "60");
    assert_json(json, "title", "\"All users\"");
    assert_memory_equal(&group, &(struct link_subject[]){ page_group(last_sent(LINK_SEND_PAGE)) }[0], sizeof group);

    state_after("STATE [{\"queryTerm\":\"x\",\"offset\":5,\"pageSize\":2}]"); /* fails: the old rows, again */
    assert_json(last_sent(LINK_SEND_PAGE)->json, "children.toRender.0.props.data.0.key", "\"5\"");
    state_after("RETURN [null]");
    state_after("RAW {");
    assert_int_equal(browser.sent_count, 3);
    memset(&browser.answer.group, 1, sizeof browser.answer.group); /* a page that was there before */
    runtime_io_after(&browser.run, &browser.answer);
    assert_int_equal(browser.sent_count, 3);
    browser_close();
}

static il_status
nothing(il_ctx *ctx, il_page *page)
{
    (void)ctx;
    (void)page;
    return IL_OK;
}

static il_status
fails(il_ctx *ctx, il_page *page)
{
    il_page_head(page, "t", NULL, NULL);
    return il_fail(ctx, "page \"boom\"");
}

static il_status
bad_children(il_ctx *ctx, il_page *page)
{
    const char *name;

    assert_int_equal(il_ask(ctx, IL_TEXT(&name, "N")), IL_INVALID);
    assert_int_equal(il_page_add(page, IL_TEXT(&name, "N")), IL_INVALID);
    il_page_add(page, IL_MARKDOWN("fine"));
    il_page_add(page, NULL);
    il_page_head(page, "t", NULL, IL_MENU({ .label = "m" }));
    return IL_OK;
}

static il_status
leaves(il_ctx *ctx, il_page *page)
{
    (void)page;
    IL_TRY(il_redirect(ctx, .route = "text", .params = IL_PARAMS({ "a", IL_I(1) })));
    assert_int_equal(il_redirect(ctx, .route = "a", .url = "b"), IL_INVALID);
    assert_int_equal(il_redirect(ctx, .replace = true), IL_INVALID);
    return IL_OK;
}

static void
test_failures(void **state)
{
    (void)state;
    open_page(nothing);
    assert_null(last_sent(LINK_SEND_PAGE)->json);
    browser_close();
    open_page(NULL);
    assert_null(last_sent(LINK_SEND_PAGE)->json);
    browser_close();
    open_page(fails);
    assert_json(last_sent(LINK_SEND_PAGE)->json, "",
                "{\"kind\":\"BASIC\",\"errors\":[{\"error\":\"Error\",\"message\":\"page \\\"boom\\\"\"}]}");
    browser_close();
    open_page(bad_children);
    assert_json(last_sent(LINK_SEND_PAGE)->json, "errors",
                "[{\"layoutKey\":\"children\",\"error\":\"IL_INVALID\",\"message\":\"INPUT_TEXT \\\"N\\\": a page "
                "takes no inputs, "
                "lead to an action instead\"},{\"layoutKey\":\"children\",\"error\":\"IL_INVALID\",\"message\":\"*\"},"
                "{\"layoutKey\":\"menuItems\",\"error\":\"IL_INVALID\",\"message\":\"*\"}]");
    assert_json(last_sent(LINK_SEND_PAGE)->json, "children.toRender.0.label", "\"fine\"");
    browser_close();
    open_page(leaves);
    assert_json(browser.sent[0].json, "", "{\"route\":\"text\",\"params\":{\"a\":1}}");
    assert_int_equal(browser.sent[0].method, LINK_SEND_REDIRECT);
    assert_int_equal(browser.sent_count, 2);
    browser_close();
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_layout), cmocka_unit_test(test_failures) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
