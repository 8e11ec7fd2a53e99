/* SPDX-License-Identifier: MIT */
/*
 * The methods that ask for more than a field: sliders, rich text, spreadsheets, files, searches, identity; and grids,
 * videos, progress, what comes later. Renders against what the Node SDK 2.0.0 sends (data/, from its captures), answers
 * against what a hostile browser might send.
 */
#include "browser.h"

#include <sys/stat.h>
#include <unistd.h>

/* The file as a C string; the caller frees it. */
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

static void
assert_data(int n, const char *name)
{
    char *wanted = read_data(name);

    assert_json(render(n)->json, "toRender", wanted);
    free(wanted);
}

static void
assert_told(int n, const char *message)
{
    assert_message(render(n), "toRender.0", message);
}

/* ---- slider, rich text */

static il_status
plain_inputs(il_ctx *ctx)
{
    double level;
    const char *html;
    il_files files;

    return il_ask(ctx, IL_SLIDER(&level, "sl", .max = 9), IL_RICH_TEXT(&html, "r"),
                  IL_FILES(&files, "f", .extensions = IL_TEXTS(".png")));
}

static void
test_inputs(void **state)
{
    (void)state;
    run_action(plain_inputs, NULL);
    assert_data(0, "inputs_more.json");
    browser_close();
}

static il_status
slide(il_ctx *ctx)
{
    double level;

    IL_TRY(il_ask(ctx, IL_SLIDER(&level, "Level", .min = -1, .max = 1, .step = 0.25, .value = IL_SET(0))));
    return il_return_value(ctx, IL_N(level));
}

static void
test_slider(void **state)
{
    (void)state;
    run_action(slide, "RETURN [1.5]", "RETURN [0.125]", "RETURN [0.1]", "RETURN [-0.75]");
    assert_json(render(0)->json, "toRender.0.props", "{\"min\":-1,\"max\":1,\"step\":0.25,\"defaultValue\":0}");
    assert_told(1, "Please enter a number between -1 and 1.");
    assert_told(2, "Please enter a number with up to 2 decimal places.");
    assert_told(3, "Please enter a number in steps of 0.25 from -1.");
    assert_json(last_sent(LINK_COMPLETE)->json, "data", "-0.75");
    browser_close();
}

/* Tenths are not exact, the right end may lie between two steps, and what the author wrote is always right. */
static il_status
slide_oddly(il_ctx *ctx)
{
    double tenth, end, own;

    IL_TRY(il_ask(ctx, IL_SLIDER(&tenth, "Tenths", .max = 1, .step = 0.1),
                  IL_SLIDER(&end, "Twos", .max = 11, .step = 2),
                  IL_SLIDER(&own, "Own", .max = 100, .step = 10, .value = IL_SET(33))));
    return il_return_value(ctx, IL_N(tenth + end + own));
}

static void
test_slider_steps(void **state)
{
    (void)state;
    run_action(slide_oddly, "RETURN [0.3, 11, 33]", "RETURN [0.3, 10, 34]", "RETURN [0.3, 10, 33]");
    assert_message(render(1), "toRender.1", "Please enter a number in steps of 2 from 0.");
    assert_message(render(2), "toRender.2", "Please enter a number in steps of 10 from 0.");
    assert_json(last_sent(LINK_COMPLETE)->json, "data", "43.3");
    browser_close();
}

static il_status
write_text(il_ctx *ctx)
{
    const char *html;

    IL_TRY(il_ask(ctx, IL_RICH_TEXT(&html, "Text", .placeholder = "Say it", .value = "<p>x</p>")));
    return il_return_str(ctx, html);
}

static void
test_rich_text(void **state)
{
    (void)state;
    run_action(write_text, "RETURN [\"<p> <br></p>\"]", "RETURN [\"<h1>A</h1><p><em>b</em></p>\"]");
    assert_json(render(0)->json, "toRender.0.props", "{\"placeholder\":\"Say it\",\"defaultValue\":\"<p>x</p>\"}");
    assert_told(1, "This field is required.");
    assert_json(last_sent(LINK_COMPLETE)->json, "data", "\"<h1>A</h1><p><em>b</em></p>\"");
    browser_close();
}

/* ---- spreadsheet */

