/* SPDX-License-Identifier: MIT */
/* Byte ranges (range.h). */
#include "upload/range.h"

#include <string.h>

enum { MAX_DIGITS = 15 };

/* Takes a number from the front; false: there is none, or one beyond all files. */
static bool
take_number(struct str *text, int64_t *number)
{
    size_t digits = 0;

    *number = 0;
    while (digits < text->len && text->p[digits] >= '0' && text->p[digits] <= '9') {
        if (digits == MAX_DIGITS)
            return false;
        *number = *number * 10 + (text->p[digits++] - '0');
    }
    text->p += digits;
    text->len -= digits;
    return digits > 0;
}

static bool
take(struct str *text, const char *word)
{
    size_t len = strlen(word);

    if (text->len < len || memcmp(text->p, word, len) != 0)
        return false;
    text->p += len;
    text->len -= len;
    return true;
}

bool
range_read(struct str text, int64_t size, struct range *range)
{
    int64_t first, last;

    if (!take(&text, "bytes="))
        return false;
    if (take(&text, "-")) { /* the last so many */
        if (!take_number(&text, &last) || text.len)
            return false;
        range->count = last < size ? last : size;
        range->at = size - range->count;
        return true;
    }
    if (!take_number(&text, &first) || !take(&text, "-"))
        return false;
    last = size - 1;
    if (text.len && (!take_number(&text, &last) || text.len || last < first))
        return false;
    if (last >= size)
        last = size - 1;
    *range = first < size ? (struct range){ first, last - first + 1 } : (struct range){ 0, 0 };
    return true;
}

bool
content_range_read(struct str text, int64_t len, int64_t *at, int64_t *total)
{
    int64_t last;

    if (!take(&text, "bytes "))
        return false;
    if (take(&text, "*/")) {
        *at = 0;
        return len == 0 && take_number(&text, total) && !text.len;
    }
    return take_number(&text, at) && take(&text, "-") && take_number(&text, &last) && take(&text, "/") &&
           take_number(&text, total) && !text.len && last - *at + 1 == len && last < *total;
}
