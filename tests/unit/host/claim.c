/* SPDX-License-Identifier: MIT */
/* Whose slugs are whose. */
#include "host/claim.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static const int shop, crm;

static bool
is_text(void *arg, const char *slug)
{
    return strcmp(arg, slug) == 0;
}

static void
taken_and_given_back(void **state)
{
    (void)state;
    assert_null(claim_find("a"));
    assert_false(claims_drop(&shop, NULL, NULL));
    claim_put("a", &shop, "a of shop");
    claim_put("b", &shop, "b of shop");
    claim_put("c", &crm, "c of crm");
    claim_put("b", &shop, "b of shop, again");
    assert_ptr_equal(claim_find("a")->owner, &shop);
    assert_string_equal(claim_find("b")->label, "b of shop, again");
    assert_true(claims_drop(&shop, is_text, "b"));
    assert_null(claim_find("a"));
    assert_non_null(claim_find("b"));
    assert_false(claims_drop(&shop, is_text, "b"));
    assert_true(claims_drop(&shop, NULL, NULL));
    assert_null(claim_find("b"));
    assert_string_equal(claim_find("c")->label, "c of crm");
    assert_true(claims_drop(&crm, NULL, NULL));
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(taken_and_given_back) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