static il_status
enter(il_ctx *ctx)
{
    enum { NAME, AGE, MEMBER };
    il_sheet sheet;

    IL_TRY(
        il_ask(ctx, IL_SPREADSHEET(&sheet, "People",
                                   IL_SHEET_COLUMNS({ "name" }, { "age", IL_SHEET_NUMBER, .optional = true },
                                                    { "member", IL_SHEET_BOOLEAN }),
                                   .value = (const il_value[]){ IL_S("Ada"), IL_NIL, IL_B(true) }, .n_value_rows = 1)));
    return il_return(ctx, { "rows", IL_I((int64_t)sheet.n_rows) }, { "name", IL_S(il_sheet_str(&sheet, 1, NAME)) },
                     { "age", IL_N(il_sheet_number(&sheet, 0, AGE, -1)) },
                     { "no age", IL_N(il_sheet_number(&sheet, 1, AGE, -1)) },
                     { "member", IL_B(il_sheet_bool(&sheet, 1, MEMBER)) },
                     { "beyond", IL_B(il_sheet_cell(&sheet, 2, NAME).type == IL_V_UNDEF) });
}

static void
test_spreadsheet(void **state)
{
    (void)state;
    run_action(enter, "RETURN [[]]", "RETURN [[{\"name\":null,\"age\":1,\"member\":true}]]",
               "RETURN [[{\"name\":\"A\",\"age\":\"x\",\"member\":true}]]",
               "RETURN [[{\"name\":\"Ann\",\"age\":41.5,\"member\":false},"
               "{\"name\":\"2020-01-01T00:00:00.000Z\",\"age\":null,\"member\":true,\"more\":1}]]");
    assert_json(render(0)->json, "toRender.0.props",
                "{\"columns\":{\"name\":\"string\",\"age\":\"number?\",\"member\":\"boolean\"},"
                "\"defaultValue\":[{\"name\":\"Ada\",\"age\":null,\"member\":true}]}");
    assert_told(1, "Please enter at least one row.");
    assert_told(2, "There are one or more issues with the data you entered: row 1, \\\"name\\\" is empty.");
    assert_told(3, "There are one or more issues with the data you entered: row 1, \\\"age\\\" is of another type.");
    assert_json(last_sent(LINK_COMPLETE)->json, "data",
                "{\"rows\":2,\"name\":\"2020-01-01T00:00:00.000Z\",\"age\":41.5,\"no age\":-1,\"member\":true,"
                "\"beyond\":true}");
    browser_close();
}

/* ---- files */

static il_status
sign(il_ctx *ctx, const char *name, const char *type, il_file_urls *urls, void *user)
{
    (void)user;
    if (!strcmp(type, "text/html"))
        return il_fail(ctx, "not that");
    urls->upload = il_fmt(ctx, "https://up.example.com/%s", name);
    urls->download = il_fmt(ctx, "https://down.example.com/%s", name);
    return IL_OK;
}

static il_status
take_signed(il_ctx *ctx)
{
    il_file file;
    il_str bytes;

    IL_TRY(il_ask(ctx, IL_FILE(&file, "F", .presign = sign)));
    il_log(ctx, "%d", (int)il_file_read(ctx, &file, &bytes));
    return il_return(ctx, { "name", IL_S(file.name) }, { "size", IL_I((int64_t)file.size) }, { "url", IL_S(file.url) },
                     { "changed", IL_I(file.last_modified_ms) });
}

static void
test_signed_file(void **state)
{
    (void)state;
    run_action(take_signed, "STATE [{\"files\":[{\"name\":\"a.txt\",\"type\":\"text/plain\"}]}]",
               "STATE [{\"files\":[{\"name\":\"a.htm\",\"type\":\"text/html\"}]}]",
               "RETURN [{\"name\":\"a.txt\",\"type\":\"text/plain\",\"lastModified\":1700000000000,\"size\":2,"
               "\"url\":\"https://down.example.com/a.txt\"}]");
    assert_data(0, "upload_0.json");
    assert_data(1, "upload_1.json");
    assert_json(render(2)->json, "toRender.0.props.fileUrls", "[{\"uploadUrl\":\"error\",\"downloadUrl\":\"error\"}]");
    assert_json(last_sent(LINK_COMPLETE)->json, "data",
                "{\"name\":\"a.txt\",\"size\":2,\"url\":\"https://down.example.com/a.txt\",\"changed\":1700000000000}");
    browser_close();
}

