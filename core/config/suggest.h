/* SPDX-License-Identifier: MIT */
/* "Did you mean": the nearest of some known words. */
#ifndef CONFIG_SUGGEST_H
#define CONFIG_SUGGEST_H

#include <stddef.h>

#include "base/str.h"

struct suggestion {
    struct str wanted;
    const char *best; /* NULL: nothing near enough */
    size_t distance;
};

/* Start with { .wanted = what was typed }; then every candidate. Case does not count. */
void suggest(struct suggestion *suggestion, const char *candidate);

#endif
