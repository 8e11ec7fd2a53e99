/* SPDX-License-Identifier: MIT */
/* Every cell of the table in server.md 3.10, and the names of roles. */
#include "auth/role.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Columns: admin, developer, member, auditor. */
static const char *const table[PERMISSION_COUNT] = {
    [READ_PROD_ACTIONS] = "1111",
    [RUN_PROD_ACTIONS] = "1110",
    [WRITE_PROD_ACTIONS] = "1000",
    [DEQUEUE_PROD_ACTIONS] = "1000",
    [READ_DEV_ACTIONS] = "1101",
    [RUN_DEV_ACTIONS] = "1100",
    [READ_DEV_TRANSACTIONS] = "1101",
    [READ_PROD_TRANSACTIONS] = "1111",
    [READ_ORG_PROD_TRANSACTIONS] = "1001", /* the plan: auditors read everybody's history */
    [READ_USERS] = "1001",
    [WRITE_USERS] = "1000",
    [CREATE_DEV_API_KEYS] = "1100",
    [CREATE_PROD_API_KEYS] = "1000",
    [READ_ORG_USER_API_KEY_EXISTENCE] = "1001",
    [DELETE_ORG_USER_API_KEYS] = "1000",
    [WRITE_ORG_SETTINGS] = "1000",
    [WRITE_ORG_OAUTH] = "1000",
    [ACCESS_ORG_ENVIRONMENTS] = "1111",
};

static void
every_role_may_what_the_table_says(void **state)
{
    static const enum role roles[] = { ROLE_ADMIN, ROLE_DEVELOPER, ROLE_ACTION_RUNNER, ROLE_READONLY_VIEWER };

    (void)state;
    for (int permission = 0; permission < PERMISSION_COUNT; permission++) {
        for (size_t i = 0; i < 4; i++)
            assert_int_equal(role_may(roles[i], (enum permission)permission), table[permission][i] == '1');
        assert_false(role_may(ROLE_NONE, (enum permission)permission));
    }
}

static void
names_go_both_ways(void **state)
{
    (void)state;
    assert_int_equal(role_parse("ACTION_RUNNER"), ROLE_ACTION_RUNNER);
    assert_int_equal(role_parse("member"), ROLE_ACTION_RUNNER);
    assert_int_equal(role_parse("Admin"), ROLE_ADMIN);
    assert_int_equal(role_parse("auditor"), ROLE_READONLY_VIEWER);
    assert_int_equal(role_parse("emperor"), ROLE_NONE);
    assert_int_equal(role_parse(NULL), ROLE_NONE);
    assert_string_equal(role_name(ROLE_READONLY_VIEWER), "READONLY_VIEWER");
    assert_string_equal(role_public_name(ROLE_ACTION_RUNNER), "member");
    assert_null(role_name(ROLE_NONE));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_role_may_what_the_table_says),
        cmocka_unit_test(names_go_both_ways),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
