/* SPDX-License-Identifier: MIT */
/* Ranges of versions by their major numbers (service_version.h). */
#include "function/service_version.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

struct span {
    long least, most; /* majors */
};

/* Is there a minor or patch number other than 0 behind the major one? */
static bool
has_more(const char *rest)
{
    return strcspn(rest, "123456789") < strcspn(rest, " |");
}

/* One comparator: ">=3.1". *text moves behind it. */
static void
narrow(const char **text, struct span *span)
{
    const char *p = *text;
    size_t sign = strspn(p, "<>=^~v");
    char *end;
    long major = strtol(p + sign, &end, 10);
    bool is_number = end > p + sign;

    *text = end + strcspn(end, " |,");
    if (!is_number) { /* *, x, or nothing that is known */
        *text = p + sign + strcspn(p + sign, " |,");
        return;
    }
    if (*p == '>') {
        if (p[1] != '=' && !has_more(end) && *end != '.')
            major++;
        span->least = major > span->least ? major : span->least;
    } else if (*p == '<') {
        if (p[1] != '=' && !has_more(end))
            major--;
        span->most = major < span->most ? major : span->most;
    } else {
        span->least = major > span->least ? major : span->least;
        span->most = major < span->most ? major : span->most;
    }
}

/* "3 - 4" */
static void
hyphen(const char **text, struct span *span)
{
    struct span upper = { 0, LONG_MAX };

    *text += strspn(*text, " ");
    if ((*text)[0] != '-' || (*text)[1] != ' ')
        return;
    *text += 2;
    *text += strspn(*text, " ");
    narrow(text, &upper);
    span->most = upper.most;
}

bool
version_range_has(const char *range, int least, int most)
{
    for (;;) {
        struct span span = { 0, LONG_MAX };
        bool is_first = true;

        for (range += strspn(range, " ,"); *range && *range != '|'; range += strspn(range, " ,")) {
            narrow(&range, &span);
            if (is_first)
                hyphen(&range, &span);
            is_first = false;
        }
        if (span.least <= most && span.most >= least)
            return true;
        if (!*range)
            return false;
        range += strspn(range, "|");
    }
}
