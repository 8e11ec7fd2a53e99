/* SPDX-License-Identifier: MIT */
/* "Did you mean" (suggest.h). */
#include "config/suggest.h"

#include <ctype.h>
#include <stdint.h>
#include <strings.h>

enum { MAX_WORD = 40, MIN_START = 3 };

static int
lower(char c)
{
    return tolower((unsigned char)c);
}

static size_t
least(size_t a, size_t b, size_t c)
{
    return a < b ? (a < c ? a : c) : (b < c ? b : c);
}

/* Edits (insert, delete, replace, swap of neighbours) from a to b. */
static size_t
distance(struct str a, struct str b)
{
    size_t rows[3][MAX_WORD + 1];
    size_t *before = rows[0], *last = rows[1], *row = rows[2];

    for (size_t j = 0; j <= b.len; j++)
        last[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t *oldest = before;

        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            bool is_same = lower(a.p[i - 1]) == lower(b.p[j - 1]);

            row[j] = least(last[j] + 1, row[j - 1] + 1, last[j - 1] + !is_same);
            if (i > 1 && j > 1 && lower(a.p[i - 1]) == lower(b.p[j - 2]) && lower(a.p[i - 2]) == lower(b.p[j - 1]) &&
                before[j - 2] + 1 < row[j])
                row[j] = before[j - 2] + 1;
        }
        before = last;
        last = row;
        row = oldest;
    }
    return last[b.len];
}

void
suggest(struct suggestion *suggestion, const char *candidate)
{
    struct str wanted = suggestion->wanted, other = str_of(candidate);
    size_t found, bound = wanted.len < 4 ? 1 : wanted.len < 8 ? 2 : 3;

    if (wanted.len > MAX_WORD || other.len > MAX_WORD)
        return;
    found = distance(wanted, other);
    if (found > bound && wanted.len >= MIN_START && strncasecmp(wanted.p, other.p, wanted.len) == 0 &&
        wanted.len < other.len)
        found = bound; /* "memory" of "memorySize": as near as the farthest */
    if (found <= bound && found < other.len && (!suggestion->best || found < suggestion->distance)) {
        suggestion->best = candidate;
        suggestion->distance = found;
    }
}
