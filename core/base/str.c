/* SPDX-License-Identifier: MIT */
/* Numbers as text, and text checks (str.h). */
#include "base/str.h"

struct str
str_decimal(int64_t value, char text[STR_DECIMAL_MAX])
{
    uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    char *end = text + STR_DECIMAL_MAX, *p = end;

    do
        *--p = (char)('0' + left % 10);
    while (left /= 10);
    if (value < 0)
        *--p = '-';
    return (struct str){ p, (size_t)(end - p) };
}

size_t
utf8_sequence_len(const unsigned char *p, size_t left)
{
    unsigned char low = 0x80, high = 0xbf;
    size_t len;

    if (p[0] < 0x80)
        return 1;
    if (p[0] >= 0xc2 && p[0] <= 0xdf)
        len = 2;
    else if (p[0] >= 0xe0 && p[0] <= 0xef)
        len = 3;
    else if (p[0] >= 0xf0 && p[0] <= 0xf4)
        len = 4;
    else
        return 0;
    if (left < len)
        return 0;
    if (p[0] == 0xe0)
        low = 0xa0;
    else if (p[0] == 0xed)
        high = 0x9f;
    else if (p[0] == 0xf0)
        low = 0x90;
    else if (p[0] == 0xf4)
        high = 0x8f;
    if (p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < len; i++)
        if (p[i] < 0x80 || p[i] > 0xbf)
            return 0;
    return len;
}

bool
str_is_utf8(struct str s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    size_t left = s.len;

    while (left) {
        uint64_t word;
        size_t len;

        if (left >= sizeof word) { /* eight ASCII bytes at a time */
            memcpy(&word, p, sizeof word);
            if (!(word & 0x8080808080808080u)) {
                p += sizeof word;
                left -= sizeof word;
                continue;
            }
        }
        len = utf8_sequence_len(p, left);
        if (!len)
            return false;
        p += len;
        left -= len;
    }
    return true;
}
