/* SPDX-License-Identifier: MIT */
/*
 * Row F17: what every queue engine must do, here asked of the SQLite engine: duplicates, leases and their end, another
 * attempt later, order, fenced attempts, recovery after the server has ended.
 */
#include "queue/engine.h"

#include <ev.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "loop/control.h"

static const struct queue_engine *const engine = &queue_sqlite;
static char dir[] = "/tmp/interlude-XXXXXX", path[64];
static void *data;
static int64_t last_seq;
static bool is_done;

static void
begin_server(const char *boot)
{
    struct err err = { "" };

    data = engine->open(path, boot, &last_seq, &err);
    if (!data)
        fail_msg("%s", err.text);
}

static void
wait_done(void)
{
    while (!is_done)
        ev_run(control_loop(), EVRUN_ONCE);
    is_done = false;
}

static int
setup(void **state)
{
    (void)state;
    unlink(path);
    begin_server("first");
    return 0;
}

static int
teardown(void **state)
{
    static const char *const ends[] = { "", "-wal", "-shm" };
    char file[80];

    (void)state;
    engine->close(data);
    for (size_t i = 0; i < 3; i++) {
        snprintf(file, sizeof file, "%s%s", path, ends[i]);
        unlink(file);
    }
    return 0;
}

/* ---- requests, each waited for */

static struct inbox replies;

static void
wake(void *arg)
{
    (void)arg;
}

static void
accept_done(struct queue_accept *accept)
{
    (void)accept;
    is_done = true;
}

static struct queue_accept
put(const char *fn, const char *id, const char *dedup, int64_t due)
{
    struct queue_accept accept = { .id = id,
                                   .fn = fn,
                                   .dedup = dedup,
                                   .due = due,
                                   .created_ns = due * 1000000,
                                   .request = { STR("POST\0/fn/x\0\0"), 0, STR("body") },
                                   .reply_to = &replies,
                                   .done = accept_done };

    engine->accept(data, ++last_seq, &accept);
    while (!is_done)
        inbox_run(&replies);
    is_done = false;
    return accept;
}

struct taken {
    uint32_t count;
    struct queue_leased calls[16];
    char ids[16][40];
    int64_t next_due;
};

static void
lease_done(struct queue_lease *lease)
{
    struct taken *taken = lease->arg;

    assert_true(lease->is_ok);
    taken->count = lease->count;
    taken->next_due = lease->next_due;
    for (uint32_t i = 0; i < lease->count; i++) {
        taken->calls[i] = lease->calls[i];
        snprintf(taken->ids[i], sizeof taken->ids[i], "%s", lease->calls[i].id);
        assert_string_equal(lease->calls[i].request.body.p, "body");
    }
    is_done = true;
}

static struct taken
take(const char *fn, uint32_t wanted, int64_t now, int64_t until)
{
    struct taken taken = { 0 };
    struct queue_lease lease = {
        .fn = fn, .wanted = wanted, .now = now, .until = until, .done = lease_done, .arg = &taken
    };

    engine->lease(data, &lease);
    wait_done();
    return taken;
}

static void
settle_done(struct queue_settle *settle)
{
    assert_true(settle->is_ok);
    is_done = true;
}

static bool
settle(const struct queue_leased *call, enum queue_next next, int64_t due)
{
    struct queue_settle settle = {
        .seq = call->seq, .attempt = call->attempt, .next = next, .now = 5000, .due = due, .done = settle_done
    };

    engine->settle(data, &settle);
    wait_done();
    return settle.is_current;
}

static size_t waiting;

static void
survey_done(struct queue_survey *survey)
{
    assert_true(survey->is_ok);
    waiting = survey->count;
    is_done = true;
}

/* How many functions have calls that wait. */
static size_t
count_waiting(void)
{
    struct queue_survey survey = { .done = survey_done };

    engine->survey(data, &survey);
    wait_done();
    return waiting;
}

/* ---- what must hold */

static void
f17_a_duplicate_names_the_first(void **state)
{
    struct queue_accept again;

    (void)state;
    assert_int_equal(put("f", "a", "key", 1000).verdict, QUEUE_STORED);
    again = put("f", "b", "key", 2000);
    assert_int_equal(again.verdict, QUEUE_DUPLICATE);
    assert_string_equal(again.first_id, "a");
    assert_int_equal(again.first_created_ns, 1000 * 1000000);
    assert_int_equal(put("g", "c", "key", 1000).verdict, QUEUE_STORED); /* of another function */
    assert_int_equal(put("f", "d", NULL, 1000).verdict, QUEUE_STORED);
    assert_int_equal(take("f", 10, 9000, 9999).count, 2);
}

