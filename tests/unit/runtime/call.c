/* SPDX-License-Identifier: MIT */
/*
 * Renders: every method against what the Node SDK 2.0.0 sends (data/, from its captures), and items that make no sense.
 */
#include "browser.h"

/* The file as a C string; the caller frees it. */
static char *
read_data(const char *name)
{
    char path[128], *text = mem_alloc(1 << 20);
    FILE *file;

    snprintf(path, sizeof path, "tests/unit/runtime/data/%s", name);
    file = fopen(path, "r");
    assert_non_null(file);
    text[fread(text, 1, (1 << 20) - 1, file)] = '\0';
    fclose(file);
    return text;
}

static void
assert_data(const char *json, const char *path, const char *name)
{
    char *wanted = read_data(name);

    assert_json(json, path, wanted);
    free(wanted);
}

static il_status
all_inputs(il_ctx *ctx)
{
    const char *t, *e, *u;
    double n;
    bool b;
    il_date d;
    il_time ti;
    il_datetime dt;
    il_indexes m;

    return il_ask(ctx, IL_TEXT(&t, "t"), IL_EMAIL(&e, "e"), IL_NUMBER(&n, "n", .currency = "USD"), IL_BOOLEAN(&b, "b"),
                  IL_URL(&u, "u"), IL_DATE(&d, "d"), IL_TIME(&ti, "ti"), IL_DATETIME(&dt, "dt"),
                  IL_SELECT_MANY(&m, "m", IL_OPTIONS(IL_OPT("a", "a"), IL_OPT("b", "b"))));
}

static void
test_inputs(void **state)
{
    (void)state;
    run_action(all_inputs, NULL);
    assert_int_equal(render(0)->flags, LINK_INTERACTIVE);
    assert_data(render(0)->json, "toRender", "inputs.json");
    browser_close();
}

static il_status
all_displays(il_ctx *ctx)
{
    return il_show(
        ctx, IL_HEADING("H", .level = 2, .description = "d", .menu = IL_MENU({ .label = "m", .route = "text" })),
        IL_MARKDOWN("**m**"), IL_LINK("L", .url = "https://example.com"),
        IL_OBJECT("O", .fields = IL_PARAMS({ "a", IL_I(1) }, { "d", IL_T(0) }, { "n", IL_RAW("{\"x\":[1,2]}") })),
        IL_METADATA("M", IL_META({ "k", IL_S("v") }, { "d", IL_T(0) }, { "big", IL_I(12345678901234567) })),
        IL_CODE("C", .text = "x=1", .language = "js"), IL_IMAGE("I", .url = "https://example.com/i.png"),
        IL_HTML("Ht", .text = "<b>x</b>"));
}

static void
test_displays(void **state)
{
    (void)state;
    run_unasked(all_displays);
    assert_int_equal(render(0)->flags, 0);
    assert_data(render(0)->json, "toRender", "display.json");
    browser_close();
}

static const char *
not_bad(il_ctx *ctx, void *user)
{
    (void)ctx;
    return strcmp(*(const char **)user, "bad") ? NULL : "A must not be bad";
}

static il_status
group(il_ctx *ctx)
{
    const char *a, *choice;
    double b;
    il_date c;
    size_t s;

    IL_TRY(il_ask_form(
        ctx,
        IL_FORM(.validate = not_bad, .user = &a, .choice = &choice,
                .choices = IL_CHOICES(IL_CHOICE("Go", "go"), IL_CHOICE("Drop", "drop", .theme = IL_DANGER))),
        IL_TEXT(&a, "A"), IL_NUMBER(&b, "B", .optional = true, .min = IL_SET(1)),
        IL_DATE(&c, "C", .value = IL_YMD(2024, 2, 3)),
        IL_SELECT(&s, "S", IL_OPTIONS(IL_OPT("one", "1"), IL_OPT("two", "2")))));
    return il_return(ctx, { "choice", IL_S(choice) }, { "a", IL_S(a) }, { "b", IL_N(b) }, { "month", IL_I(c.month) },
                     { "s", IL_I((int64_t)s) });
}

static void
test_group(void **state)
{
    (void)state;
    run_action(group,
               "RETURN:go [\"bad\",null,{\"year\":2024,\"month\":2,\"day\":3},{\"label\":\"one\",\"value\":\"1\"}]",
               "RETURN:drop [\"good\",5,{\"year\":2024,\"month\":2,\"day\":3},{\"label\":\"two\",\"value\":\"2\"}]");
    assert_memory_equal(&render(0)->group, &render(1)->group, sizeof render(0)->group);
    assert_data(render(0)->json, "", "group_0.json");
    assert_data(render(1)->json, "", "group_1.json");
    assert_json(last_sent(LINK_COMPLETE)->json, "data",
                "{\"choice\":\"drop\",\"a\":\"good\",\"b\":5,\"month\":2,\"s\":1}");
    browser_close();
}