static const char *uploads; /* the directory of the run */
static char folder[256], stored[2][400];

/* Puts two files where the server would, now that the key of the call is known. */
static const char *
store(il_ctx *ctx, const void *out, void *user)
{
    struct uuid key;
    struct uuid_text group;
    FILE *file;

    (void)ctx;
    (void)out;
    (void)user;
    memcpy(key.bytes, render(0)->group.bytes, sizeof key.bytes);
    group = uuid_format(key);
    snprintf(folder, sizeof folder, "%s/%s", uploads, group.s);
    mkdir(folder, 0700);
    for (size_t i = 0; i < 2; i++) {
        snprintf(stored[i], sizeof stored[i], "%s/UPLOAD_FILE-0-%s-%zu", folder, group.s, i);
        file = fopen(stored[i], "w");
        assert_non_null(file);
        fprintf(file, "bytes of %zu", i);
        fclose(file);
    }
    return NULL;
}

static il_status
take_files(il_ctx *ctx)
{
    il_files files;
    il_str bytes;
    const char *text;
    il_file stranger = { .name = "x", .key = "nowhere/x" };

    IL_TRY(il_ask(ctx, IL_FILES(&files, "F", .extensions = IL_TEXTS("csv", ".TXT")),
                  IL_TEXT(&text, "T", .validate = store)));
    IL_TRY(il_file_read(ctx, &files.v[1], &bytes));
    assert_int_equal(bytes.p[bytes.len], 0);
    assert_int_equal(il_file_open(ctx, &stranger), -1);
    return il_return(ctx, { "bytes", IL_S(bytes.p) }, { "len", IL_I((int64_t)files.v[1].size) },
                     { "name", IL_S(files.v[1].name) });
}

static void
test_stored_files(void **state)
{
    char dir[] = "/tmp/uploads-XXXXXX", inputs[256];
    static const char two[] = "RETURN [[{\"name\":\"a.CSV\",\"type\":\"\",\"lastModified\":1,\"size\":2,\"url\":\"u\"},"
                              "{\"name\":\"../../b.txt\",\"type\":\"text/plain\",\"lastModified\":1,\"size\":2,"
                              "\"url\":\"u\"}],\"t\"]";
    const char *script[] = {
        "RETURN [[],null]",
        "RETURN [[{\"name\":\"a.exe\",\"type\":\"\",\"lastModified\":1,\"size\":2,\"url\":\"u\"}],null]",
        "RETURN [[{\"name\":\"a.csv\",\"type\":\"\",\"lastModified\":1,\"size\":2,\"url\":\"u\"}],\"t\"]", two
    };
    (void)state;
    uploads = mkdtemp(dir);
    snprintf(inputs, sizeof inputs, "{\"displayResolvesImmediately\":true,\"uploads\":\"%s\"}", dir);
    run_action_(&(const il_route)IL_ROUTE_ACTION("a", take_files), inputs, script, 4);
    assert_json(render(0)->json, "toRender.0",
                "{\"methodName\":\"UPLOAD_FILE\",\"label\":\"F\",\"isStateful\":true,\"isOptional\":false,"
                "\"isMultiple\":true,\"multipleProps\":{},\"props\":{\"allowedExtensions\":[\"csv\",\".TXT\"]}}");
    assert_told(1, "This field is required.");
    assert_told(2, "Please select a file of type .csv, .TXT.");
    assert_told(3, "Please select a.csv again: it has not arrived.");
    assert_json(last_sent(LINK_COMPLETE)->json, "data", "{\"bytes\":\"bytes of 1\",\"len\":10,\"name\":\"b.txt\"}");
    browser_close();
    for (size_t i = 0; i < 2; i++)
        remove(stored[i]);
    rmdir(folder);
    rmdir(dir);
}

/* ---- search */

static il_status
find(il_ctx *ctx, const char *query, il_hits *hits, void *user)
{
    const int *rows = user;
    char label[24];

    if (!strcmp(query, "fail"))
        return il_fail(ctx, "no index");
    for (int i = 0, found = 0; i < *rows; i++) {
        snprintf(label, sizeof label, "row %d", i);
        if ((*query && !strstr(label, query)) || found++ >= (*query ? 3 : 2))
            continue;
        il_hit(hits, label, il_fmt(ctx, "id%d", i), .description = label + 4);
    }
    return IL_OK;
}

