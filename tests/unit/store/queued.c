/* SPDX-License-Identifier: MIT */
/* Queued actions: who sees them, who may take them, and what becomes of them. */
#include "store/queued.h"

#include "store/txn.h"
#include "temp.h"

static void
enqueue(const char *id, const char *developer_id, const char *assignee_id)
{
    struct store_write *write = store_write_new();

    store_queued_insert(write, &(struct queued_action){ .id = id,
                                                        .org_id = temp.local.org_id,
                                                        .env_id = temp.local.development_id,
                                                        .developer_id = developer_id,
                                                        .slug = "refund",
                                                        .assignee_id = assignee_id,
                                                        .params = STR("{\"a\":1}") });
    temp_write(&temp, write, STORE_DONE);
}

static void
run(const char *id)
{
    struct store_write *write = store_write_new();

    store_txn_insert(write,
                     &(struct txn){ .id = id,
                                    .org_id = temp.local.org_id,
                                    .env_id = temp.local.development_id,
                                    .route_slug = "refund",
                                    .route_name = "Refund",
                                    .owner_id = temp.local.user_id },
                     "node");
    temp_write(&temp, write, STORE_DONE);
}

static void
bind_to(const char *id, const char *txn_id, enum store_verdict expected)
{
    struct store_write *write = store_write_new();

    store_queued_bind(write, id, txn_id);
    temp_write(&temp, write, expected);
}

static void
end_run(const char *id, const char *result_status)
{
    struct store_write *write = store_write_new();

    store_txn_complete(write, id, result_status, STR("{}"), 0);
    if (strcmp(result_status, "CANCELED") == 0)
        store_queued_unbind(write, id);
    temp_write(&temp, write, STORE_DONE);
}

static size_t
count_for(const char *user_id)
{
    struct queued_action *actions;
    size_t count;

    assert_true(store_queued_list(temp.store, &temp.arena, temp.local.org_id, temp.local.development_id, "", user_id,
                                  &actions, &count, NULL));
    return count;
}

static void
people_see_their_own_and_what_is_for_all(void **state)
{
    struct queued_action *item;

    (void)state;
    enqueue("q1", "", NULL);
    enqueue("q2", "", temp.local.user_id);
    enqueue("q3", temp.local.user_id, NULL); /* a developer's console is another place */
    assert_int_equal(count_for(temp.local.user_id), 2);
    assert_int_equal(count_for("somebody else"), 1);
    assert_true(store_queued_get(temp.store, &temp.arena, temp.local.org_id, "q2", &item, NULL));
    assert_string_equal(item->assignee, "developer@localhost");
    assert_string_equal(item->params.p, "{\"a\":1}");
    assert_null(item->params_meta.p);
    assert_true(store_queued_get(temp.store, &temp.arena, "another organization", "q2", &item, NULL));
    assert_null(item);
}

static void
one_run_takes_it_and_a_cancelled_one_gives_it_back(void **state)
{
    (void)state;
    enqueue("q1", "", NULL);
    run("t1");
    run("t2");
    bind_to("q1", "t1", STORE_DONE);
    bind_to("q1", "t2", STORE_REFUSED);
    assert_int_equal(count_for(temp.local.user_id), 1); /* its run is open, and this person's */
    assert_int_equal(count_for("somebody else"), 0);
    end_run("t1", "CANCELED");
    assert_int_equal(count_for("somebody else"), 1);
    bind_to("q1", "t2", STORE_DONE);
    end_run("t2", "SUCCESS");
    assert_int_equal(count_for(temp.local.user_id), 0);
}

static void
it_is_taken_out_once_and_by_its_organization(void **state)
{
    struct store_write *write = store_write_new();

    (void)state;
    enqueue("q1", "", NULL);
    store_queued_delete(write, "another organization", "q1");
    temp_write(&temp, write, STORE_REFUSED);
    write = store_write_new();
    store_queued_delete(write, temp.local.org_id, "q1");
    temp_write(&temp, write, STORE_DONE);
    write = store_write_new();
    store_queued_delete(write, temp.local.org_id, "q1");
    temp_write(&temp, write, STORE_REFUSED);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(people_see_their_own_and_what_is_for_all, temp_setup, temp_teardown),
        cmocka_unit_test_setup_teardown(one_run_takes_it_and_a_cancelled_one_gives_it_back, temp_setup, temp_teardown),
        cmocka_unit_test_setup_teardown(it_is_taken_out_once_and_by_its_organization, temp_setup, temp_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
