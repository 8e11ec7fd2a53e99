/* SPDX-License-Identifier: MIT */
/* Bump allocation in a chain of blocks (arena.h). */
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* A parked handler keeps its arena, so the first block is small; later ones double up to this. */
enum { FIRST_BLOCK = 1024, LARGEST_BLOCK = 64 * 1024 };

struct arena_block {
    struct arena_block *next;
    size_t size, used;
    alignas(max_align_t) unsigned char bytes[];
};

void
arena_init(struct arena *arena, size_t max_bytes)
{
    *arena = (struct arena){ .max = max_bytes };
}

static void
free_blocks(struct arena_block *block)
{
    while (block) {
        struct arena_block *next = block->next;

        free(block);
        block = next;
    }
}

void
arena_fini(struct arena *arena)
{
    free_blocks(arena->head);
    arena->head = NULL;
    arena->used = 0;
}

void
arena_reset(struct arena *arena)
{
    struct arena_block *block = arena->head;

    arena->used = 0;
    if (!block)
        return;
    free_blocks(block->next);
    block->next = NULL;
    block->used = 0;
    if (block->size > LARGEST_BLOCK)
        arena_fini(arena);
}

static struct arena_block *
block_new(struct arena *arena, size_t size)
{
    size_t wanted = arena->head ? arena->head->size * 2 : FIRST_BLOCK;
    struct arena_block *block;

    if (wanted > LARGEST_BLOCK)
        wanted = LARGEST_BLOCK;
    if (wanted < size)
        wanted = size;
    block = mem_realloc(NULL, sizeof *block + wanted);
    block->size = wanted;
    block->used = 0;
    block->next = arena->head;
    arena->head = block;
    return block;
}

void *
arena_alloc(struct arena *arena, size_t size)
{
    struct arena_block *block = arena->head;
    size_t rounded;
    void *p;

    if (size > SIZE_MAX - alignof(max_align_t))
        return NULL;
    rounded = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    if (arena->max && (rounded > arena->max || arena->used > arena->max - rounded))
        return NULL;
    if (!block || block->size - block->used < rounded)
        block = block_new(arena, rounded);
    p = block->bytes + block->used;
    block->used += rounded;
    arena->used += rounded;
    return memset(p, 0, rounded);
}

char *
arena_strndup(struct arena *arena, const char *s, size_t len)
{
    char *copy = len < SIZE_MAX ? arena_alloc(arena, len + 1) : NULL;

    return copy ? memcpy(copy, s, len) : NULL;
}

char *
arena_strdup(struct arena *arena, const char *s)
{
    return arena_strndup(arena, s, strlen(s));
}

char *
arena_vprintf(struct arena *arena, const char *fmt, va_list args)
{
    va_list again;
    char *text;
    int len;

    va_copy(again, args);
    len = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    if (len < 0)
        return NULL;
    text = arena_alloc(arena, (size_t)len + 1);
    if (text)
        vsnprintf(text, (size_t)len + 1, fmt, args);
    return text;
}

char *
arena_printf(struct arena *arena, const char *fmt, ...)
{
    va_list args;
    char *text;

    va_start(args, fmt);
    text = arena_vprintf(arena, fmt, args);
    va_end(args);
    return text;
}
