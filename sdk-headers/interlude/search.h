/* SPDX-License-Identifier: MIT */
/**
 * Input items that look things up while the person types. A callback finds them:
 *
 *     static il_status find(il_ctx *ctx, const char *query, il_hits *hits, void *user)
 *     {
 *         …
 *         il_hit(hits, name, id, .description = email);
 *         return IL_OK;
 *     }
 *     IL_TRY(il_ask(ctx, IL_SEARCH(&id, "Customer", .find = find)));
 */
#ifndef INTERLUDE_SEARCH_H
#define INTERLUDE_SEARCH_H

#include "select.h"
#include "table.h"

/** Options of IL_SEARCH and IL_SEARCH_MANY. Since 1.1. */
typedef struct il_search {
    IL_HEAD;
    const char *placeholder; /**< Grey text in the empty field. NULL: "Search...". Wire: placeholder. */
    /**
     * Hands over what fits the query, best first, with il_hit; at most 1000. Required. Called once with "" for what is
     * offered before anything is typed (hand over nothing if that makes no sense), then whenever the person stops
     * typing. What was found earlier can still be chosen. May use il_fmt, il_new, il_log and il_fail, not il_ask. A
     * status other than IL_OK keeps what was offered before, and is logged.
     */
    il_status (*find)(il_ctx *ctx, const char *query, il_hits *hits, void *user);
    const il_option *chosen; /**< Chosen at first: IL_CHOSEN(IL_OPT("Ada", "17")). Wire: defaultValue. */
    size_t n_chosen;         /**< Written by IL_CHOSEN. */
    size_t option_size;      /**< Written by IL_CHOSEN. */
} il_search;

/* clang-format off */
/** What a search holds at first; IL_SEARCH takes one. Since 1.1. */
#define IL_CHOSEN(...)                                                          \
    .chosen = (const il_option[]){ __VA_ARGS__ },                               \
    .n_chosen = sizeof((const il_option[]){ __VA_ARGS__ }) / sizeof(il_option), \
    .option_size = sizeof(il_option)
/* clang-format on */

/**
 * Asks for one thing by searching. out: const char **; the value given to il_hit, NULL when an optional field was left
 * empty. Wire: SEARCH. Since 1.1.
 */
#define IL_SEARCH(out, ...) IL_INPUT_(il_search, IL_M_SEARCH, const char *, out, __VA_ARGS__)

/** Asks for several. out: il_keys *; the values in the order of choosing. Wire: SEARCH with isMultiple. Since 1.1. */
#define IL_SEARCH_MANY(out, ...) IL_INPUT_(il_search, IL_M_SEARCH_MANY, il_keys, out, __VA_ARGS__)

#endif
