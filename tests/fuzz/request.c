/* SPDX-License-Identifier: MIT */
/* libFuzzer: the framing guard says the same however the bytes arrive, and a request it lets pass ends inside them. */
#include <stdlib.h>

#include "base/err.h"
#include "base/mem.h"
#include "http/guard.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Each piece at another address, exactly as long as what has arrived. */
static enum guard_verdict
check(struct guard *guard, const uint8_t *data, size_t len)
{
    enum guard_verdict verdict;
    char *copy = mem_alloc(len + !len);

    memcpy(copy, data, len);
    verdict = guard_check(guard, &http_limits_default, (struct str){ copy, len });
    free(copy);
    return verdict;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t step = size ? data[--size] % 64 + 1u : 1, len = 0; /* the last byte says how large the pieces are */
    enum guard_verdict whole, pieces = GUARD_MORE;
    struct guard a, b;

    guard_init(&a);
    guard_init(&b);
    whole = check(&a, data, size);
    while (pieces == GUARD_MORE && len < size) {
        len = len + step < size ? len + step : size;
        pieces = check(&b, data, len);
    }
    ASSERT(whole == pieces);
    if (whole == GUARD_DONE)
        ASSERT(a.size == b.size && a.size <= size && a.head_size <= a.size);
    return 0;
}
