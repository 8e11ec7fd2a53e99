/* SPDX-License-Identifier: MIT */
/* libFuzzer: .env files and the notations of values: refused in words, or within their limits. */
#include "config/dotenv.h"

#include <stdlib.h>

#include "config/value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
read_values(struct str text)
{
    struct address address;
    enum log_level level;
    int64_t number;
    bool is_on;
    struct err err;

    if (value_int(text, &number, &err) || value_bool(text, &is_on, &err) || value_level(text, &level, &err) ||
        value_url(text, &err))
        ASSERT(text.len > 0);
    if (value_duration(text, &number, &err) || value_size(text, &number, &err))
        ASSERT(number >= 0);
    if (value_address(text, &address, &err))
        ASSERT(strnlen(address.host, sizeof address.host) < sizeof address.host);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = { size ? (const char *)data : "", size };
    struct err err = { "" };
    struct dotenv *first;
    struct arena arena;

    arena_init(&arena, 1 << 20);
    read_values(text);
    if (dotenv_parse(&arena, text, &first, &err))
        for (; first; first = first->next) {
            ASSERT(first->name[0] && first->line > 0);
            read_values(str_of(first->value));
        }
    else
        ASSERT(err.text[0]);
    arena_fini(&arena);
    return 0;
}
