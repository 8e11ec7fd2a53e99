/* SPDX-License-Identifier: MIT */
/* UUIDs (id.h). */
#include "base/id.h"

#include <sys/random.h>

#include "base/clock.h"
#include "base/err.h"

/* Fetched for several ids at once: a system call for each would be the dearest part of a function call. */
static void
random_bytes(void *p, size_t len)
{
    static _Thread_local unsigned char pool[256];
    static _Thread_local size_t left;

    if (left < len) {
        /* never short up to 256 bytes (getrandom(2)) */
        ASSERT(getrandom(pool, sizeof pool, 0) == (ssize_t)sizeof pool);
        left = sizeof pool;
    }
    left -= len;
    memcpy(p, pool + left, len);
    memset(pool + left, 0, len); /* what was handed out is not kept */
}

static struct uuid
with_version(struct uuid id, uint8_t version)
{
    id.bytes[6] = (uint8_t)((id.bytes[6] & 0x0f) | version << 4);
    id.bytes[8] = (uint8_t)((id.bytes[8] & 0x3f) | 0x80);
    return id;
}

struct uuid
uuid_v7(void)
{
    int64_t now_us = clock_wall_us(), now = now_us / 1000;
    unsigned part = (unsigned)(now_us % 1000) * 4096 / 1000; /* of a millisecond: RFC 9562 6.2, method 3 */
    struct uuid id;

    random_bytes(id.bytes, sizeof id.bytes);
    for (int i = 0; i < 6; i++)
        id.bytes[i] = (uint8_t)(now >> (40 - 8 * i));
    id.bytes[6] = (uint8_t)(part >> 8);
    id.bytes[7] = (uint8_t)part;
    return with_version(id, 7);
}

struct uuid
uuid_v4(void)
{
    struct uuid id;

    random_bytes(id.bytes, sizeof id.bytes);
    return with_version(id, 4);
}

static bool
is_dash_at(size_t i)
{
    return i == 8 || i == 13 || i == 18 || i == 23;
}

struct uuid_text
uuid_format(struct uuid id)
{
    static const char digits[] = "0123456789abcdef";
    struct uuid_text text;
    size_t at = 0;

    for (size_t i = 0; i < sizeof id.bytes; i++) {
        if (is_dash_at(at))
            text.s[at++] = '-';
        text.s[at++] = digits[id.bytes[i] >> 4];
        text.s[at++] = digits[id.bytes[i] & 15];
    }
    text.s[at] = '\0';
    return text;
}

static int
hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
uuid_parse(struct str text, struct uuid *id)
{
    size_t byte = 0;

    if (text.len != UUID_TEXT_LEN)
        return false;
    for (size_t at = 0; at < text.len;) {
        int high, low;

        if (is_dash_at(at)) {
            if (text.p[at++] != '-')
                return false;
            continue;
        }
        high = hex_value(text.p[at++]);
        low = hex_value(text.p[at++]);
        if (high < 0 || low < 0)
            return false;
        id->bytes[byte++] = (uint8_t)(high << 4 | low);
    }
    return true;
}
