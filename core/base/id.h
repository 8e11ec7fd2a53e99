/* SPDX-License-Identifier: MIT */
/*
 * Identifiers: UUIDs (RFC 9562). Version 7 where an index profits from time order, version 4 where nothing may be
 * guessed.
 */
#ifndef BASE_ID_H
#define BASE_ID_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/str.h"

enum { UUID_TEXT_LEN = 36 };

struct uuid {
    uint8_t bytes[16];
};

struct uuid_text {
    char s[UUID_TEXT_LEN + 1]; /* lower case, NUL-terminated */
};

struct uuid uuid_v7(void); /* any thread; grows with the microseconds of the wall clock */
struct uuid uuid_v4(void);
struct uuid_text uuid_format(struct uuid id);
bool uuid_parse(struct str text, struct uuid *id); /* either case; false: not a UUID */

static inline bool
uuid_eq(struct uuid a, struct uuid b)
{
    return memcmp(a.bytes, b.bytes, sizeof a.bytes) == 0;
}

static inline bool
uuid_is_nil(struct uuid id)
{
    return uuid_eq(id, (struct uuid){ { 0 } });
}

#endif
