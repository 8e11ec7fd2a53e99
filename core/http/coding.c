/* SPDX-License-Identifier: MIT */
/* Which codings of an answer a client takes (coding.h). */
#include "http/coding.h"

#include <strings.h>

struct str
coding_next_item(struct str *list)
{
    const char *comma = memchr(list->p, ',', list->len);
    struct str item = { list->p, comma ? (size_t)(comma - list->p) : list->len };
    size_t used = comma ? item.len + 1 : item.len;

    list->p += used;
    list->len -= used;
    while (item.len && (*item.p == ' ' || *item.p == '\t'))
        item.p++, item.len--;
    return item;
}

bool
coding_is_accepted(struct str accept, struct str coding)
{
    while (accept.len) {
        struct str item = coding_next_item(&accept);
        const char *weight;

        if (item.len < coding.len || strncasecmp(item.p, coding.p, coding.len) != 0)
            continue;
        if (item.len > coding.len && item.p[coding.len] != ';' && item.p[coding.len] != ' ')
            continue;
        weight = memchr(item.p, '=', item.len);
        if (!weight)
            return true;
        for (weight++; weight < item.p + item.len; weight++)
            if (*weight >= '1' && *weight <= '9')
                return true;
        return false;
    }
    return false;
}
