/* SPDX-License-Identifier: MIT */
/* Keys that may deploy: found until they are revoked, and never again afterwards. */
#include "store/deployer.h"

#include "temp.h"

static void
insert(const char *id, const char *name, enum store_verdict expected)
{
    struct store_write *write = store_write_new();

    store_deployer_insert(write, &(struct deployer){ .id = id, .name = name, .public_key = "cHVibGlj" });
    temp_write(&temp, write, expected);
}

static struct deployer *
get(const char *id)
{
    struct deployer *found;

    assert_true(store_deployer_get(temp.store, &temp.arena, id, &found, NULL));
    return found;
}

static void
f9_a_name_and_a_key_are_there_once(void **state)
{
    struct deployer *found;
    size_t count;

    (void)state;
    insert("a1", "laptop", STORE_DONE);
    insert("a1", "desktop", STORE_REFUSED);
    insert("b2", "laptop", STORE_REFUSED);
    insert("b2", "build server", STORE_DONE);
    assert_true(store_deployer_list(temp.store, &temp.arena, &found, &count, NULL));
    assert_int_equal(count, 2);
    assert_string_equal(found[0].name, "laptop");
    assert_string_equal(found[1].id, "b2");
    assert_string_equal(found[1].public_key, "cHVibGlj");
    assert_int_equal(found[1].last_used_at, 0);
    assert_null(get("c3"));
}

static void
f9_a_revoked_key_does_not_come_back(void **state)
{
    struct store_write *write = store_write_new();

    (void)state;
    store_deployer_used(write, "a1");
    temp_write(&temp, write, STORE_DONE);
    assert_true(get("a1")->last_used_at > 0);
    write = store_write_new();
    store_deployer_revoke(write, "a1");
    temp_write(&temp, write, STORE_DONE);
    assert_null(get("a1"));
    write = store_write_new();
    store_deployer_used(write, "a1");
    temp_write(&temp, write, STORE_REFUSED);
    write = store_write_new();
    store_deployer_revoke(write, "a1");
    temp_write(&temp, write, STORE_REFUSED);
    insert("a1", "again", STORE_REFUSED);
    insert("c3", "laptop", STORE_DONE); /* the name is free again */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(f9_a_name_and_a_key_are_there_once),
        cmocka_unit_test(f9_a_revoked_key_does_not_come_back),
    };

    return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
