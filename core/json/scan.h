/* SPDX-License-Identifier: MIT */
/*
 * Finding the end of plain text inside a JSON string, eight bytes at a time. Used inside json/ only.
 */
#ifndef JSON_SCAN_H
#define JSON_SCAN_H

#include <stdint.h>
#include <string.h>

/* The first of '"', '\\', a control character or a byte above 0x7f; end if there is none. */
static inline const unsigned char *
scan_plain(const unsigned char *p, const unsigned char *end)
{
    const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;

    while ((size_t)(end - p) >= sizeof(uint64_t)) {
        uint64_t word, stop;

        memcpy(&word, p, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        word = __builtin_bswap64(word);
#endif
        /* Per byte: below 0x20, equal to a quote or backslash (zero after xor), or the top bit itself. A borrow can
           only spoil bytes behind the first hit. */
        stop = ((word - ones * 0x20) | ((word ^ ones * '"') - ones) | ((word ^ ones * '\\') - ones) | word) & tops;
        if (stop)
            return p + __builtin_ctzll(stop) / 8;
        p += sizeof word;
    }
    while (p < end && *p >= 0x20 && *p < 0x80 && *p != '"' && *p != '\\')
        p++;
    return p;
}

/* Behind the string whose opening quote is at p, in a text that has been validated. */
static inline const unsigned char *
scan_string(const unsigned char *p, const unsigned char *end)
{
    for (p++; (p = scan_plain(p, end)) < end && *p != '"'; p++)
        if (*p == '\\')
            p++;
    return p < end ? p + 1 : end;
}

#endif
