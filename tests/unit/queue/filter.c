/* SPDX-License-Identifier: MIT */
/* Filter patterns of sqs event sources: which messages a consumer gets. */
#include "queue/filter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void
patterns(void **state)
{
    static const struct {
        const char *patterns, *body;
        bool is_wanted;
    } cases[] = {
        { NULL, "anything", true },
        { "[]", "anything", true },
        { "[{\"body\":{\"kind\":[\"order\"]}}]", "{\"kind\":\"order\"}", true },
        { "[{\"body\":{\"kind\":[\"order\"]}}]", "{\"kind\":\"offer\"}", false },
        { "[{\"body\":{\"kind\":[\"order\"]}}]", "no JSON", false },
        { "[{\"body\":{\"kind\":[\"a\"]}},{\"body\":{\"kind\":[\"b\"]}}]", "{\"kind\":\"b\"}", true },
        { "[{\"body\":{\"a\":{\"b\":[1,2]}}}]", "{\"a\":{\"b\":2.0}}", true },
        { "[{\"body\":{\"a\":{\"b\":[1,2]}}}]", "{\"a\":{\"b\":3}}", false },
        { "[{\"body\":{\"a\":[1],\"b\":[2]}}]", "{\"a\":1}", false },
        { "[{\"body\":{\"tags\":[\"x\"]}}]", "{\"tags\":[\"y\",\"x\"]}", true },
        { "[{\"body\":{\"a\":[{\"prefix\":\"EU-\"}]}}]", "{\"a\":\"EU-1\"}", true },
        { "[{\"body\":{\"a\":[{\"suffix\":\".png\"}]}}]", "{\"a\":\"b.png\"}", true },
        { "[{\"body\":{\"a\":[{\"equals-ignore-case\":\"ABC\"}]}}]", "{\"a\":\"aBc\"}", true },
        { "[{\"body\":{\"a\":[{\"anything-but\":[\"x\",\"y\"]}]}}]", "{\"a\":\"z\"}", true },
        { "[{\"body\":{\"a\":[{\"anything-but\":[\"x\",\"y\"]}]}}]", "{\"a\":\"x\"}", false },
        { "[{\"body\":{\"a\":[{\"anything-but\":{\"prefix\":\"x\"}}]}}]", "{\"a\":\"xy\"}", false },
        { "[{\"body\":{\"a\":[{\"numeric\":[\">\",0,\"<=\",5]}]}}]", "{\"a\":5}", true },
        { "[{\"body\":{\"a\":[{\"numeric\":[\">\",0,\"<=\",5]}]}}]", "{\"a\":5.1}", false },
        { "[{\"body\":{\"a\":[{\"numeric\":[\"=\",1]}]}}]", "{\"a\":\"1\"}", false },
        { "[{\"body\":{\"a\":[{\"exists\":true}]}}]", "{\"a\":null}", true },
        { "[{\"body\":{\"a\":[{\"exists\":false}]}}]", "{\"b\":1}", true },
        { "[{\"body\":{\"a\":[{\"exists\":false}]}}]", "{\"a\":1}", false },
        { "[{\"body\":{\"a\":[null]}}]", "{\"a\":null}", true },
        { "[{\"body\":{\"a\":[null]}}]", "{}", false },
        { "[{\"body\":[\"plain\"]}]", "plain", true },
        { "[{\"body\":[\"plain\"]}]", "other", false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (filter_matches(cases[i].patterns, str_of(cases[i].body)) != cases[i].is_wanted)
            fail_msg("%s %s %s", cases[i].patterns, cases[i].is_wanted ? "must take" : "must not take", cases[i].body);
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(patterns) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
