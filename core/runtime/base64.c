/* SPDX-License-Identifier: MIT */
/* Base64 (base64.h). */
#include "runtime/base64.h"

#include <stdint.h>

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void
base64_put(struct json_out *out, struct str bytes)
{
    const unsigned char *p = (const unsigned char *)bytes.p;

    json_put_raw(out, STR("\""));
    buf_reserve(out->buf, bytes.len / 3 * 4 + 5);
    for (size_t left = bytes.len; left; left -= left < 3 ? left : 3, p += 3) {
        uint32_t bits = (uint32_t)p[0] << 16 | (left > 1 ? (uint32_t)p[1] << 8 : 0) | (left > 2 ? p[2] : 0);
        char four[4] = { letters[bits >> 18], letters[bits >> 12 & 63], letters[bits >> 6 & 63], letters[bits & 63] };

        if (left < 3)
            four[3] = '=';
        if (left < 2)
            four[2] = '=';
        buf_put(out->buf, four, sizeof four);
    }
    buf_char(out->buf, '"');
}

static int
value_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Four letters, of which the last `padding` are '='; bits that would be lost must be zero. */
static bool
decode_four(const char *four, size_t padding, char *bytes)
{
    uint32_t bits = 0;

    for (size_t i = 0; i < 4; i++) {
        int value = i < 4 - padding ? value_of(four[i]) : 0;

        if (value < 0)
            return false;
        bits = bits << 6 | (uint32_t)value;
    }
    for (size_t i = 0; i < 3 - padding; i++)
        bytes[i] = (char)(bits >> (16 - 8 * i));
    return (bits & ((1u << (8 * padding)) - 1)) == 0;
}

bool
base64_decode(struct str text, char *bytes, size_t *len)
{
    size_t padding = 0;

    *len = 0;
    if (text.len % 4)
        return false;
    while (padding < 2 && text.len && text.p[text.len - 1 - padding] == '=')
        padding++;
    for (size_t at = 0; at < text.len; at += 4) {
        size_t here = at + 4 == text.len ? padding : 0;

        if (!decode_four(text.p + at, here, bytes + *len))
            return false;
        *len += 3 - here;
    }
    return true;
}
