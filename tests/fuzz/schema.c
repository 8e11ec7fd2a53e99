/* SPDX-License-Identifier: MIT */
/* libFuzzer: no schema and no body may crash us or take for ever. The first line is the schema, the rest the body. */
#include "function/schema.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = { (const char *)data, size };
    const char *line = size ? memchr(text.p, '\n', size) : NULL;
    size_t len = line ? (size_t)(line - text.p) : size;
    struct err err;
    struct schema *schema = schema_new((struct str){ text.p, len }, &err);

    if (schema && line)
        (void)schema_accepts(schema, (struct str){ line + 1, size - len - 1 });
    schema_free(schema);
    return 0;
}
