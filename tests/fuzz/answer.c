/* SPDX-License-Identifier: MIT */
/*
 * libFuzzer: whatever a browser sends, the handler gets only what its items allow, and what goes out is valid JSON. The
 * first byte picks the handler; the rest are IO_RESPONSE texts, one per NUL.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "interlude.h"
#include "json/validate.h"
#include "runtime/run.h"

/* As in sdk-headers/module-flags: lists of short literals are how routes are written. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

const il_api *il_api_;

/* ---- the process half of the runner: answers from the input, sends into the void */

static const char *next, *end;
static struct link_subject shown;

bool
run_call(struct run *run, enum link_method method, struct link_subject group, unsigned flags, unsigned status,
         struct str payload, struct err *refusal)
{
    (void)run;
    (void)flags;
    (void)status;
    (void)refusal;
    if (payload.len)
        ASSERT(json_validate(payload, 0, NULL, NULL));
    if (method == LINK_SEND_IO_CALL)
        shown = group;
    return true;
}

void
run_post(struct run *run, enum link_method method, struct str payload)
{
    (void)run;
    (void)method;
    ASSERT(json_validate(payload, 0, NULL, NULL));
}

enum run_event
run_wait(struct run *run, int64_t timeout_ms, const struct run_answer **answer)
{
    static struct run_answer taken;

    (void)timeout_ms;
    if (next >= end) {
        atomic_store(&run->is_canceled, true);
        return RUN_CANCELED;
    }
    taken.group = shown;
    taken.json = (struct str){ next, strnlen(next, (size_t)(end - next)) };
    next += taken.json.len + 1;
    *answer = &taken;
    return RUN_ANSWER;
}

int
run_cancel_fd(struct run *run)
{
    (void)run;
    return -1;
}

bool
run_sleep(struct run *run, int64_t timeout_ms)
{
    (void)timeout_ms;
    return !run_is_canceled(run);
}

/* ---- handlers that know what they may be given */

static const char *
no_x(il_ctx *ctx, const void *out, void *user)
{
    (void)user;
    return strchr(*(const char *const *)out, 'x') ? il_fmt(ctx, "No x in %s.", *(const char *const *)out) : NULL;
}

static il_status
scalars(il_ctx *ctx)
{
    const char *text, *url, *email;
    double number;
    bool flag, present;
    il_date date;
    il_time hour;
    il_datetime when;

    IL_TRY(il_ask(ctx, IL_TEXT(&text, "t", .min_len = 2, .max_len = 5, .validate = no_x),
                  IL_NUMBER(&number, "n", .present = &present, .min = IL_SET(-1), .max = IL_SET(1), .decimals = 2),
                  IL_URL(&url, "u", .protocols = IL_TEXTS("https"), .optional = true),
                  IL_EMAIL(&email, "e", .optional = true), IL_BOOLEAN(&flag, "b"),
                  IL_DATE(&date, "d", .min = IL_YMD(2000, 1, 1)), IL_TIME(&hour, "h", .max = IL_HM(12, 0)),
                  IL_DATETIME(&when, "w", .optional = true)));
    ASSERT(strlen(text) >= 2 && strlen(text) <= 20 && !strchr(text, 'x'));
    ASSERT(fabs(number) <= 1 && (present || number == 0));
    ASSERT(!url || !strncasecmp(url, "https:", 6));
    ASSERT(!email || strchr(email, '@'));
    ASSERT(date.year >= 2000 && date.month >= 1 && date.month <= 12 && date.day >= 1 && date.day <= 31);
    ASSERT(hour.hour * 60 + hour.minute <= 12 * 60);
    ASSERT(when.year == 0 || when.month >= 1);
    return il_return(ctx, { "text", IL_S(text) }, { "flag", IL_B(flag) }, { "number", IL_N(number) });
}

static il_status
some_rows(il_ctx *ctx, const il_table_query *query, il_rows *rows, void *user)
{
    (void)user;
    ASSERT(query->page_size <= 100);
    ASSERT(!query->sort_column || !strcmp(query->sort_column, "a"));
    for (int i = 0; i < 40; i++)
        il_row(rows, NULL, IL_S(il_fmt(ctx, "row %d", i)), IL_I(i * 7 % 40));
    return IL_OK;
}

