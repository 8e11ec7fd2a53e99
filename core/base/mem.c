/* SPDX-License-Identifier: MIT */
/* Allocation that cannot fail (mem.h). */
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *
checked(void *p, size_t size)
{
    if (!p) {
        fprintf(stderr, "interlude: out of memory (%zu bytes wanted)\n", size);
        abort();
    }
    return p;
}

void *
mem_alloc(size_t size)
{
    return checked(calloc(1, size ? size : 1), size);
}

void *
mem_realloc(void *p, size_t size)
{
    return checked(realloc(p, size ? size : 1), size);
}

char *
mem_strdup(const char *s)
{
    return mem_strndup(s, strlen(s));
}

char *
mem_strndup(const char *s, size_t len)
{
    char *copy = checked(malloc(len + 1), len + 1);

    memcpy(copy, s, len);
    copy[len] = '\0';
    return copy;
}
