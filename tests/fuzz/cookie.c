/* SPDX-License-Identifier: MIT */
/* libFuzzer: no Cookie header may crash the reader, and none that we did not seal may open. */
#include "auth/cookie.h"

#include <sodium.h>
#include <stdlib.h>

#include "auth/key.h"
#include "auth/secrets.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const unsigned char key[SECRETS_KEY_BYTES] = { 7 };
    struct str header = { (const char *)data, size }, value, plain;
    struct arena arena;

    if (sodium_init() < 0)
        abort();
    arena_init(&arena, 1 << 20);
    value = cookie_find(header, cookie_name(false));
    ASSERT(!value.p || (value.p >= header.p && value.p + value.len <= header.p + header.len));
    ASSERT(!secrets_open(&arena, key, "fuzz", value.p ? value : header, &plain));
    value = key_from_authorization(header);
    ASSERT(!value.p || value.p + value.len == header.p + header.len);
    arena_fini(&arena);
    return 0;
}
