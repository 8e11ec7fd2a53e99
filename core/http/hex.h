/* SPDX-License-Identifier: MIT */
/* Hexadecimal digits, as percent-encoding and chunk sizes have them. */
#ifndef HTTP_HEX_H
#define HTTP_HEX_H

/* -1: not a digit */
static inline int
hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

#endif
