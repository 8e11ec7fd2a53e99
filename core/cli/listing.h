/* SPDX-License-Identifier: MIT */
/* Listings: for people in columns as wide as what is in them, for programs as JSON. */
#ifndef CLI_LISTING_H
#define CLI_LISTING_H

#include <stddef.h>
#include <stdint.h>

#include "json/write.h"

enum { LISTING_MAX_COLUMNS = 8 };

struct listing {
    size_t columns, rows;
    const char **cells;
};

/* The texts are kept by the caller until listing_print, which also releases the listing. */
void listing_init(struct listing *listing, size_t columns, const char *const *heads);
void listing_add(struct listing *listing, const char *const *cells); /* NULL: an empty cell */
void listing_print(struct listing *listing);                         /* to stdout */

/* The same for programs: one line of JSON to stdout; releases it. */
void listing_json(struct buf *json);
/* {"NAME":[ … ]}: the array is open, and closed and printed. */
void listing_json_begin(struct json_out *out, struct buf *json, const char *name);
void listing_json_end(struct json_out *out, struct buf *json);

/* "2024-05-01 14:03", local time; "never" for 0. */
const char *listing_time(int64_t at, char text[20]);

#endif
