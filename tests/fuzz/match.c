/* SPDX-License-Identifier: MIT */
/* libFuzzer: patterns and paths that strangers write: what is found fits, parameters lie inside the path. */
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "function/match.h"

enum { MAX_PATTERNS = 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Lines: patterns, then an empty one, then the path. */
static const char *
line(const char **at, const char *end)
{
    const char *stop = memchr(*at, '\n', (size_t)(end - *at));
    char *text = mem_strndup(*at, (size_t)((stop ? stop : end) - *at));

    *at = stop ? stop + 1 : end;
    return text;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *at = (const char *)data, *end = at + size, *patterns[MAX_PATTERNS];
    struct match_tree *tree = match_tree_new();
    size_t count = 0;
    struct match match;
    struct str path;
    struct err err;
    void *taken;
    char *copy;

    while (at < end && *at != '\n' && count < MAX_PATTERNS) {
        patterns[count] = line(&at, end);
        if (!match_tree_add(tree, patterns[count], count % 3, (void *)(uintptr_t)patterns[count], &taken, &err))
            (void)taken;
        count++;
    }
    copy = mem_alloc((size_t)(end - at) + 1);
    memcpy(copy, at, (size_t)(end - at));
    path = (struct str){ copy, (size_t)(end - at) };
    match_tree_find(tree, path, 1, &match);
    if (match.value) {
        const char *pattern = match.pattern;

        for (size_t i = 0; i < match.param_count; i++) {
            struct str value = match.params[i];
            char *out = mem_alloc(value.len + 1);

            ASSERT(value.len && value.p >= path.p && value.p + value.len <= path.p + path.len);
            ASSERT(match_param_name(&pattern).p);
            ASSERT(match_decode(value, out) <= value.len);
            free(out);
        }
    }
    match_tree_free(tree);
    while (count)
        free((char *)(uintptr_t)patterns[--count]);
    free(copy);
    return 0;
}