static il_status
look_up(il_ctx *ctx)
{
    static int rows = 22;
    const char *id;

    IL_TRY(il_ask(ctx, IL_SEARCH(&id, "Find", .find = find, .user = &rows)));
    return il_return_str(ctx, id);
}

static void
test_search(void **state)
{
    (void)state;
    run_action(look_up, "STATE [{\"queryTerm\":\"row 2\"}]", "STATE [{\"queryTerm\":\"fail\"}]", "RETURN [\"9:0\"]",
               "RETURN [\"1:3\"]", "RETURN [\"default:0\"]", "RETURN [\"1:x\"]", "RETURN [\"0:1\"]");
    assert_data(0, "search_0.json");
    assert_data(1, "search_1.json");
    assert_data(2, "search_1.json");
    assert_told(3, "Please choose from what is offered.");
    assert_told(4, "Please choose from what is offered.");
    assert_told(5, "Please choose from what is offered.");
    assert_told(6, "Please choose from what is offered.");
    assert_json(last_sent(LINK_COMPLETE)->json, "data", "\"id1\"");
    browser_close();
}

static il_status
find_nothing(il_ctx *ctx, const char *query, il_hits *hits, void *user)
{
    (void)ctx;
    (void)user;
    if (*query)
        il_hit(hits, query, query, .image = { .url = "i.png", .size = IL_SMALL });
    return IL_OK;
}

static il_status
look_up_many(il_ctx *ctx)
{
    il_keys ids;

    IL_TRY(il_ask(
        ctx, IL_SEARCH_MANY(&ids, "S", .find = find_nothing, .placeholder = "Name", IL_CHOSEN(IL_OPT("dd", "d1")))));
    for (size_t i = 0; i < ids.n; i++)
        il_return_row(ctx, { "id", IL_S(ids.v[i]) });
    return IL_OK;
}

static void
test_search_many(void **state)
{
    (void)state;
    run_action(look_up_many, "STATE [{\"queryTerm\":\"ab\"}]", "RETURN [[]]", "RETURN [[\"1:0\",\"default:0\"]]");
    assert_json(render(0)->json, "toRender.0",
                "{\"methodName\":\"SEARCH\",\"label\":\"S\",\"isStateful\":true,\"isOptional\":false,"
                "\"isMultiple\":true,\"multipleProps\":{\"defaultValue\":[\"default:0\"]},\"props\":{\"results\":"
                "[{\"value\":\"default:0\",\"label\":\"dd\"}],\"placeholder\":\"Name\",\"disabled\":false}}");
    assert_json(render(1)->json, "toRender.0.props.results",
                "[{\"value\":\"1:0\",\"label\":\"ab\",\"image\":{\"url\":\"i.png\",\"width\":\"small\","
                "\"height\":\"small\"}}]");
    assert_told(2, "This field is required.");
    assert_json(last_sent(LINK_COMPLETE)->json, "data", "[{\"id\":\"ab\"},{\"id\":\"d1\"}]");
    browser_close();
}

static il_status
look_up_fixed(il_ctx *ctx)
{
    const char *id, *none;

    IL_TRY(il_ask(ctx, IL_SEARCH(&id, "S", .find = find_nothing, .disabled = true, IL_CHOSEN(IL_OPT("dd", "d1"))),
                  IL_SEARCH(&none, "T", .find = find_nothing, .optional = true)));
    return il_return(ctx, { "id", IL_S(id) }, { "none", IL_S(none) });
}

static void
test_search_disabled(void **state)
{
    (void)state;
    run_action(look_up_fixed, "RETURN [null,null]");
    assert_json(last_sent(LINK_COMPLETE)->json, "data", "{\"id\":\"d1\",\"none\":null}");
    browser_close();
}

/* ---- confirmations */

static il_status
identify(il_ctx *ctx)
{
    bool is_sure, is_known;

    IL_TRY(il_ask(ctx, IL_CONFIRM(&is_sure, "Sure?", .help_text = "really", .theme = IL_DANGER)));
    IL_TRY(il_ask(ctx, IL_CONFIRM_IDENTITY(&is_known, "Who?", .grace_ms = IL_SET(1000))));
    return il_return(ctx, { "sure", IL_B(is_sure) }, { "known", IL_B(is_known) });
}

