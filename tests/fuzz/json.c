/* SPDX-License-Identifier: MIT */
/* libFuzzer: validator, reader and writer must agree on every text. Build with -fsanitize=fuzzer,address,undefined. */
#include "json/read.h"
#include "json/validate.h"
#include "json/write.h"

#include <stdlib.h>

#include "base/arena.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Writes the node again, value by value; returns the number of tokens seen. */
static size_t
copy(struct arena *arena, struct json_out *out, struct json node, unsigned depth)
{
    size_t tokens = 1, children = 0;
    bool is_object = json_type(node) == JSON_OBJECT;

    ASSERT(depth <= JSON_MAX_DEPTH);
    switch (json_type(node)) {
    case JSON_STRING:
        json_put_str(out, json_str(arena, node));
        return tokens;
    case JSON_NUMBER:
        (void)json_int(node, 0);
        (void)json_double(node, 0);
        json_put_raw(out, json_raw(node));
        return tokens;
    case JSON_ARRAY:
        json_array(out);
        break;
    case JSON_OBJECT:
        json_object(out);
        break;
    default:
        json_put_raw(out, json_raw(node));
        return tokens;
    }
    for (struct json child = json_first(node); json_type(child) != JSON_MISSING; child = json_next(child)) {
        if (is_object) {
            struct str key = json_key(arena, child);

            ASSERT(key.p);
            json_name_str(out, key);
            tokens++;
            if (!memchr(key.p, '\0', key.len))
                ASSERT(json_type(json_get(node, key.p)) != JSON_MISSING);
        }
        tokens += copy(arena, out, child, depth + 1);
        children++;
    }
    ASSERT(children == json_count(node));
    if (is_object)
        json_object_end(out);
    else
        json_array_end(out);
    return tokens;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = { (const char *)data, size };
    size_t count = 0;
    bool valid = json_validate(text, JSON_MAX_TOKENS, &count, NULL);
    struct arena arena;
    struct json root;

    arena_init(&arena, 64 << 20);
    ASSERT(json_parse(&arena, text, &root, NULL) == valid);
    if (valid) {
        struct json_out out;
        struct buf buf;

        buf_init(&buf, 16 << 20);
        json_out_init(&out, &buf);
        ASSERT(copy(&arena, &out, root, 0) == count);
        ASSERT(!buf.over && json_validate(buf_view(&buf), 0, NULL, NULL));
        buf_fini(&buf);
    }
    arena_fini(&arena);
    return 0;
}
