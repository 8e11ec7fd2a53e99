/* SPDX-License-Identifier: MIT */
/** Input items that offer a list. Choosing rows of a table is in table.h. */
#ifndef INTERLUDE_SELECT_H
#define INTERLUDE_SELECT_H

#include "item.h"

/** One thing to choose. Since 1.0. */
typedef struct il_option {
    const char *label;       /**< What the person reads. */
    const char *value;       /**< What names it; unique within the list. NULL: label. */
    const char *description; /**< Smaller text below the label (IL_SELECT only). */
    il_image image;          /**< Picture beside the label (IL_SELECT only). */
} il_option;

/* clang-format off */
/** One option: `IL_OPT("Small", "small", .description = "4 shards")`. Since 1.0. */
#define IL_OPT(label_, ...) { .label = (label_), .value = __VA_ARGS__ }

/**
 * The options of a select: `IL_OPTIONS(IL_OPT("One", "1"), IL_OPT("Two", "2"))`. At most 65,536. Wire: options.
 * Since 1.0.
 */
#define IL_OPTIONS(...)                                                          \
    .options = (const il_option[]){ __VA_ARGS__ },                               \
    .n_options = sizeof((const il_option[]){ __VA_ARGS__ }) / sizeof(il_option), \
    .option_size = sizeof(il_option)
/* clang-format on */

/** The options of a select from a list made at run time: `IL_OPTIONS_OF(list, count)`. Since 1.1. */
#define IL_OPTIONS_OF(list, count) .options = (list), .n_options = (count), .option_size = sizeof((list)[0])

/** Options of IL_SELECT. Since 1.0. */
typedef struct il_select {
    IL_HEAD;
    const il_option *options; /**< IL_OPTIONS. */
    size_t n_options;         /**< Written by IL_OPTIONS. */
    size_t option_size;       /**< 0: size of il_option in 1.0. */
    const char *value;        /**< Value of the option chosen at first. Wire: defaultValue. */
    bool searchable;          /**< Typing filters the list. Wire: searchable. */
} il_select;

/**
 * Asks for one of a list. out: size_t *; index into the options; IL_NONE when an optional field was left empty.
 * Wire: SELECT_SINGLE. Since 1.0.
 */
#define IL_SELECT(out, ...) IL_INPUT_(il_select, IL_M_SELECT, size_t, out, __VA_ARGS__)

/** No option was chosen. Since 1.0. */
#define IL_NONE SIZE_MAX

/** Which options were chosen, as indexes into the options, in the order of choosing. Since 1.0. */
typedef struct il_indexes {
    size_t n;        /**< How many. */
    const size_t *v; /**< n indexes; they live until the handler returns. */
} il_indexes;

/** Options of IL_SELECT_MANY. Since 1.0. */
typedef struct il_select_many {
    IL_HEAD;
    const il_option *options;  /**< IL_OPTIONS; descriptions and images are not shown. */
    size_t n_options;          /**< Written by IL_OPTIONS. */
    size_t option_size;        /**< 0: size of il_option in 1.0. */
    const char *const *values; /**< Values of the options ticked at first (IL_TEXTS). Wire: defaultValue. */
    int min_selections;        /**< Least number to tick. 0: none needed. Wire: minSelections. */
    int max_selections;        /**< Greatest number to tick. 0: no limit. Wire: maxSelections. */
} il_select_many;

/** Asks for some of a list, with checkboxes. out: il_indexes *; .n may be 0. Wire: SELECT_MULTIPLE. Since 1.0. */
#define IL_SELECT_MANY(out, ...) IL_INPUT_(il_select_many, IL_M_SELECT_MANY, il_indexes, out, __VA_ARGS__)

#endif