static void
test_confirmations(void **state)
{
    (void)state;
    run_action(identify, "RETURN [true]", "RETURN [false]");
    assert_json(render(0)->json, "toRender.0.props", "{\"helpText\":\"really\",\"theme\":\"danger\"}");
    assert_data(1, "identity.json");
    assert_int_equal(render(1)->flags, LINK_INTERACTIVE);
    assert_json(last_sent(LINK_COMPLETE)->json, "data", "{\"sure\":true,\"known\":false}");
    browser_close();
}

static il_status
crowd(il_ctx *ctx)
{
    bool a, b;

    return il_ask(ctx, IL_CONFIRM(&a, "A"), IL_CONFIRM_IDENTITY(&b, "B"));
}

static il_status
choices(il_ctx *ctx)
{
    bool a;

    return il_ask_form(ctx, IL_FORM(.choices = IL_CHOICES(IL_CHOICE("x", "x"))), IL_CONFIRM(&a, "A"));
}

static void
test_confirmations_stand_alone(void **state)
{
    (void)state;
    run_unasked(crowd);
    assert_json(last_sent(LINK_COMPLETE)->json, "data",
                "{\"error\":\"IL_INVALID\",\"message\":\"a confirmation stands alone; ask for it in an il_ask of its "
                "own\"}");
    browser_close();
    run_unasked(choices);
    assert_json(last_sent(LINK_COMPLETE)->json, "data.error", "\"IL_INVALID\"");
    browser_close();
}

/* ---- displays */

static il_status
three(il_ctx *ctx, const il_table_query *query, il_rows *rows, void *user)
{
    (void)query;
    (void)user;
    for (int i = 0; i < 3; i++)
        il_tile(rows, NULL, .label = il_fmt(ctx, "row %d", i));
    return IL_OK;
}

static il_status
rich_tiles(il_ctx *ctx, const il_table_query *query, il_rows *rows, void *user)
{
    (void)ctx;
    (void)user;
    for (size_t i = query->offset; i < query->offset + query->page_size; i++)
        il_tile(rows, "k", .label = "L", .description = "D", .route = "a/b", .params = IL_PARAMS({ "d", IL_T(0) }),
                .image = { .url = "i", .contain = true, .aspect_ratio = 1.5 },
                .menu = IL_MENU({ .label = "m", .url = "u" }));
    il_total(rows, 7);
    return IL_OK;
}

static il_status
displays(il_ctx *ctx)
{
    return il_show(ctx, IL_GRID("G", .tiles = three), IL_VIDEO("V", .url = "https://example.com/v.mp4"));
}

static il_status
async_grid(il_ctx *ctx)
{
    return il_show(ctx, IL_GRID("G", .tiles = rich_tiles, .async = true, .ideal_column_width = 300, .page_size = 2));
}

static void
test_displays(void **state)
{
    (void)state;
    run_unasked(displays);
    assert_data(0, "display_more.json");
    browser_close();
}

static void
after(const char *line)
{
    answer_with(line);
    runtime_io_after(&browser.run, &browser.answer);
}

static void
test_grid(void **state)
{
    (void)state;
    run_unasked(displays);
    after("STATE [{\"queryTerm\":\"ROW 1\",\"offset\":0,\"pageSize\":20},null]");
    assert_json(render(-1)->json, "toRender.0.props.data", "[{\"key\":\"1\",\"data\":{\"label\":\"row 1\"}}]");
    assert_json(render(-1)->json, "toRender.0.props.totalRecords", "3");
    browser_close();
    run_unasked(async_grid);
    assert_json(render(0)->json, "toRender.0.props",
                "{\"data\":[],\"idealColumnWidth\":300,\"defaultPageSize\":2,\"isFilterable\":true,\"isAsync\":true}");
    after("STATE [{\"offset\":2,\"pageSize\":1}]");
    assert_json(render(-1)->json, "toRender.0.props.data",
                "[{\"key\":\"k\",\"data\":{\"label\":\"L\",\"description\":\"D\",\"image\":{\"url\":\"i\",\"fit\":"
                "\"contain\",\"aspectRatio\":1.5},\"route\":\"a/b\",\"params\":{\"d\":\"1970-01-01T00:00:00.000Z\"},"
                "\"menu\":[{\"label\":\"m\",\"url\":\"u\"}]}}]");
    assert_json(render(-1)->json, "toRender.0.propsMeta.values", "{\"data.0.data.params.d\":[\"Date\"]}");
    assert_json(render(-1)->json, "toRender.0.props.totalRecords", "7");
    browser_close();
}

