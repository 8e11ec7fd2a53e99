/* SPDX-License-Identifier: MIT */
/** Asking and showing. All of it on the thread that runs the handler. */
#ifndef INTERLUDE_IO_H
#define INTERLUDE_IO_H

#include "api.h"

/**
 * Shows one or more items as one form and waits for the answer:
 *
 *     IL_TRY(il_ask(ctx, IL_TEXT(&name, "Name"), IL_NUMBER(&age, "Age", .min = IL_SET(0))));
 *
 * Items that only show (display.h, IL_TABLE) may be mixed in; if there are no others the call returns at once and what
 * was shown stays on the screen (hosts of servers that show one thing at a time wait for the Continue button).
 *
 * ctx    of this run
 * ...    1 to 1000 items
 *
 * IL_OK            answered; all variables are set
 * IL_CANCELED      the person left; clean up and return it
 * IL_CLOSED        asked again after IL_CANCELED
 * IL_INVALID       an item without label variable, a wrong option; the message names the item
 * IL_BAD_RESPONSE  the answer has the wrong shape
 * IL_RENDER_ERROR  the server refused the form
 * IL_NO_MEMORY, IL_UNSUPPORTED  see status.h
 *
 * Parks the thread. Since 1.0.
 */
#define il_ask(ctx, ...) il_ask_items_((ctx), NULL, (const il_item *const[]){ __VA_ARGS__, NULL })

/** The same as il_ask with buttons and a check over all fields: form is IL_FORM(…). Since 1.0. */
#define il_ask_form(ctx, form, ...) il_ask_items_((ctx), (form), (const il_item *const[]){ __VA_ARGS__, NULL })

/** il_ask, for items that ask nothing. Since 1.0. */
#define il_show(ctx, ...) il_ask((ctx), __VA_ARGS__)

/** Buttons and check of a form; the options are the members of il_form. Since 1.0. */
#define IL_FORM(...) (&(const il_form){ .size = sizeof(il_form), __VA_ARGS__ })

/* clang-format off */
/** One button: `IL_CHOICE("Delete", "delete", .theme = IL_DANGER)`. Since 1.0. */
#define IL_CHOICE(label_, ...) { .label = (label_), .value = __VA_ARGS__ }
/* clang-format on */

/** The buttons of a form: `.choices = IL_CHOICES(IL_CHOICE(…), IL_CHOICE(…))`. Since 1.0. */
#define IL_CHOICES(...) ((const il_choice[]){ __VA_ARGS__, { 0 } })

/** What il_ask and il_ask_form expand to; items: list ended by NULL, for forms put together at run time. Since 1.0. */
static inline IL_MUST_CHECK il_status
il_ask_items_(il_ctx *ctx, const il_form *form, const il_item *const *items)
{
    return il_api_->ask(ctx, form, items);
}

/**
 * Asks for a yes or no before something happens, in a box of its own. IL_CONFIRM has more options.
 *
 * label  the question
 * help   Markdown below, NULL: none
 * yes    set on IL_OK
 *
 * Errors as il_ask. Parks the thread. Wire: CONFIRM. Since 1.0.
 */
static inline IL_MUST_CHECK il_status
il_confirm(il_ctx *ctx, const char *label, const char *help, bool *yes)
{
    return il_api_->confirm(ctx, label, help, yes);
}

/**
 * Hands over one row; for the callbacks of tables. Cells are il_values in the order of the columns: IL_S, IL_I, IL_T,
 * IL_RICH …
 *
 * key  names the row, unique in the table; copied. NULL: its number.
 * ...  the cells; copied, so texts that live briefly (sqlite3_column_text) are fine. Missing ones at the end are empty.
 *
 * IL_OK, or IL_NO_MEMORY, IL_INVALID (more cells than columns); the host remembers the failure, so it need not be
 * checked. Since 1.0.
 */
#define il_row(rows, key, ...)                                                                                         \
    (il_api_->row)((rows), (key), (const il_value[]){ __VA_ARGS__ },                                                   \
                   sizeof((const il_value[]){ __VA_ARGS__ }) / sizeof(il_value), NULL)

/** The same with a menu at the right edge: `menu` is IL_MENU(…), or NULL; copied. Since 1.0. */
#define il_row_menu(rows, key, menu, ...)                                                                              \
    (il_api_->row)((rows), (key), (const il_value[]){ __VA_ARGS__ },                                                   \
                   sizeof((const il_value[]){ __VA_ARGS__ }) / sizeof(il_value), (menu))

/** The same with cells in an array made at run time. Since 1.0. */
static inline il_status
il_row_cells(il_rows *rows, const char *key, const il_value *cells, size_t n, const il_menu *menu)
{
    return il_api_->row(rows, key, cells, n, menu);
}

/* clang-format off */
/**
 * Hands over one tile; for the callbacks of grids: `il_tile(rows, id, .label = name, .image = { .url = url })`. The
 * options are the members of il_tile_info; copied. Key and result as il_row's. Since 1.1.
 */
#define il_tile(rows, key, ...) \
    (il_api_->tile)((rows), (key), &(const il_tile_info){ .size = sizeof(il_tile_info), __VA_ARGS__ })

/**
 * Hands over one result; for the callbacks of searches: `il_hit(hits, "Ada", id, .description = email, .image = { .url
 * = url })`, behind hits as IL_OPT. Copied. IL_NO_MEMORY: the host remembers it, so it need not be checked. Since 1.1.
 */
#define il_hit(hits, label_, ...) \
    (il_api_->hit)((hits), &(const il_option)IL_OPT(label_, __VA_ARGS__), sizeof(il_option))
/* clang-format on */

/**
 * Asynchronous tables: how many rows match the query in all. Not called: the browser shows no total and offers Next as
 * long as full pages come. Wire: totalRecords. Since 1.0.
 */
static inline void
il_total(il_rows *rows, uint64_t total)
{
    il_api_->rows_total(rows, total);
}

#endif