static il_status
choices(il_ctx *ctx)
{
    const char *choice;
    size_t one;
    il_indexes many;
    il_keys keys;

    IL_TRY(il_ask_form(
        ctx, IL_FORM(.choice = &choice, .choices = IL_CHOICES(IL_CHOICE("A", "a"), IL_CHOICE("B", "b"))),
        IL_SELECT(&one, "s", IL_OPTIONS(IL_OPT("A", "a"), IL_OPT("B", "b"))),
        IL_SELECT_MANY(&many, "m", .max_selections = 2,
                       IL_OPTIONS(IL_OPT("A", "a"), IL_OPT("B", "b"), IL_OPT("C", "c"))),
        IL_SELECT_TABLE(&keys, "t", .rows = some_rows, .min_selections = 1, IL_COLUMNS({ "a", "a" }, { "b", NULL })),
        IL_TABLE("d", .rows = some_rows, .async = true, IL_COLUMNS({ "a", "a" }, { "b", NULL }))));
    ASSERT(one < 2 && many.n <= 2 && keys.n >= 1 && keys.n <= 40);
    ASSERT(!strcmp(choice, "a") || !strcmp(choice, "b"));
    return IL_OK;
}

static il_status
find(il_ctx *ctx, const char *query, il_hits *hits, void *user)
{
    (void)user;
    for (int i = 0; i < 3; i++)
        il_hit(hits, query, il_fmt(ctx, "hit%d", i));
    return strlen(query) > 20 ? il_fail(ctx, "too long") : IL_OK;
}

static il_status
sign(il_ctx *ctx, const char *name, const char *type, il_file_urls *urls, void *user)
{
    (void)user;
    urls->upload = il_fmt(ctx, "http://up/%s", name);
    urls->download = type;
    return IL_OK;
}

/* Sliders, texts, files, searches, spreadsheets. */
static il_status
more(il_ctx *ctx)
{
    double level;
    const char *html, *one;
    il_keys many;
    il_file file;
    il_files files;
    il_sheet sheet;

    IL_TRY(il_ask(
        ctx, IL_SLIDER(&level, "l", .min = -1, .max = 1, .step = 0.5), IL_RICH_TEXT(&html, "r", .optional = true),
        IL_SEARCH(&one, "s", .find = find),
        IL_SEARCH_MANY(&many, "m", .find = find, .optional = true, IL_CHOSEN(IL_OPT("c", "hit9"))),
        IL_FILE(&file, "f", .presign = sign, .extensions = IL_TEXTS(".csv")), IL_FILES(&files, "fs", .optional = true),
        IL_SPREADSHEET(&sheet, "t",
                       IL_SHEET_COLUMNS({ "a" }, { "b", IL_SHEET_NUMBER, true }, { "c", IL_SHEET_BOOLEAN }))));
    ASSERT(fabs(level) <= 1 && fabs(level * 10 - round(level * 10)) < 1e-9);
    ASSERT(!html || *html);
    ASSERT(!strncmp(one, "hit", 3) && strlen(one) == 4);
    for (size_t i = 0; i < many.n; i++)
        ASSERT(!strncmp(many.v[i], "hit", 3));
    ASSERT(strlen(file.name) >= 4 && !strchr(file.name, '/') && file.url && !file.key);
    for (size_t i = 0; i < files.n; i++)
        ASSERT(files.v[i].name && files.v[i].type && files.v[i].key);
    ASSERT(sheet.n_rows >= 1 && sheet.n_rows <= 1000 && sheet.n_columns == 3);
    for (size_t i = 0; i < sheet.n_rows; i++)
        ASSERT(*il_sheet_str(&sheet, i, 0) && il_sheet_cell(&sheet, i, 2).type == IL_V_BOOL);
    return IL_OK;
}

static il_status
confirmation(il_ctx *ctx)
{
    bool yes;

    IL_TRY(il_confirm(ctx, "?", NULL, &yes));
    return il_return_value(ctx, IL_B(yes));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const il_route routes[] = {
        IL_ROUTE_ACTION("scalars", scalars),
        IL_ROUTE_ACTION("choices", choices),
        IL_ROUTE_ACTION("confirmation", confirmation),
        IL_ROUTE_ACTION("more", more),
    };
    struct run run = { .inputs = { "{\"displayResolvesImmediately\":true}", 36 } };

    if (!size)
        return 0;
    il_api_ = runtime_api();
    arena_init(&run.arena, RUN_ARENA_MAX);
    run.route = &routes[data[0] % 4];
    next = (const char *)data + 1;
    end = (const char *)data + size;
    runtime_action(&run);
    runtime_run_free(&run);
    arena_fini(&run.arena);
    return 0;
}
