/* SPDX-License-Identifier: MIT */
/* The framing guard by itself: verdicts do not depend on how the bytes arrive, and nothing is read beyond them. */
#include "http/guard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/mem.h"

#define HOST "Host: a\r\n"
#define CHUNKED "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n"

/* What comes of the first len bytes; they lie in memory of their own, so that a sanitizer sees a read behind them. */
static enum guard_verdict
check(struct guard *guard, const char *p, size_t len)
{
    char *copy = len ? mem_alloc(len) : NULL;
    enum guard_verdict verdict;

    if (len)
        memcpy(copy, p, len);
    verdict = guard_check(guard, &http_limits_default, (struct str){ copy, len });
    free(copy);
    return verdict;
}

static const struct {
    struct str in;
    size_t size; /* of the request; 0: refused with status */
    unsigned status;
} samples[] = {
#define GOOD(request, behind)                                                                                          \
    {                                                                                                                  \
        { request behind, sizeof request behind - 1 }, sizeof request - 1, 0                                           \
    }
#define BAD(status, request)                                                                                           \
    {                                                                                                                  \
        { request, sizeof request - 1 }, 0, status                                                                     \
    }
    GOOD("GET / HTTP/1.1\r\n" HOST "\r\n", ""),
    GOOD("GET / HTTP/1.1\r\n" HOST "\r\n", "GET / HTTP/1.1\r\n"),
    GOOD("\r\nGET / HTTP/1.0\r\n\r\n", "x"),
    GOOD("POST / HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc", "GET"),
    GOOD("POST / HTTP/1.1\r\n" HOST "Expect: 100-continue\r\nContent-Length: 3\r\n\r\nabc", ""),
    GOOD(CHUNKED "0\r\n\r\n", "0\r\n\r\n"),
    GOOD(CHUNKED "3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nT: u\r\n\r\n", "\r\n"),
    BAD(400, "GET / HTTP/1.1\n"),
    BAD(400, "\x16\x03"),
    BAD(505, "GET / HTTP/2.0\r\n"),
    BAD(400, "GET / HTTP/1.1\r\n\r\n"),
    BAD(400, "GET / HTTP/1.1\r\n" HOST HOST),
    BAD(400, "GET / HTTP/1.1\r\n" HOST " x\r\n"),
    BAD(400, "POST / HTTP/1.1\r\n" HOST "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"),
    BAD(413, "POST / HTTP/1.1\r\n" HOST "Content-Length: 10485761\r\n"),
    BAD(400, CHUNKED "3\r\nabcd\r"),
    BAD(413, CHUNKED "a00001\r\n"),
    BAD(400, CHUNKED "0\r\nHost: b\r\n"),
};

static void
verdicts_at_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(samples); i++) {
        struct guard guard;
        enum guard_verdict verdict;

        guard_init(&guard);
        verdict = check(&guard, samples[i].in.p, samples[i].in.len);
        assert_int_equal(verdict, samples[i].size ? GUARD_DONE : GUARD_BAD);
        if (samples[i].size)
            assert_int_equal(guard.size, samples[i].size);
        else
            assert_int_equal(guard.status, samples[i].status);
    }
}

/* Cut in two at every place, and byte by byte: the same verdict, and never before the last byte it needs. */
static void
verdicts_in_pieces(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(samples); i++) {
        struct str in = samples[i].in;
        size_t end = samples[i].size ? samples[i].size : in.len;

        for (size_t step = 1; step <= end; step++) {
            struct guard guard;
            enum guard_verdict verdict = GUARD_MORE;
            size_t len = 0;

            guard_init(&guard);
            while (verdict == GUARD_MORE && len < in.len) {
                len = len + step < in.len ? len + step : in.len;
                verdict = check(&guard, in.p, len);
                if (samples[i].size)
                    assert_int_equal(verdict, len < end ? GUARD_MORE : GUARD_DONE);
            }
            assert_int_equal(verdict, samples[i].size ? GUARD_DONE : GUARD_BAD);
            assert_int_equal(guard.status, samples[i].status);
            if (samples[i].size)
                assert_int_equal(guard.size, end);
        }
    }
}

/* Bytes that never make a request are refused before they can gather: head, URL, chunk size, trailer, tiny chunks. */
static void
endless_input_is_refused(void **state)
{
    static const struct {
        struct str start, more;
        unsigned status;
        size_t most; /* bytes looked at before it is refused */
    } endless[] = {
        { { "GET /", 5 }, { "a", 1 }, 414, 8300 },
        { { "GET / HTTP/1.1\r\nX: ", 19 }, { "a", 1 }, 431, 16500 },
        { { "GET / HTTP/1.1\r\n", 16 }, { "X: y\r\n", 6 }, 431, 700 },
        { { CHUNKED, sizeof CHUNKED - 1 }, { "0", 1 }, 400, 400 },
        { { CHUNKED "0\r\n", sizeof CHUNKED + 2 }, { "X: y\r\n", 6 }, 431, 700 },
        { { CHUNKED, sizeof CHUNKED - 1 }, { "1\r\na\r\n", 6 }, 400, 140000 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(endless); i++) {
        size_t len = endless[i].start.len, max = endless[i].most + 100;
        char *p = mem_alloc(max);
        enum guard_verdict verdict = GUARD_MORE;
        struct guard guard;

        memcpy(p, endless[i].start.p, len);
        guard_init(&guard);
        while (verdict == GUARD_MORE && len < endless[i].most) {
            memcpy(p + len, endless[i].more.p, endless[i].more.len);
            len += endless[i].more.len;
            verdict = guard_check(&guard, &http_limits_default, (struct str){ p, len });
        }
        assert_int_equal(verdict, GUARD_BAD);
        assert_int_equal(guard.status, endless[i].status);
        free(p);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdicts_at_once),
        cmocka_unit_test(verdicts_in_pieces),
        cmocka_unit_test(endless_input_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
