/* SPDX-License-Identifier: MIT */
/* Transactions: the state machine of the rows, history and detail. */
#include "store/txn.h"

#include "base/clock.h"
#include "store/user.h"
#include "temp.h"

static void
insert(const char *id, const char *slug, const char *name)
{
    struct store_write *write = store_write_new();

    store_txn_insert(write,
                     &(struct txn){ .id = id,
                                    .org_id = temp.local.org_id,
                                    .env_id = temp.local.development_id,
                                    .route_slug = slug,
                                    .route_name = name,
                                    .owner_id = temp.local.user_id,
                                    .params = STR("{\"a\":1}") },
                     "node");
    temp_write(&temp, write, STORE_DONE);
}

static void
set_status(const char *id, const char *status, enum store_verdict expected)
{
    struct store_write *write = store_write_new();

    store_txn_set_status(write, id, status);
    temp_write(&temp, write, expected);
}

static void
complete(const char *id, const char *result_status, enum store_verdict expected)
{
    struct store_write *write = store_write_new();

    store_txn_complete(write, id, result_status, STR("{\"data\":1}"), 0);
    temp_write(&temp, write, expected);
}

static struct txn_detail *
detail(const char *id)
{
    struct txn_detail *found;

    assert_true(store_txn_get(temp.store, &temp.arena, temp.local.org_id, id, &found, NULL));
    return found;
}

static void
a_run_goes_from_pending_to_completed_once(void **state)
{
    struct txn_detail *found;

    (void)state;
    insert("t1", "users/edit", "Edit user");
    assert_string_equal(detail("t1")->txn.status, "PENDING");
    set_status("t1", "RUNNING", STORE_DONE);
    set_status("t1", "AWAITING_INPUT", STORE_DONE);
    set_status("t1", "NONSENSE", STORE_REFUSED);
    complete("t1", "SUCCESS", STORE_DONE);
    complete("t1", "FAILURE", STORE_REFUSED); /* the first result stays */
    set_status("t1", "RUNNING", STORE_REFUSED);
    complete("unknown", "SUCCESS", STORE_REFUSED);
    found = detail("t1");
    assert_string_equal(found->txn.status, "COMPLETED");
    assert_string_equal(found->txn.result_status, "SUCCESS");
    assert_true(str_is(found->txn.result, "{\"data\":1}"));
    assert_true(str_is(found->txn.params, "{\"a\":1}"));
    assert_true(found->txn.completed_at >= found->txn.created_at);
    assert_string_equal(found->txn.owner_email, temp.local.email);
    assert_string_equal(found->txn.env_slug, "development");
}

static void
another_organization_sees_nothing(void **state)
{
    struct txn_detail *found;

    (void)state;
    insert("t1", "a", "A");
    assert_true(store_txn_get(temp.store, &temp.arena, "another organization", "t1", &found, NULL));
    assert_null(found);
}

static void
steps_and_logs_are_kept_once(void **state)
{
    struct store_write *write = store_write_new();
    struct txn_detail *found;

    (void)state;
    insert("t1", "a", "A");
    store_step_render(write, "t1", 0, "group-0", STR("{\"render\":0}"));
    store_step_answer(write, "t1", 0, "group-0", STR("{\"answer\":0}"));
    store_step_render(write, "t1", 1, "group-1", STR("{\"render\":1}"));
    for (int i = 0; i < 2; i++) { /* hosts send again what was not confirmed */
        store_log_append(write, "t1", 1, 20, STR("second"));
        store_log_append(write, "t1", 0, 10, STR("first"));
    }
    temp_write(&temp, write, STORE_DONE);
    write = store_write_new();
    store_step_answer(write, "t1", 0, "group-0", STR("{\"answer\":\"other\"}"));
    temp_write(&temp, write, STORE_REFUSED);
    found = detail("t1");
    assert_int_equal(found->step_count, 2);
    assert_true(str_is(found->steps[0].response, "{\"answer\":0}"));
    assert_true(found->steps[0].answered_at > 0);
    assert_null(found->steps[1].response.p);
    assert_int_equal(found->log_count, 2);
    assert_true(str_is(found->logs[0].data, "first"));
    assert_int_equal(found->logs[1].at, 20);
}

static void
a_huge_render_is_left_out(void **state)
{
    struct store_write *write = store_write_new();
    size_t len = TXN_MAX_RENDER + 1;
    char *render = mem_alloc(len);

    (void)state;
    memset(render, ' ', len);
    insert("t1", "a", "A");
    store_step_render(write, "t1", 0, "g", (struct str){ render, len });
    temp_write(&temp, write, STORE_DONE);
    assert_true(str_is(detail("t1")->steps[0].render, "{\"omitted\":262145}"));
    free(render);
}

static void
what_did_not_survive_is_marked_lost(void **state)
{
    static const char *const alive[] = { "t2", "x\"y" };
    struct store_write *write = store_write_new();
    struct txn_open *open;
    size_t count;

    (void)state;
    insert("t1", "a", "A");
    insert("t2", "a", "A");
    insert("t3", "a", "A");
    set_status("t2", "AWAITING_INPUT", STORE_DONE);
    complete("t3", "SUCCESS", STORE_DONE);
    assert_true(store_txn_open_list(temp.store, &temp.arena, "node", &open, &count, NULL));
    assert_int_equal(count, 2);
    store_txn_mark_lost(write, "another node", alive, 0);
    store_txn_mark_lost(write, "node", alive, COUNT_OF(alive));
    temp_write(&temp, write, STORE_DONE);
    assert_string_equal(detail("t1")->txn.status, "HOST_CONNECTION_DROPPED");
    assert_string_equal(detail("t2")->txn.status, "AWAITING_INPUT");
    assert_string_equal(detail("t3")->txn.status, "COMPLETED");
}

