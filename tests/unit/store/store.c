/* SPDX-License-Identifier: MIT */
/* Writes and reads through one open database: verdicts, order, threads, limits. */
#include "store/store.h"

#include <pthread.h>
#include <sched.h>

#include "loop/worker.h"
#include "store/function_key.h"
#include "store/login.h"
#include "store/query.h"
#include "store/txn.h"
#include "temp.h"

static const char *
setting(const char *name)
{
    const char *value;

    assert_true(store_setting_get(temp.store, &temp.arena, name, &value, NULL));
    return value;
}

static void
a_write_is_there_when_it_is_done(void **state)
{
    struct store_write *write = store_write_new();

    (void)state;
    assert_null(setting("a"));
    store_setting_put(write, "a", "1");
    temp_write(&temp, write, STORE_DONE);
    assert_string_equal(setting("a"), "1");
}

static void
a_refused_statement_undoes_its_whole_write(void **state)
{
    struct store_write *write = store_write_new();
    struct err err = { "" };

    (void)state;
    store_setting_put(write, "a", "1");
    store_txn_complete(write, "no such transaction", "SUCCESS", STR("1"), 0);
    store_setting_put(write, "b", "1");
    assert_int_equal(store_write_wait(temp.store, write, &err), STORE_REFUSED);
    assert_non_null(strstr(err.text, "TXN_COMPLETE changed 0 rows"));
    assert_null(setting("a"));
    assert_null(setting("b"));
}

static void
a_broken_constraint_is_a_refusal(void **state)
{
    struct store_write *write = store_write_new();

    (void)state;
    store_setting_put(write, "a", "1");
    store_log_append(write, "no such transaction", 0, 1, STR("x")); /* foreign key */
    temp_write(&temp, write, STORE_REFUSED);
    assert_null(setting("a"));
}

static int64_t
count_attempts(void)
{
    struct store_rows rows;

    assert_true(STORE_READ(temp.store, &temp.arena, &rows, NULL, SQL_LOGIN_ATTEMPT_FAILED, v_text(""), v_text("here"),
                           v_int(0)));
    return row_int(&rows, 0, 2);
}

/* `count` failed attempts with the numbers from `first` on. */
static struct store_write *
attempts(int first, int count)
{
    struct store_write *write = store_write_new();
    struct store_statement *statement = NULL;

    for (int i = first; i < first + count; i++) {
        struct store_value values[] = { v_null(), v_text("nobody"), v_text("here"), v_int(0), v_null(), v_int(i) };
        char id[16];

        snprintf(id, sizeof id, "%d", i);
        values[0] = v_text(id);
        if (statement)
            store_add_row(write, statement, values);
        else
            statement = store_add(write, SQL_LOGIN_ATTEMPT_ADD, STORE_ONE, values, COUNT_OF(values));
    }
    assert_int_equal(statement->row_count, count);
    return write;
}

static void
a_statement_inserts_many_rows(void **state)
{
    (void)state;
    temp_write(&temp, attempts(1, 1), STORE_DONE);
    temp_write(&temp, attempts(2, 2), STORE_DONE);
    temp_write(&temp, attempts(4, 150), STORE_DONE);
    assert_int_equal(count_attempts(), 153);
}

static void
one_of_many_rows_refuses_all(void **state)
{
    (void)state;
    temp_write(&temp, attempts(90, 1), STORE_DONE);
    temp_write(&temp, attempts(1, 100), STORE_REFUSED);
    assert_int_equal(count_attempts(), 1);
}

struct outcome {
    struct inbox inbox;
    int done, refused, order_broken;
    long last;
};

static void
nothing(void *arg)
{
    (void)arg;
}

static struct outcome outcome;

static void
count_outcome(struct store_write *write, void *arg)
{
    long number = (long)(intptr_t)arg;

    outcome.order_broken += number < outcome.last;
    outcome.last = number;
    if (write->verdict == STORE_DONE)
        outcome.done++;
    else
        outcome.refused++;
}

