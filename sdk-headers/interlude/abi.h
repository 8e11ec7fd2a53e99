/* SPDX-License-Identifier: MIT */
/**
 * What makes a shared object a module: version numbers, symbol visibility, opaque types. Nothing here is called by
 * authors.
 *
 * How the ABI grows (a module built against an older header runs on a newer host without rebuilding)
 * - The first 16 bytes of `interlude_module` are frozen for good: magic, major, minor, size.
 * - Structs with a `size` member (items: `bytes`), routes, and the function table grow at the end, and the minor number
 *   is raised. The host copies a struct into its own zeroed one: a shorter one leaves the rest zero; a longer one is
 *   accepted only if the part it does not know is zero, otherwise the call answers IL_UNSUPPORTED.
 * - Elements of arrays carry the size of one element beside their count (IL_OPTIONS, IL_COLUMNS, IL_META), with the
 *   same rule.
 * - Structs without size (il_value, il_kv, il_menu, il_choice, il_image, il_rich, il_date …) never change within a
 *   major.
 * - Removing something or changing what it means raises the major number.
 */
#ifndef INTERLUDE_ABI_H
#define INTERLUDE_ABI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** First four bytes of `interlude_module`: "ILMD" read as a little-endian number. Since 1.0. */
#define IL_MAGIC 0x444d4c49u
/** Major version of the module ABI. The host's must be equal. Since 1.0. */
#define IL_ABI 1u
/** Minor version of the module ABI. The host's must be at least this. Since 1.0. */
#define IL_ABI_MINOR 2u

/** The compiler warns when the result is not looked at. Since 1.0. */
#define IL_MUST_CHECK __attribute__((warn_unused_result))
/** Not visible outside the module. Since 1.0. */
#define IL_HIDDEN __attribute__((visibility("hidden")))
/** Visible outside the module although it is built with -fvisibility=hidden. Since 1.0. */
#define IL_EXPORT __attribute__((visibility("default")))
/** Arguments from number `first` on fit the format in argument number `format_`. Since 1.0. */
#define IL_PRINTF(format_, first) __attribute__((format(printf, format_, first)))

/** One running action or one open page. Made by the host, never by a module. Since 1.0. */
typedef struct il_ctx il_ctx;
/** The layout of a page while its handler builds it. Since 1.0. */
typedef struct il_page il_page;
/** Takes the rows that a table's callback hands over. Valid during the callback. Since 1.0. */
typedef struct il_rows il_rows;
/** Takes the results that a search's callback hands over. Valid during the callback. Since 1.1. */
typedef struct il_hits il_hits;
/** One HTTP request of a function. Valid until the handler returns. Since 1.0. */
typedef struct il_request il_request;
/** The answer to it. Valid until the handler returns. Since 1.0. */
typedef struct il_response il_response;

/**
 * History
 * 1.0  first version
 * 1.1  sliders, rich text, spreadsheets, files, searches, identity; grids, videos, progress, values that come later;
 *      notifications; tables of plain texts
 * 1.2  functions: Lambda events and results, who calls and for how long, cancelled calls, repeated headers
 */

#endif
