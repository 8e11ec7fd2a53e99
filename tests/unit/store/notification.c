/* SPDX-License-Identifier: MIT */
/* Notifications: once per idempotency key, newest first, and whom they concern. */
#include "store/notification.h"

#include "temp.h"

static void
notify(const char *key, const char *to, int64_t at, enum store_verdict expected)
{
    struct store_write *write = store_write_new();
    const char *deliveries = arena_printf(&temp.arena, "[{\"to\":\"%s\",\"method\":null,\"status\":\"LOGGED\"}]", to);

    store_notification_insert(write, &(struct notification){ .org_id = temp.local.org_id,
                                                             .env_id = temp.local.development_id,
                                                             .developer_id = "",
                                                             .user_id = temp.local.user_id,
                                                             .idempotency_key = key,
                                                             .message = to,
                                                             .deliveries = str_of(deliveries),
                                                             .created_at = at });
    temp_write(&temp, write, expected);
}

static struct notification *
list(const struct notification_filter *wanted, size_t *count, bool *has_more)
{
    struct notification_filter filter = *wanted;
    struct notification *found;

    filter.org_id = temp.local.org_id;
    filter.env_id = temp.local.development_id;
    filter.developer_id = "";
    assert_true(store_notification_list(temp.store, &temp.arena, &filter, &found, count, has_more, NULL));
    return found;
}

static void
a_repeated_key_is_stored_once(void **state)
{
    size_t count;
    bool has_more;

    (void)state;
    notify("k", "a@example.com", 1, STORE_DONE);
    notify("k", "b@example.com", 2, STORE_REFUSED);
    notify(NULL, "c@example.com", 3, STORE_DONE);
    notify(NULL, "c@example.com", 4, STORE_DONE);
    list(&(struct notification_filter){ .limit = 10 }, &count, &has_more);
    assert_int_equal(count, 3);
}

static void
pages_follow_each_other(void **state)
{
    struct notification *found;
    size_t count;
    bool has_more;

    (void)state;
    for (int i = 1; i <= 5; i++)
        notify(NULL, "a@example.com", i, STORE_DONE);
    found = list(&(struct notification_filter){ .limit = 3 }, &count, &has_more);
    assert_true(count == 3 && has_more && found[0].created_at == 5);
    found =
        list(&(struct notification_filter){ .limit = 3, .before_at = 3, .before_id = found[2].id }, &count, &has_more);
    assert_true(count == 2 && !has_more && found[1].created_at == 1);
}

static void
a_person_sees_what_they_sent_or_got(void **state)
{
    size_t count;
    bool has_more;

    (void)state;
    notify(NULL, "ann@example.com", 1, STORE_DONE);
    notify(NULL, "joann@example.com", 2, STORE_DONE);
    list(&(struct notification_filter){ .user_id = temp.local.user_id, .user = "developer@localhost" }, &count,
         &has_more);
    assert_int_equal(count, 2);
    list(&(struct notification_filter){ .user_id = "ann", .user = "ann@example.com" }, &count, &has_more);
    assert_int_equal(count, 1);
    list(&(struct notification_filter){ .user_id = "bob", .user = "bob@example.com" }, &count, &has_more);
    assert_int_equal(count, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_repeated_key_is_stored_once, temp_setup, temp_teardown),
        cmocka_unit_test_setup_teardown(pages_follow_each_other, temp_setup, temp_teardown),
        cmocka_unit_test_setup_teardown(a_person_sees_what_they_sent_or_got, temp_setup, temp_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