static il_status
confirm(il_ctx *ctx)
{
    bool yes;

    IL_TRY(il_confirm(ctx, "Sure?", "really", &yes));
    return il_return_value(ctx, IL_B(yes));
}

static void
test_confirm(void **state)
{
    (void)state;
    run_action(confirm, "RETURN [true]");
    assert_data(render(0)->json, "", "confirm.json");
    assert_json(last_sent(LINK_COMPLETE)->json, "", "{\"schemaVersion\":1,\"status\":\"SUCCESS\",\"data\":true}");
    browser_close();
}

/* Every option of every input, written once here; the wire keys are those of io-methods.md 8. */
static il_status
all_options(il_ctx *ctx)
{
    const char *text;
    double number;
    bool flag, present;
    il_date date;
    il_time time;
    il_datetime when;
    size_t one;
    il_indexes many;

    return il_ask(
        ctx,
        IL_TEXT(&text, "t", .help_text = "h", .placeholder = "p", .value = "v", .multiline = true, .lines = 4,
                .min_len = 5, .max_len = 20, .disabled = true),
        IL_EMAIL(&text, "e", .placeholder = "p", .value = "v"),
        IL_URL(&text, "u", .placeholder = "p", .value = "v", .protocols = IL_TEXTS("https")),
        IL_NUMBER(&number, "n", .present = &present, .min = IL_SET(0), .max = IL_SET(10.5), .prepend = "#",
                  .placeholder = "p", .value = IL_SET(-1), .decimals = 3, .currency = "EUR"),
        IL_BOOLEAN(&flag, "b", .value = true),
        IL_DATE(&date, "d", .value = IL_YMD(2024, 1, 2), .min = IL_YMD(2024, 1, 1), .max = IL_YMD(2024, 12, 31)),
        IL_TIME(&time, "ti", .value = IL_HM(9, 5), .min = IL_HM(8, 30), .max = IL_HM(20, 0)),
        IL_DATETIME(&when, "dt", .value = IL_YMDHM(2024, 1, 2, 3, 4)),
        IL_SELECT(
            &one, "s", .value = "b", .searchable = true,
            IL_OPTIONS(IL_OPT("A", "a", .description = "big", .image = { .url = "u", .alt = "x", .size = IL_SMALL }),
                       IL_OPT("B", "b"))),
        IL_SELECT_MANY(&many, "m", .values = IL_TEXTS("y", "none"), .min_selections = 1, .max_selections = 2,
                       IL_OPTIONS(IL_OPT("X", "x"), IL_OPT("Y", "y"))));
}

static void
test_options(void **state)
{
    static const char *const wanted[] = {
        "{\"helpText\":\"h\",\"placeholder\":\"p\",\"defaultValue\":\"v\",\"multiline\":true,\"lines\":4,\"minLength\":"
        "5,"
        "\"maxLength\":20,\"disabled\":true}",
        "{\"placeholder\":\"p\",\"defaultValue\":\"v\"}",
        "{\"placeholder\":\"p\",\"defaultValue\":\"v\",\"allowedProtocols\":[\"https\"]}",
        "{\"min\":0,\"max\":10.5,\"prepend\":\"#\",\"placeholder\":\"p\",\"defaultValue\":-1,\"decimals\":3,"
        "\"currency\":\"EUR\"}",
        "{\"defaultValue\":true}",
        "{\"min\":{\"year\":2024,\"month\":1,\"day\":1},\"max\":{\"year\":2024,\"month\":12,\"day\":31},"
        "\"defaultValue\":{\"year\":2024,\"month\":1,\"day\":2}}",
        "{\"min\":{\"hour\":8,\"minute\":30},\"max\":{\"hour\":20,\"minute\":0},\"defaultValue\":{\"hour\":9,"
        "\"minute\":5}}",
        "{\"defaultValue\":{\"year\":2024,\"month\":1,\"day\":2,\"hour\":3,\"minute\":4}}",
        "{\"options\":[{\"label\":\"A\",\"value\":\"a\",\"description\":\"big\",\"image\":{\"url\":\"u\",\"alt\":\"x\","
        "\"width\":\"small\",\"height\":\"small\"}},{\"label\":\"B\",\"value\":\"b\"}],"
        "\"defaultValue\":{\"label\":\"B\",\"value\":\"b\"},\"searchable\":true}",
        "{\"options\":[{\"label\":\"X\",\"value\":\"x\"},{\"label\":\"Y\",\"value\":\"y\"}],"
        "\"defaultValue\":[{\"label\":\"Y\",\"value\":\"y\"}],\"minSelections\":1,\"maxSelections\":2}",
    };
    char path[32];

    (void)state;
    run_action(all_options, NULL);
    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        snprintf(path, sizeof path, "toRender.%zu.props", i);
        assert_json(render(0)->json, path, wanted[i]);
    }
    assert_json(render(0)->json, "toRender.3.isOptional", "true");
    browser_close();
}

