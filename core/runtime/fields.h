/* SPDX-License-Identifier: MIT */
/*
 * Names with values, as headers and queries have them: in order, names perhaps repeated. What an event needs of them is
 * the values of one name together.
 */
#ifndef RUNTIME_FIELDS_H
#define RUNTIME_FIELDS_H

#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

enum { FIELDS_NONE = -1 };

struct field {
    struct str name, value; /* borrowed */
    int32_t next;           /* the next one of that name; FIELDS_NONE */
    bool is_repetition;     /* not the first of its name */
};

struct fields {
    struct arena *arena;
    struct field *list;
    int32_t count, cap;
};

bool fields_init(struct fields *fields, struct arena *arena, uint32_t cap) MUST_CHECK; /* false: no memory */
void fields_add(struct fields *fields, struct str name, struct str value);             /* at most cap of them */

/* Finds what has the same name, in any case of the letters if that is asked for. false: no memory. */
bool fields_link(struct fields *fields, bool ignores_case) MUST_CHECK;

/* The last value of the name that `field` is the first of. */
struct str fields_last(const struct fields *fields, const struct field *field);

/* RFC 9110 7.6.1: headers between two neighbours, not for functions and not from them. */
bool field_is_hop_by_hop(const char *name);

#endif