static il_status
progress(il_ctx *ctx)
{
    return il_show(ctx, IL_PROGRESS_STEPS("Move", .completed = 1, .total = 3, .current = "Copy", .subtitle = "s"),
                   IL_PROGRESS_INDETERMINATE("Wait"));
}

static il_status
tasks(il_ctx *ctx)
{
    return il_show(ctx, IL_PROGRESS_LIST("L", .tasks = IL_TASKS({ "Back up", true, "12 MB" }, { "Copy" })),
                   IL_VIDEO("V", .data = "\x1a\x45\xdf\xa3", .len = 4, .size = IL_MEDIUM, .loop = true));
}

static void
test_progress(void **state)
{
    const char *const paged = "{\"displayResolvesImmediately\":false}";

    (void)state;
    /* Does not wait for Continue even where displays do (io-methods.md 5). */
    run_action_(&(const il_route)IL_ROUTE_ACTION("a", progress), paged, NULL, 0);
    assert_json(render(0)->json, "toRender.0.props",
                "{\"steps\":{\"completed\":1,\"total\":3},\"currentStep\":\"Copy\",\"subTitle\":\"s\"}");
    assert_json(render(0)->json, "toRender.1.props", "{}");
    browser_close();
    run_action_(&(const il_route)IL_ROUTE_ACTION("a", tasks), paged, (const char *const[]){ "RETURN [null,null]" }, 1);
    assert_json(render(0)->json, "toRender.0.props.items",
                "[{\"label\":\"Back up\",\"isComplete\":true,\"resultDescription\":\"12 MB\"},"
                "{\"label\":\"Copy\",\"isComplete\":false,\"resultDescription\":null}]");
    assert_json(render(0)->json, "toRender.1.props",
                "{\"url\":\"data:video/webm;base64,GkXfow==\",\"width\":\"medium\",\"height\":\"medium\","
                "\"loop\":true}");
    browser_close();
}

/* ---- later */

static il_status
count_rows(il_ctx *ctx, il_meta *meta, void *user)
{
    const int64_t *rows = user;

    if (!rows)
        return il_fail(ctx, "no database");
    meta->value = IL_I(*rows);
    meta->url = il_fmt(ctx, "http://h/%d", (int)*rows);
    return IL_OK;
}

static const int64_t five = 5;

static il_status
show_later(il_ctx *ctx)
{
    return il_show(
        ctx,
        IL_METADATA("M", IL_META({ "p", IL_S("v") }, { "b", .later = count_rows, .user = (void *)(uintptr_t)&five },
                                 { "e", .later = count_rows })),
        IL_GRID("G", .tiles = three));
}

static void
test_later(void **state)
{
    (void)state;
    run_unasked(show_later);
    assert_json(
        render(0)->json, "toRender.0.props.data",
        "[{\"label\":\"p\",\"value\":\"v\"},{\"label\":\"b\",\"value\":null},{\"label\":\"e\",\"value\":null}]");
    assert_json(render(0)->json, "toRender.0.propsMeta.values",
                "{\"data.1.value\":[\"undefined\"],\"data.2.value\":[\"undefined\"]}");
    assert_json(render(1)->json, "toRender.0.props.data",
                "[{\"label\":\"p\",\"value\":\"v\"},{\"label\":\"b\",\"value\":5,\"url\":\"http://h/5\"},"
                "{\"label\":\"e\",\"error\":\"no database\"}]");
    assert_memory_equal(&render(0)->group, &render(1)->group, sizeof render(0)->group);
    after("STATE [null,{\"offset\":0,\"pageSize\":1}]"); /* the item is gone by now */
    assert_json(render(2)->json, "toRender.0.props.data.1", "{\"label\":\"b\",\"value\":5,\"url\":\"http://h/5\"}");
    browser_close();
}

static il_status
page_later(il_ctx *ctx, il_page *page)
{
    char label[] = "b";
    il_meta list[] = { { .label = label, .later = count_rows, .user = (void *)(uintptr_t)&five } };

    (void)ctx;
    il_page_add(page, IL_METADATA("M", .items = list, .n_items = 1, .item_size = sizeof list[0]));
    label[0] = '?';
    list[0].later = NULL;
    return IL_OK;
}