static il_status
rich_displays(il_ctx *ctx)
{
    return il_show(
        ctx, IL_IMAGE("I", .data = "\x89PNG", .len = 4, .size = IL_MEDIUM, .alt = "a"),
        IL_LINK("L", .route = "users/edit", .theme = IL_DANGER, .params = IL_PARAMS({ "d", IL_T(0) })),
        IL_METADATA("M", .layout = IL_LAYOUT_CARD,
                    IL_META({ "x", IL_NIL, .url = "u" }, { "y", .error = "late" }, { "inf", IL_N(-1.0 / 0.0) })),
        IL_OBJECT("O", .json = "[1,{}]"), IL_MARKDOWN("\xff"), IL_HEADING(NULL));
}

static void
test_rich_displays(void **state)
{
    const char *json;

    (void)state;
    run_unasked(rich_displays);
    json = render(0)->json;
    assert_json(
        json, "toRender.0.props",
        "{\"url\":\"data:image/png;base64,iVBORw==\",\"alt\":\"a\",\"width\":\"medium\",\"height\":\"medium\"}");
    assert_json(json, "toRender.1.props",
                "{\"theme\":\"danger\",\"route\":\"users/edit\",\"params\":{\"d\":\"1970-01-01T00:00:00.000Z\"}}");
    assert_json(json, "toRender.1.propsMeta", "{\"values\":{\"params.d\":[\"Date\"]}}");
    assert_json(json, "toRender.2.props",
                "{\"data\":[{\"label\":\"x\",\"value\":null,\"url\":\"u\"},{\"label\":\"y\",\"error\":\"late\"},"
                "{\"label\":\"inf\",\"value\":\"-Infinity\"}],\"layout\":\"card\"}");
    assert_json(json, "toRender.2.propsMeta", "{\"values\":{\"data.2.value\":[\"number\"]}}");
    assert_json(json, "toRender.3.props", "{\"data\":[1,{}]}");
    assert_json(json, "toRender.4.label", "\"\xef\xbf\xbd\"");
    assert_json(json, "toRender.5.label", "\"\"");
    browser_close();
}

/* ---- what makes no sense */

static const il_item *broken_item;

static il_status
broken(il_ctx *ctx)
{
    return il_ask(ctx, broken_item);
}

/* The action fails with the code and this in its message; nothing was shown. */
static void
assert_refused(const il_item *item, const char *code, const char *message)
{
    char wanted[512];

    broken_item = item;
    run_unasked(broken);
    snprintf(wanted, sizeof wanted, "{\"error\":\"%s\",\"message\":\"%s\"}", code, message);
    assert_int_equal(browser.sent_count, 1);
    assert_int_equal(last_sent(LINK_COMPLETE)->status, LINK_FAILURE);
    assert_json(last_sent(LINK_COMPLETE)->json, "data", wanted);
    browser_close();
}