static struct txn_filter
everything(void)
{
    return (struct txn_filter){ .org_id = temp.local.org_id, .env_id = temp.local.development_id };
}

static size_t
count_of(struct txn_filter filter)
{
    struct txn *txns;
    size_t count;
    bool has_more;

    assert_true(store_txn_list(temp.store, &temp.arena, &filter, &txns, &count, &has_more, NULL));
    return count;
}

static size_t
count_text(const char *text)
{
    struct txn_filter filter = everything();

    filter.text = text;
    return count_of(filter);
}

static void
history_filters(void **state)
{
    struct txn_filter filter = everything();

    (void)state;
    insert("t1", "users/edit", "Edit user");
    insert("t2", "refund", "Refund 100%");
    insert("t3", "refund", "Refund 100%");
    complete("t2", "FAILURE", STORE_DONE);
    assert_int_equal(count_of(filter), 3);
    assert_int_equal(count_text("EDIT"), 1);
    assert_int_equal(count_text("users/"), 1);
    assert_int_equal(count_text("100%"), 2);
    assert_int_equal(count_text("1%0"), 0); /* % is no wildcard */
    assert_int_equal(count_text("re_und"), 0);
    assert_int_equal(count_text("local dev"), 3);
    assert_int_equal(count_text("developer@"), 3);
    assert_int_equal(count_text("error"), 1);
    assert_int_equal(count_text("connection"), 0);
    assert_int_equal(count_text("' OR 1=1 --"), 0);
    filter.open_only = true;
    assert_int_equal(count_of(filter), 2);
    filter.slug = "refund";
    assert_int_equal(count_of(filter), 1);
    filter.owner_id = "somebody else";
    assert_int_equal(count_of(filter), 0);
    filter = everything();
    filter.env_id = temp.local.production_id;
    assert_int_equal(count_of(filter), 0);
}

static void
history_pages_meet_every_row_once(void **state)
{
    struct txn_filter filter = everything();
    bool seen[25] = { false }, has_more = true;
    char id[16];

    (void)state;
    for (int i = 0; i < 25; i++) { /* many in the same millisecond */
        snprintf(id, sizeof id, "t%02d", i);
        insert(id, "a", "A");
    }
    filter.limit = 4;
    while (has_more) {
        struct txn *txns;
        size_t count;

        assert_true(store_txn_list(temp.store, &temp.arena, &filter, &txns, &count, &has_more, NULL));
        assert_true(count > 0 && count <= 4);
        for (size_t i = 0; i < count; i++) {
            long number = strtol(txns[i].id + 1, NULL, 10);

            assert_false(seen[number]);
            seen[number] = true;
        }
        filter.before_at = txns[count - 1].created_at;
        filter.before_id = txns[count - 1].id;
    }
    for (size_t i = 0; i < COUNT_OF(seen); i++)
        assert_true(seen[i]);
}

static void
a_run_waits_for_its_sdk_host(void **state)
{
    struct store_write *write = store_write_new();
    const char *org_id, *org_slug, *org_name;

    (void)state;
    insert("t1", "refund", "Refund");
    insert("t2", "native", "Native");
    store_txn_start(write, "t1", "instance", true);
    store_txn_start(write, "t2", NULL, false);
    store_txn_await_hosts(write, "node");
    temp_write(&temp, write, STORE_DONE);
    assert_string_equal(detail("t1")->txn.status, "HOST_CONNECTION_DROPPED");
    assert_string_equal(detail("t1")->txn.host_instance, "instance");
    assert_true(detail("t1")->txn.is_paged);
    assert_string_equal(detail("t2")->txn.status, "RUNNING");
    assert_true(store_txn_of_host(temp.store, &temp.arena, "t1", "another", &org_id, &org_slug, &org_name, NULL));
    assert_null(org_id);
    assert_true(store_txn_of_host(temp.store, &temp.arena, "t1", "instance", &org_id, &org_slug, &org_name, NULL));
    assert_string_equal(org_slug, "local");
    write = store_write_new();
    store_txn_revive(write, "t1", "AWAITING_INPUT");
    temp_write(&temp, write, STORE_DONE);
    assert_string_equal(detail("t1")->txn.status, "AWAITING_INPUT");
    write = store_write_new();
    store_txn_revive(write, "t1", "RUNNING");
    temp_write(&temp, write, STORE_REFUSED);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_run_goes_from_pending_to_completed_once, temp_setup, temp_teardown),
        cmocka_unit_test_setup_teardown(another_organization_sees_nothing, temp_setup, temp_teardown),
        cmocka_unit_test_setup_teardown(steps_and_logs_are_kept_once, temp_setup, temp_teardown),
        cmocka_unit_test_setup_teardown(a_huge_render_is_left_out, temp_setup, temp_teardown),
        cmocka_unit_test_setup_teardown(what_did_not_survive_is_marked_lost, temp_setup, temp_teardown),
        cmocka_unit_test_setup_teardown(a_run_waits_for_its_sdk_host, temp_setup, temp_teardown),
        cmocka_unit_test_setup_teardown(history_filters, temp_setup, temp_teardown),
        cmocka_unit_test_setup_teardown(history_pages_meet_every_row_once, temp_setup, temp_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
