/* SPDX-License-Identifier: MIT */
/* Repeated names (fields.h). Sorted, because a query may hold thousands. */
#include "runtime/fields.h"

#include <stdlib.h>
#include <strings.h>

#include "base/mem.h"

bool
fields_init(struct fields *fields, struct arena *arena, uint32_t cap)
{
    *fields = (struct fields){ .arena = arena, .cap = (int32_t)cap };
    fields->list = arena_alloc(arena, (cap + 1) * sizeof fields->list[0]);
    return fields->list != NULL;
}

void
fields_add(struct fields *fields, struct str name, struct str value)
{
    ASSERT(fields->count < fields->cap);
    fields->list[fields->count++] = (struct field){ .name = name, .value = value, .next = FIELDS_NONE };
}

static int
compare(struct str a, struct str b, bool ignores_case)
{
    size_t len = a.len < b.len ? a.len : b.len;
    int order = !len ? 0 : ignores_case ? strncasecmp(a.p, b.p, len) : memcmp(a.p, b.p, len);

    return order ? order : (a.len > b.len) - (a.len < b.len);
}

static int
by_place(const struct field *a, const struct field *b)
{
    return (a > b) - (a < b);
}

static int
by_name(const void *a, const void *b)
{
    const struct field *const *x = a, *const *y = b;
    int order = compare((*x)->name, (*y)->name, false);

    return order ? order : by_place(*x, *y);
}

static int
by_folded_name(const void *a, const void *b)
{
    const struct field *const *x = a, *const *y = b;
    int order = compare((*x)->name, (*y)->name, true);

    return order ? order : by_place(*x, *y);
}

bool
fields_link(struct fields *fields, bool ignores_case)
{
    size_t count = (size_t)fields->count;
    struct field **sorted = arena_alloc(fields->arena, (count + 1) * sizeof(struct field *));

    if (!sorted)
        return false;
    for (size_t i = 0; i < count; i++)
        sorted[i] = &fields->list[i];
    qsort(sorted, count, sizeof(struct field *), ignores_case ? by_folded_name : by_name);
    for (size_t i = 1; i < count; i++) {
        if (compare(sorted[i - 1]->name, sorted[i]->name, ignores_case) != 0)
            continue;
        sorted[i - 1]->next = (int32_t)(sorted[i] - fields->list);
        sorted[i]->is_repetition = true;
    }
    return true;
}

struct str
fields_last(const struct fields *fields, const struct field *field)
{
    while (field->next != FIELDS_NONE)
        field = &fields->list[field->next];
    return field->value;
}

bool
field_is_hop_by_hop(const char *name)
{
    static const char *const names[] = { "connection", "keep-alive", "proxy-connection",  "proxy-authenticate", "te",
                                         "trailer",    "upgrade",    "transfer-encoding", "proxy-authorization" };

    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (strcasecmp(name, names[i]) == 0)
            return true;
    return false;
}
