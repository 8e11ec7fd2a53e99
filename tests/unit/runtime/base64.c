/* SPDX-License-Identifier: MIT */
/* core/runtime/base64.c: the vectors of RFC 4648, and what a strict reader refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/mem.h"
#include "runtime/base64.h"

static const struct {
    const char *text, *encoded;
} vectors[] = { { "", "" },
                { "f", "Zg==" },
                { "fo", "Zm8=" },
                { "foo", "Zm9v" },
                { "foob", "Zm9vYg==" },
                { "fooba", "Zm9vYmE=" },
                { "foobar", "Zm9vYmFy" },
                { "\xfb\xff\xfe", "+//+" } };

static void
test_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(vectors); i++) {
        char bytes[16];
        struct json_out out;
        struct buf text;
        size_t len;

        buf_init(&text, 64);
        json_out_init(&out, &text);
        base64_put(&out, str_of(vectors[i].text));
        assert_int_equal(text.len, strlen(vectors[i].encoded) + 2);
        assert_memory_equal(text.p + 1, vectors[i].encoded, text.len - 2);
        assert_true(base64_decode(str_of(vectors[i].encoded), bytes, &len));
        assert_int_equal(len, strlen(vectors[i].text));
        assert_memory_equal(bytes, vectors[i].text, len);
        buf_fini(&text);
    }
}

static void
test_strictness(void **state)
{
    static const char *const wrong[] = { "Z",     "Zg",       "Zg=",  "Zh==",  "Zm9=", "====",  "Z===",
                                         "Zm9v=", "Zg==Zg==", "Zm 9", "Zm9\n", "-_-_", "Zm9v\n" };
    char bytes[16];
    size_t len;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_false(base64_decode(str_of(wrong[i]), bytes, &len));
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_vectors), cmocka_unit_test(test_strictness) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