static void
f17_order_and_due_times(void **state)
{
    struct taken taken;

    (void)state;
    put("f", "second", NULL, 1001);
    put("f", "first", NULL, 1000);
    put("f", "third", NULL, 1001);
    put("f", "later", NULL, 3000);
    put("g", "other", NULL, 1000);
    assert_int_equal(take("f", 10, 999, 9999).count, 0);
    taken = take("f", 1, 2000, 9999);
    assert_int_equal(taken.count, 1);
    assert_string_equal(taken.ids[0], "first");
    assert_int_equal(taken.next_due, 1001);
    taken = take("f", 10, 2000, 9999);
    assert_int_equal(taken.count, 2);
    assert_string_equal(taken.ids[0], "second");
    assert_string_equal(taken.ids[1], "third");
    assert_int_equal(taken.next_due, 3000);
    assert_int_equal(count_waiting(), 2);
}

static void
f17_another_attempt_later(void **state)
{
    struct taken taken;

    (void)state;
    put("f", "a", NULL, 1000);
    taken = take("f", 1, 1000, 9999);
    assert_int_equal(taken.calls[0].attempt, 1);
    assert_true(settle(&taken.calls[0], QUEUE_RETRY, 4000));
    assert_int_equal(take("f", 1, 3999, 9999).count, 0);
    taken = take("f", 1, 4000, 9999);
    assert_int_equal(taken.calls[0].attempt, 2);
    assert_true(settle(&taken.calls[0], QUEUE_RELEASE, 4500)); /* was not begun: does not count */
    taken = take("f", 1, 4500, 9999);
    assert_int_equal(taken.calls[0].attempt, 2);
    assert_true(settle(&taken.calls[0], QUEUE_SUCCEEDED, 0));
    assert_false(settle(&taken.calls[0], QUEUE_FAILED, 0)); /* one final state */
    assert_int_equal(count_waiting(), 0);
}

static void
f17_a_lease_ends_and_the_late_answer_does_not_count(void **state)
{
    struct taken late, next;

    (void)state;
    put("f", "a", NULL, 1000);
    late = take("f", 1, 1000, 2000);
    engine->extend(data, 1900, 3000); /* in time */
    assert_int_equal(count_waiting(), 0);
    engine->extend(data, 2900, 2950);
    engine->extend(data, 3500, 2950); /* the clock has passed what it was extended to */
    assert_int_equal(count_waiting(), 1);
    next = take("f", 1, 9000, 9999);
    assert_int_equal(next.calls[0].attempt, 2);
    assert_false(settle(&late.calls[0], QUEUE_SUCCEEDED, 0));
    assert_true(settle(&next.calls[0], QUEUE_SUCCEEDED, 0));
}

static void
f17_another_server_takes_over_at_once(void **state)
{
    struct taken taken;

    (void)state;
    put("f", "a", NULL, 1000);
    put("f", "b", NULL, 1000);
    taken = take("f", 1, 1000, INT64_MAX);
    engine->close(data);
    begin_server("second");
    assert_int_equal(last_seq, 2);
    assert_false(settle(&taken.calls[0], QUEUE_SUCCEEDED, 0));
    taken = take("f", 10, INT64_MAX - 1, INT64_MAX);
    assert_int_equal(taken.count, 2);
    assert_int_equal(taken.calls[0].attempt, 2);
    assert_int_equal(taken.calls[1].attempt, 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(f17_a_duplicate_names_the_first, setup, teardown),
        cmocka_unit_test_setup_teardown(f17_order_and_due_times, setup, teardown),
        cmocka_unit_test_setup_teardown(f17_another_attempt_later, setup, teardown),
        cmocka_unit_test_setup_teardown(f17_a_lease_ends_and_the_late_answer_does_not_count, setup, teardown),
        cmocka_unit_test_setup_teardown(f17_another_server_takes_over_at_once, setup, teardown),
    };
    int failed;

    control_init();
    inbox_init(&replies, wake, NULL);
    if (!mkdtemp(dir))
        return 1;
    snprintf(path, sizeof path, "%s/queue.db", dir);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    rmdir(dir);
    return failed;
}