static void
test_later_on_page(void **state)
{
    (void)state;
    browser_open(&(const il_route)IL_ROUTE_PAGE("p", page_later), "{}");
    runtime_page(&browser.run);
    assert_int_equal(browser.sent_count, 2);
    assert_json(browser.sent[0].json, "children.toRender.0.props.data", "[{\"label\":\"b\",\"value\":null}]");
    assert_json(browser.sent[1].json, "children.toRender.0.props.data",
                "[{\"label\":\"b\",\"value\":5,\"url\":\"http://h/5\"}]");
    browser_close();
}

static il_status
page_later_on_stack(il_ctx *ctx, il_page *page)
{
    int64_t own = 1;

    (void)ctx;
    il_page_add(page, IL_METADATA("M", IL_META({ "b", .later = count_rows, .user = &own })));
    return IL_OK;
}

static void
test_later_on_stack(void **state)
{
    (void)state;
    browser_open(&(const il_route)IL_ROUTE_PAGE("p", page_later_on_stack), "{}");
    runtime_page(&browser.run);
    assert_json(browser.sent[0].json, "errors.0.error", "\"IL_INVALID\"");
    browser_close();
}

/* ---- notifications */

static il_status
tell(il_ctx *ctx)
{
    IL_TRY(il_notify(ctx, .message = "hi", .title = "T", .idempotency_key = "k1",
                     .to = IL_TO({ "#chan", IL_BY_SLACK }, { "ann@example.com" })));
    IL_TRY(il_notify(ctx, .message = "me"));
    return il_notify(ctx, .title = "without a message");
}

static void
test_notify(void **state)
{
    (void)state;
    run_unasked(tell);
    assert_int_equal(browser.sent[0].method, LINK_NOTIFY);
    assert_json(browser.sent[0].json, "",
                "{\"transactionId\":\"t\",\"message\":\"hi\",\"title\":\"T\",\"deliveryInstructions\":[{\"to\":"
                "\"#chan\",\"method\":\"SLACK\"},{\"to\":\"ann@example.com\"}],\"idempotencyKey\":\"k1\","
                "\"createdAt\":\"*\"}");
    assert_json(browser.sent[1].json, "", "{\"transactionId\":\"t\",\"message\":\"me\",\"createdAt\":\"*\"}");
    assert_json(last_sent(LINK_COMPLETE)->json, "data",
                "{\"error\":\"IL_INVALID\",\"message\":\"il_notify needs a .message\"}");
    browser_close();
}

/* ---- plain cells */

static il_status
one_row(il_ctx *ctx, const il_table_query *query, il_rows *rows, void *user)
{
    (void)ctx;
    (void)query;
    (void)user;
    return il_row(rows, NULL, IL_S("*a*"), IL_S("*b*"));
}

static il_status
plain_table(il_ctx *ctx)
{
    const il_column columns[] = { { "A", "a", .plain = true }, { "B" } };

    return il_show(ctx, IL_TABLE("T", .rows = one_row, IL_COLUMNS_OF(columns, 2)));
}

static void
test_plain_column(void **state)
{
    (void)state;
    run_unasked(plain_table);
    assert_json(render(0)->json, "toRender.0.props.columns",
                "[{\"label\":\"A\",\"accessorKey\":\"a\",\"isPlain\":true},{\"label\":\"B\"}]");
    browser_close();
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_inputs),        cmocka_unit_test(test_slider),
        cmocka_unit_test(test_slider_steps),  cmocka_unit_test(test_rich_text),
        cmocka_unit_test(test_spreadsheet),   cmocka_unit_test(test_signed_file),
        cmocka_unit_test(test_stored_files),  cmocka_unit_test(test_search),
        cmocka_unit_test(test_search_many),   cmocka_unit_test(test_search_disabled),
        cmocka_unit_test(test_confirmations), cmocka_unit_test(test_confirmations_stand_alone),
        cmocka_unit_test(test_displays),      cmocka_unit_test(test_grid),
        cmocka_unit_test(test_progress),      cmocka_unit_test(test_later),
        cmocka_unit_test(test_later_on_page), cmocka_unit_test(test_later_on_stack),
        cmocka_unit_test(test_notify),        cmocka_unit_test(test_plain_column),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
