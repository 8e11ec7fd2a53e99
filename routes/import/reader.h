/* SPDX-License-Identifier: MIT */
/*
 * Reads CSV (RFC 4180) record by record: quotes, doubled quotes, separators and line ends inside quotes, CRLF, LF or
 * CR, a byte order mark, any one-byte separator. Nothing of the SDK in it.
 */
#ifndef ROUTES_IMPORT_READER_H
#define ROUTES_IMPORT_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum { CSV_COLUMNS_MAX = 200 };

struct csv {
    const char *p, *end; /* what is left to read */
    char separator;
    char *scratch; /* as long as the text, and one more: the cells of the current record */
    size_t next_line;
    /* the current record */
    size_t line; /* where it begins, from 1 */
    size_t n;
    const char *cells[CSV_COLUMNS_MAX];
    const char *error; /* NULL: well formed */
};

static inline struct csv csv_open(const char *text, size_t len, char separator, char *scratch)
{
    size_t mark = len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

    struct csv csv = {
        .p = text + mark, .end = text + len, .separator = separator, .scratch = scratch, .next_line = 1
    };

    return csv;
}

static inline bool csv_at_line_end(struct csv *csv)
{
    return csv->p == csv->end || *csv->p == '\n' || *csv->p == '\r';
}

static inline void csv_skip_line_end(struct csv *csv)
{
    if (csv->p < csv->end && *csv->p == '\r')
        csv->p++;
    else if (csv->p == csv->end)
        return;
    if (csv->p < csv->end && *csv->p == '\n')
        csv->p++;
    csv->next_line++;
}

/* What stands in quotes, without them; p is behind the first one. */
static inline char *csv_quoted(struct csv *csv, char *to)
{
    for (; csv->p < csv->end; csv->p++) {
        if (*csv->p == '"' && (++csv->p == csv->end || *csv->p != '"'))
            return to;
        if (*csv->p == '\n')
            csv->next_line++;
        *to++ = *csv->p;
    }
    csv->error = "a quote is opened and never closed";
    return to;
}

static inline char *csv_cell(struct csv *csv, char *to)
{
    if (csv->p < csv->end && *csv->p == '"') {
        csv->p++;
        to = csv_quoted(csv, to);
        if (!csv_at_line_end(csv) && *csv->p != csv->separator)
            csv->error = "text follows a closing quote";
    }
    while (!csv_at_line_end(csv) && *csv->p != csv->separator)
        *to++ = *csv->p++;
    *to++ = '\0';
    return to;
}

/* The next record that is not a blank line; its cells stay valid until the call after. False: there is none. */
static inline bool csv_next(struct csv *csv)
{
    char *to = csv->scratch;

    while (csv->p < csv->end && csv_at_line_end(csv))
        csv_skip_line_end(csv);
    if (csv->p == csv->end)
        return false;
    csv->line = csv->next_line;
    csv->error = NULL;
    csv->n = 0;
    for (;;) {
        if (csv->n < CSV_COLUMNS_MAX)
            csv->cells[csv->n++] = to;
        else
            csv->error = "there are too many columns";
        to = csv_cell(csv, to);
        if (csv_at_line_end(csv))
            break;
        csv->p++; /* the separator */
    }
    csv_skip_line_end(csv);
    return true;
}

/* The separator by which most of the first records have as many cells as the first one, which has several. */
static inline char csv_detect(const char *text, size_t len, char *scratch)
{
    static const char candidates[] = ",;\t|";
    char best = ',';
    size_t most = 0;

    for (const char *c = candidates; *c; c++) {
        struct csv csv = csv_open(text, len, *c, scratch);
        size_t columns = 0, alike = 0;

        for (int i = 0; i < 20 && csv_next(&csv); i++) {
            if (i == 0)
                columns = csv.n;
            alike += csv.n == columns && columns > 1 && !csv.error;
        }
        if (alike > most) {
            most = alike;
            best = *c;
        }
    }
    return best;
}

#endif