static void
test_nonsense(void **state)
{
    double number;
    size_t one;

    (void)state;
    assert_refused(&(const il_item){ .bytes = sizeof(il_item), .method = IL_M_NUMBER, .label = "N" }, "IL_INVALID",
                   "INPUT_NUMBER \\\"N\\\": there is no variable for the answer");
    assert_refused(&(const il_item){ .bytes = 8 }, "IL_INVALID", "item 1 was not made with a macro of interlude.h");
    assert_refused(&(const il_item){ .bytes = sizeof(il_item), .method = 999, .label = "N" }, "IL_UNSUPPORTED",
                   "item \\\"N\\\" is method 999, which this server does not know");
    assert_refused(IL_NUMBER(&number, "N", .decimals = -1), "IL_INVALID",
                   "INPUT_NUMBER \\\"N\\\": decimals is -1; it cannot be negative");
    assert_refused(IL_NUMBER(&number, "N", .currency = "XXX"), "IL_INVALID",
                   "INPUT_NUMBER \\\"N\\\": currency is \\\"XXX\\\"; it can be one of USD CAD AUD EUR GBP CNY JPY");
    assert_refused(IL_SELECT(&one, "S", .n_options = 70000), "IL_INVALID",
                   "SELECT_SINGLE \\\"S\\\": 70000 options; at most 65536 can be shown, use a table");
    assert_refused(IL_LINK("L"), "IL_INVALID", "DISPLAY_LINK \\\"L\\\": it leads nowhere; give it .url or .route");
    assert_refused(IL_LINK("L", .url = "u", .route = "r"), "IL_INVALID",
                   "DISPLAY_LINK \\\"L\\\": both route \\\"r\\\" and url \\\"u\\\" are given; a link has one of them");
    assert_refused(IL_HEADING("H", .level = 5), "IL_INVALID",
                   "DISPLAY_HEADING \\\"H\\\": level is 5; it can be 2, 3 or 4");
    assert_refused(
        IL_HEADING("H", .menu = IL_MENU({ .label = "m" })), "IL_INVALID",
        "DISPLAY_HEADING \\\"H\\\": menu item \\\"m\\\" leads nowhere; give it .route or .url, or make it .disabled");
    assert_refused(IL_OBJECT("O", .json = "{"), "IL_INVALID", "*");
    assert_refused(IL_TABLE("T", IL_COLUMNS({ "a", "a" })), "IL_INVALID",
                   "DISPLAY_TABLE \\\"T\\\": .rows is not set; it delivers the rows");
    assert_refused(IL_IMAGE("I"), "IL_INVALID",
                   "DISPLAY_IMAGE \\\"I\\\": exactly one of .url and .data with .len is needed");
    assert_refused(IL_METADATA("M", .layout = (il_layout)7), "IL_INVALID",
                   "DISPLAY_METADATA \\\"M\\\": unknown layout 7");
    assert_refused(IL_METADATA("M", IL_META({ "k", IL_RAW("1") })), "IL_INVALID", "*");
}

/* ---- modules built against another version of the headers (interlude/abi.h) */

static il_status
short_item(il_ctx *ctx)
{
    static const char *name;
    /* Without the last members: they are zero, whatever lies behind. */
    il_text item = {
        .bytes = offsetof(il_text, min_len), .method = IL_M_TEXT, .label = "N", .out = &name, .min_len = 9
    };

    return il_ask(ctx, &item.h);
}

struct newer_text {
    il_text text;
    uint64_t option;
};

static il_status
longer_item(il_ctx *ctx)
{
    static const char *name;
    struct newer_text item = { { .bytes = sizeof item, .method = IL_M_TEXT, .label = "N", .out = &name }, 0 };

    IL_TRY(il_ask(ctx, &item.text.h));
    item.option = 1;
    return il_ask(ctx, &item.text.h);
}

struct newer_option {
    il_option option;
    uint64_t more;
};

static il_status
longer_elements(il_ctx *ctx)
{
    struct newer_option options[] = { { { .label = "A" }, 0 }, { { .label = "B", .value = "b" }, 0 } };
    size_t one;

    IL_TRY(il_ask(
        ctx, IL_SELECT(&one, "S", .options = &options[0].option, .n_options = 2, .option_size = sizeof options[0])));
    options[1].more = 1;
    return il_ask(
        ctx, IL_SELECT(&one, "S", .options = &options[0].option, .n_options = 2, .option_size = sizeof options[0]));
}

static void
test_versions(void **state)
{
    (void)state;
    run_action(short_item, "RETURN [\"x\"]");
    assert_json(render(0)->json, "toRender.0.props", "{}");
    assert_json(last_sent(LINK_COMPLETE)->json, "status", "\"SUCCESS\"");
    browser_close();
    run_action(longer_item, "RETURN [\"x\"]");
    assert_json(last_sent(LINK_COMPLETE)->json, "data.error", "\"IL_UNSUPPORTED\"");
    browser_close();
    run_action(longer_elements, "RETURN [{\"label\":\"B\",\"value\":\"b\"}]");
    assert_json(render(0)->json, "toRender.0.props.options",
                "[{\"label\":\"A\",\"value\":\"A\"},{\"label\":\"B\",\"value\":\"b\"}]");
    assert_json(last_sent(LINK_COMPLETE)->json, "data.error", "\"IL_UNSUPPORTED\"");
    browser_close();
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_inputs),   cmocka_unit_test(test_displays), cmocka_unit_test(test_group),
        cmocka_unit_test(test_confirm),  cmocka_unit_test(test_options),  cmocka_unit_test(test_rich_displays),
        cmocka_unit_test(test_nonsense), cmocka_unit_test(test_versions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