/* Refused writes between good ones of the same transaction must not touch them. */
static void
writes_of_one_batch_do_not_spoil_each_other(void **state)
{
    enum { COUNT = 5000 };
    char name[16];

    (void)state;
    outcome = (struct outcome){ .last = -1 };
    inbox_init(&outcome.inbox, nothing, NULL);
    for (int i = 0; i < COUNT; i++) {
        struct store_write *write = store_write_new();

        snprintf(name, sizeof name, "n%d", i);
        store_setting_put(write, name, "x");
        if (i % 3 == 0)
            store_txn_drop(write, "no such transaction");
        store_submit(temp.store, write, &outcome.inbox, count_outcome, (void *)(intptr_t)i);
    }
    while (outcome.done + outcome.refused < COUNT)
        if (!inbox_run(&outcome.inbox))
            sched_yield();
    assert_int_equal(outcome.refused, (COUNT + 2) / 3);
    assert_int_equal(outcome.order_broken, 0);
    for (int i = 0; i < COUNT; i += 7) {
        snprintf(name, sizeof name, "n%d", i);
        assert_int_equal(setting(name) != NULL, i % 3 != 0);
    }
}

static void
check_sum(struct store_write *write, void *arg)
{
    outcome.done++;
    if (write->verdict != STORE_DONE)
        outcome.refused++;
    else
        assert_true(write->first->rows.count == 1 && store_function_usage_sum(write->first) == (intptr_t)arg);
}

/* Writes are applied a second time when one beside them has to be undone; nobody may notice. */
static void
rows_come_back_once_beside_refused_writes(void **state)
{
    enum { COUNT = 2000 };
    const struct function_key key = {
        .id = "k", .service = "s", .stage = "dev", .name = "n", .prefix = "p", .hash = "h", .quota_period = "DAY"
    };
    struct store_write *write = store_write_new();

    (void)state;
    store_function_key_insert(write, &key);
    temp_write(&temp, write, STORE_DONE);
    outcome = (struct outcome){ .last = 0 };
    inbox_init(&outcome.inbox, nothing, NULL);
    for (int i = 1; i <= COUNT; i++) {
        write = store_write_new();
        store_function_usage_add(write, "k", 0, 1);
        store_submit(temp.store, write, &outcome.inbox, check_sum, (void *)(intptr_t)i);
        write = store_write_new();
        store_function_usage_add(write, "k", 0, 100);
        store_txn_drop(write, "no such transaction");
        store_submit(temp.store, write, &outcome.inbox, check_sum, NULL);
    }
    while (outcome.done < 2 * COUNT)
        if (!inbox_run(&outcome.inbox))
            sched_yield();
    assert_int_equal(outcome.refused, COUNT);
}

static void *
write_many(void *arg)
{
    for (int i = 0; i < 200; i++) {
        struct store_write *write = store_write_new();
        char name[32];

        snprintf(name, sizeof name, "t%d-%d", (int)(intptr_t)arg, i);
        store_setting_put(write, name, "x");
        if (store_write_wait(temp.store, write, NULL) != STORE_DONE)
            return arg;
    }
    return NULL;
}

static void
many_threads_write(void **state)
{
    pthread_t threads[16];
    char name[32];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, write_many, (void *)(intptr_t)(i + 1)), 0);
    for (size_t i = 0; i < COUNT_OF(threads); i++) {
        void *failed;

        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
    for (int i = 1; i <= 16; i++) {
        snprintf(name, sizeof name, "t%d-199", i);
        assert_non_null(setting(name));
    }
}

static void
nobody_has_to_listen(void **state)
{
    struct store_write *write = store_write_new();

    (void)state;
    store_setting_put(write, "a", "1");
    store_submit(temp.store, write, NULL, NULL, NULL);
    write = store_write_new();
    store_setting_put(write, "b", "1");
    temp_write(&temp, write, STORE_DONE); /* submitted later, so the first is through too */
    assert_string_equal(setting("a"), "1");
}

static void
closing_finishes_what_was_submitted(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++) {
        struct store_write *write = store_write_new();
        char name[16];

        snprintf(name, sizeof name, "c%d", i);
        store_setting_put(write, name, "x");
        store_submit(temp.store, write, NULL, NULL, NULL);
    }
    store_close(temp.store);
    temp_open(&temp);
    assert_non_null(setting("c0"));
    assert_non_null(setting("c999"));
}

