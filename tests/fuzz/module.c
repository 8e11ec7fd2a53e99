/* SPDX-License-Identifier: MIT */
/* libFuzzer: bytes as shared objects that somebody sends: refused in words, or described within limits. */
#include "deploy/module_file.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct module_file file;
    struct err err = { "" };
    struct arena arena;

    arena_init(&arena, 0);
    if (module_file_read(&file, &arena, (struct str){ size ? (const char *)data : "", size }, &err)) {
        for (size_t i = 0; i < file.route_count; i++)
            ASSERT(strlen(file.routes[i].symbol) <= size);
        for (size_t i = 0; i < file.needed_count; i++)
            ASSERT(strlen(file.needed[i]) <= size);
    } else {
        ASSERT(err.text[0]);
    }
    arena_fini(&arena);
    return 0;
}
