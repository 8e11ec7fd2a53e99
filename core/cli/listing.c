/* SPDX-License-Identifier: MIT */
/* Listings for people (listing.h). */
#include "cli/listing.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"

enum { MAX_JSON = 64 << 20 };

void
listing_init(struct listing *listing, size_t columns, const char *const *heads)
{
    *listing = (struct listing){ .columns = columns };
    listing_add(listing, heads);
}

void
listing_add(struct listing *listing, const char *const *cells)
{
    size_t at = listing->rows++ * listing->columns;

    listing->cells = mem_realloc(listing->cells, (at + listing->columns) * sizeof *listing->cells);
    for (size_t i = 0; i < listing->columns; i++)
        listing->cells[at + i] = cells[i] ? cells[i] : "";
}

/* What a text takes on a terminal, nearly: one column for every character. */
static size_t
width_of(const char *text)
{
    size_t width = 0;

    for (; *text; text++)
        width += (*text & 0xc0) != 0x80;
    return width;
}

/* Names come from modules and people; control characters would reach the terminal. */
static void
put_cell(const char *text)
{
    for (; *text; text++)
        putchar((unsigned char)*text < 0x20 || *text == 0x7f ? ' ' : *text);
}

void
listing_print(struct listing *listing)
{
    size_t widths[LISTING_MAX_COLUMNS] = { 0 };

    for (size_t i = 0; i < listing->rows * listing->columns; i++) {
        size_t width = width_of(listing->cells[i]);

        if (width > widths[i % listing->columns])
            widths[i % listing->columns] = width;
    }
    for (size_t i = 0; i < listing->rows * listing->columns; i++) {
        bool is_last = i % listing->columns == listing->columns - 1;

        put_cell(listing->cells[i]);
        if (is_last)
            putchar('\n');
        else
            printf("%*s", (int)(widths[i % listing->columns] - width_of(listing->cells[i]) + 2), "");
    }
    free(listing->cells);
}

const char *
listing_time(int64_t at, char text[20])
{
    time_t seconds = (time_t)(at / 1000);
    struct tm tm;

    if (!at)
        return "never";
    localtime_r(&seconds, &tm);
    strftime(text, 20, "%Y-%m-%d %H:%M", &tm);
    return text;
}

void
listing_json(struct buf *json)
{
    buf_char(json, '\n');
    fwrite(json->p, 1, json->len, stdout);
    buf_fini(json);
}

void
listing_json_begin(struct json_out *out, struct buf *json, const char *name)
{
    buf_init(json, MAX_JSON);
    json_out_init(out, json);
    json_object(out);
    json_name(out, name);
    json_array(out);
}

void
listing_json_end(struct json_out *out, struct buf *json)
{
    json_array_end(out);
    json_object_end(out);
    listing_json(json);
}