static void
a_write_that_is_too_large_fails_alone(void **state)
{
    size_t len = STORE_MAX_WRITE;
    char *large = mem_alloc(len);
    struct store_write *write = store_write_new();
    struct err err = { "" };

    (void)state;
    memset(large, 'x', len);
    store_setting_put(write, "a", "1");
    store_log_append(write, "t", 0, 0, (struct str){ large, len });
    assert_int_equal(store_write_wait(temp.store, write, &err), STORE_FAILED);
    assert_non_null(strstr(err.text, "64 MiB"));
    assert_null(setting("a"));
    free(large);
}

static void
a_read_has_a_memory_limit(void **state)
{
    struct store_write *write = store_write_new();
    struct arena small;
    struct err err = { "" };
    char value[2000];
    const char *found;

    (void)state;
    memset(value, 'v', sizeof value - 1);
    value[sizeof value - 1] = '\0';
    store_setting_put(write, "a", value);
    temp_write(&temp, write, STORE_DONE);
    arena_init(&small, 1000);
    assert_false(store_setting_get(temp.store, &small, "a", &found, &err));
    assert_non_null(strstr(err.text, "memory limit"));
    arena_fini(&small);
}

struct reading {
    struct message message;
    int rounds;
    atomic_int *left;
};

static void
read_on_worker(struct message *message)
{
    struct reading *reading = container_of(message, struct reading, message);
    struct arena arena;
    const char *value;

    arena_init(&arena, 0);
    for (int i = 0; i < reading->rounds; i++)
        if (!store_setting_get(temp.store, &arena, "a", &value, NULL) || !value)
            abort();
    arena_fini(&arena);
    atomic_fetch_sub(reading->left, 1);
}

static void
api_threads_read_while_others_write(void **state)
{
    struct reading readings[8];
    atomic_int left = COUNT_OF(readings);
    struct store_write *write = store_write_new();

    (void)state;
    store_setting_put(write, "a", "1");
    temp_write(&temp, write, STORE_DONE);
    assert_true(worker_start(4, NULL));
    for (size_t i = 0; i < COUNT_OF(readings); i++) {
        readings[i] = (struct reading){ .rounds = 500, .left = &left };
        assert_true(worker_post(&readings[i].message, read_on_worker));
    }
    for (int i = 0; i < 200; i++) {
        write = store_write_new();
        store_setting_put(write, "a", "2");
        temp_write(&temp, write, STORE_DONE);
    }
    worker_stop();
    assert_int_equal(atomic_load(&left), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_write_is_there_when_it_is_done, temp_setup, temp_teardown),
        cmocka_unit_test_setup_teardown(a_refused_statement_undoes_its_whole_write, temp_setup, temp_teardown),
        cmocka_unit_test_setup_teardown(a_broken_constraint_is_a_refusal, temp_setup, temp_teardown),
        cmocka_unit_test_setup_teardown(a_statement_inserts_many_rows, temp_setup, temp_teardown),
        cmocka_unit_test_setup_teardown(one_of_many_rows_refuses_all, temp_setup, temp_teardown),
        cmocka_unit_test_setup_teardown(writes_of_one_batch_do_not_spoil_each_other, temp_setup, temp_teardown),
        cmocka_unit_test_setup_teardown(rows_come_back_once_beside_refused_writes, temp_setup, temp_teardown),
        cmocka_unit_test_setup_teardown(many_threads_write, temp_setup, temp_teardown),
        cmocka_unit_test_setup_teardown(nobody_has_to_listen, temp_setup, temp_teardown),
        cmocka_unit_test_setup_teardown(closing_finishes_what_was_submitted, temp_setup, temp_teardown),
        cmocka_unit_test_setup_teardown(a_write_that_is_too_large_fails_alone, temp_setup, temp_teardown),
        cmocka_unit_test_setup_teardown(a_read_has_a_memory_limit, temp_setup, temp_teardown),
        cmocka_unit_test_setup_teardown(api_threads_read_while_others_write, temp_setup, temp_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
