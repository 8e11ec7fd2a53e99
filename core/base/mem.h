/* SPDX-License-Identifier: MIT */
/*
 * Allocation that cannot fail: out of memory ends the process, so no caller checks (sizes that come from outside are
 * checked against a limit before they get here). What these return is released with free().
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

void *mem_alloc(size_t size) __attribute__((malloc, alloc_size(1), returns_nonnull)); /* zeroed */
void *mem_realloc(void *p, size_t size) __attribute__((alloc_size(2), returns_nonnull));
char *mem_strdup(const char *s) __attribute__((malloc, returns_nonnull));
char *mem_strndup(const char *s, size_t len) __attribute__((malloc, returns_nonnull)); /* len bytes and a NUL */

/* clang-format off: it takes the subtraction for a cast */
#define container_of(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))
/* clang-format on */
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif
