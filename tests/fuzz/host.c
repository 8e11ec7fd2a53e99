/* SPDX-License-Identifier: MIT */
/*
 * libFuzzer: no text of a host may crash what reads its declaration, its IO calls and the inputs of its runs; what
 * peeking finds in a valid text is valid itself.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "json/peek.h"
#include "json/validate.h"
#include "rpc/host_declare.h"
#include "rpc/host_inputs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
peek(struct str text)
{
    static const char *const keys[] = { "inputGroupKey", "toRender", "status", "a", "" };
    struct str element;
    struct err err;
    size_t at = 0;

    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        struct str value = json_peek(text, keys[i]);

        ASSERT(!value.len || json_validate(value, 0, NULL, &err));
    }
    while (json_peek_next(text, &at, &element))
        ASSERT(json_validate(element, 0, NULL, &err));
}

static void
declare(struct arena *arena, struct json root)
{
    struct declaration declaration;
    struct err err = { "" };

    if (!declaration_read(&declaration, arena, root, true, &err)) {
        ASSERT(err.text[0]);
        return;
    }
    for (size_t i = 0; i < declaration.count; i++)
        ASSERT(slug_is_valid(str_of(declaration.routes[i].slug)) && declaration.routes[i].name);
    declaration_fini(&declaration);
}

static void
describe(struct str text)
{
    struct sdk_profile profile = profile_of("interval-py", "1.5.1");
    struct err err = { "" };
    struct buf out;

    buf_init(&out, 1 << 20);
    if (host_inputs(&out, &profile, "live", text, &err))
        ASSERT(out.over || json_validate(buf_view(&out), 0, NULL, &err));
    buf_fini(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = { (const char *)data, size };
    struct arena arena;
    struct json root;
    struct err err;

    arena_init(&arena, 64 << 20);
    if (json_parse(&arena, text, &root, &err)) {
        peek(text);
        declare(&arena, root);
        describe(text);
    }
    arena_fini(&arena);
    return 0;
}
