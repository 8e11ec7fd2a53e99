/* SPDX-License-Identifier: MIT */
/* Sizes for people. Each tool of this folder is a module of its own; what they share is compiled into each. */
#ifndef ROUTES_SYSTEM_UNITS_H
#define ROUTES_SYSTEM_UNITS_H

#include <stdint.h>
#include <stdio.h>

/*
 * A text by value: nothing to free, and nothing left behind in the memory of a page that stays open for hours.
 * units_bytes(n).text lives until the end of the statement it is written in: long enough for a row or an item.
 */
struct units_text {
    char text[24];
};

static inline struct units_text units_bytes(uint64_t bytes)
{
    static const char *const names[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
    struct units_text out;
    double size = (double)bytes;
    size_t unit = 0;

    while (size >= 1024 && unit < 6) {
        size /= 1024;
        unit++;
    }
    snprintf(out.text, sizeof out.text, unit ? "%.1f %s" : "%.0f %s", size, names[unit]);
    return out;
}

#endif
