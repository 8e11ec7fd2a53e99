/* SPDX-License-Identifier: MIT */
/*
 * Memory with one lifetime: many small allocations, released together. Not thread-safe: an arena belongs to one thread
 * at a time.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

#include "base/err.h"

struct arena_block;

struct arena {
    struct arena_block *head; /* block in use, older ones behind it */
    size_t used;              /* bytes handed out since init or reset */
    size_t max;               /* 0: no limit */
};

void arena_init(struct arena *arena, size_t max_bytes);
void arena_fini(struct arena *arena);  /* releases everything; the arena may be used again */
void arena_reset(struct arena *arena); /* as fini, but keeps the first block for the next use */

/* Zeroed, aligned for any type. NULL only when the limit would be passed. */
void *arena_alloc(struct arena *arena, size_t size) __attribute__((alloc_size(2)));
char *arena_strdup(struct arena *arena, const char *s);
char *arena_strndup(struct arena *arena, const char *s, size_t len); /* len bytes and a NUL */
char *arena_printf(struct arena *arena, const char *fmt, ...) PRINTF_LIKE(2, 3);
char *arena_vprintf(struct arena *arena, const char *fmt, va_list args) PRINTF_LIKE(2, 0);

#endif
