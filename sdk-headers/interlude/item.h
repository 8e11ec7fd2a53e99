/* SPDX-License-Identifier: MIT */
/**
 * Items: one use of an IO method, made by a macro such as IL_TEXT and handed to il_ask or il_page_add. This file has
 * what all items share; the items are in input.h, select.h, file.h, search.h, sheet.h, display.h, table.h and grid.h.
 *
 * An item is a compound literal: it lives until the end of the block it is written in. Write it inside the call, not
 * into a variable.
 */
#ifndef INTERLUDE_ITEM_H
#define INTERLUDE_ITEM_H

#include "abi.h"
#include "status.h"
#include "value.h"

/** Which IO method an item is. The numbers are part of the ABI; gaps are for methods that come later. Since 1.0. */
enum {
    IL_M_TEXT = 1,
    IL_M_EMAIL = 2,
    IL_M_NUMBER = 3,
    IL_M_SLIDER = 4,
    IL_M_BOOLEAN = 5,
    IL_M_RICH_TEXT = 6,
    IL_M_URL = 7,
    IL_M_DATE = 8,
    IL_M_TIME = 9,
    IL_M_DATETIME = 10,
    IL_M_SPREADSHEET = 11,
    IL_M_FILE = 12,
    IL_M_SEARCH = 13,
    IL_M_SELECT = 14,
    IL_M_SELECT_MANY = 15,
    IL_M_SELECT_TABLE = 16,
    IL_M_CONFIRM = 17,
    IL_M_CONFIRM_IDENTITY = 18,
    IL_M_FILES = 19,       /**< UPLOAD_FILE for several files. */
    IL_M_SEARCH_MANY = 20, /**< SEARCH for several results. */
    IL_M_CODE = 64,
    IL_M_HEADING = 65,
    IL_M_METADATA = 66,
    IL_M_MARKDOWN = 67,
    IL_M_HTML = 68,
    IL_M_IMAGE = 69,
    IL_M_LINK = 70,
    IL_M_OBJECT = 71,
    IL_M_GRID = 72,
    IL_M_TABLE = 73,
    IL_M_VIDEO = 74,
    IL_M_PROGRESS_STEPS = 75,
    IL_M_PROGRESS_INDETERMINATE = 76,
    IL_M_PROGRESS_LIST = 77,
};

/**
 * The members every item begins with. bytes (its size), method, label and out are written by the macros; the others are
 * options:
 *
 * .help_text  Markdown below the field. Wire: helpText. Inputs and tables.
 * .present    Where to store whether the field was answered. Makes the field optional. Inputs.
 * .optional   The field may be left empty; its variable is then zero (texts: NULL). Inputs.
 * .disabled   Shown with its default, cannot be changed. Wire: disabled. Inputs.
 * .validate   Looks at an answer that already passed the declared limits: `out` points to the variable of the macro's
 *             first argument. Returns NULL to accept, or the message to show below the field (a literal, or il_fmt).
 *             Not called for a field that was left empty. Runs on the handler's thread; may use il_fmt, il_new and
 *             il_log, not il_ask.
 * .user       Passed to this item's callbacks.
 */
/* clang-format off */
#define IL_ITEM_FIELDS                                                       \
    uint32_t bytes, method;                                                  \
    const char *label, *help_text;                                           \
    void *out;                                                               \
    bool *present;                                                           \
    bool optional, disabled;                                                 \
    const char *(*validate)(il_ctx *ctx, const void *out, void *user);      \
    void *user;
/* clang-format on */

/** What the host sees of any item. Since 1.0. */
typedef struct il_item {
    IL_ITEM_FIELDS
} il_item;

/** First member of every item struct: the common fields by name, and as one il_item. Since 1.0. */
#define IL_HEAD                                                                                                        \
    union {                                                                                                            \
        il_item h;                                                                                                     \
        struct {                                                                                                       \
            IL_ITEM_FIELDS                                                                                             \
        };                                                                                                             \
    }

/*
 * T: struct of the item, M: its method, OT: type of the variable outp points to. The first of __VA_ARGS__ is the label.
 * A pointer to anything but OT fails to compile ("not compatible with any association").
 */
/* clang-format off */
#define IL_INPUT_(T, M, OT, outp, ...) \
    (&((T){ .bytes = sizeof(T), .method = (M), .out = _Generic((outp), OT *: (outp)), .label = __VA_ARGS__ }).h)
#define IL_SHOW_(T, M, ...) (&((T){ .bytes = sizeof(T), .method = (M), .label = __VA_ARGS__ }).h)
/* clang-format on */

#endif
