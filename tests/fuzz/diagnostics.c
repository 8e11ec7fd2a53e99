/* SPDX-License-Identifier: MIT */
/* libFuzzer: whatever a compiler prints, the browser gets valid JSON and the terminal text. */
#include "host/diagnostic.h"

#include <stdint.h>
#include <stdlib.h>

#include "json/validate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1); /* a NUL follows, as behind all output of a child */
    struct diagnostic *list;
    struct arena arena;
    struct buf out;
    struct err err;

    ASSERT(text);
    memcpy(text, data, size);
    text[size] = '\0';
    arena_init(&arena, 0);
    list = diagnostics_read(&arena, (struct str){ text, size }, "/nowhere");
    buf_init(&out, 64 << 20);
    diagnostics_to_json(list, &out);
    ASSERT(json_validate(buf_view(&out), 0, NULL, &err));
    buf_clear(&out);
    diagnostics_to_text(list, size & 1, &out);
    buf_fini(&out);
    arena_fini(&arena);
    free(text);
    return 0;
}
