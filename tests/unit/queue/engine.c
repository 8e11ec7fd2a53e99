/* SPDX-License-Identifier: MIT */
/*
 * Row F17: what every queue engine must do: duplicates, leases and their end, another attempt later, order, fenced
 * attempts, calls that follow from an end, deliveries, recovery after the server has ended. Asked of every engine there
 * is; another one is one more row of `engines`.
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

#include "base/mem.h"
#include "loop/control.h"

static const struct queue_engine *const engines[] = { &queue_sqlite };
static const struct queue_engine *engine;
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
call_of(const char *fn, const char *id, const char *dedup, int64_t due)
{
    return (struct queue_accept){ .id = id,
                                  .queue = "default",
                                  .fn = fn,
                                  .dedup = dedup,
                                  .due = due,
                                  .created_ns = due * 1000000,
                                  .request = { STR("POST\0/fn/x\0\0"), 0, STR("body") },
                                  .reply_to = &replies,
                                  .done = accept_done };
}

static void
put_call(struct queue_accept *accept)
{
    struct queue_batch batch = { 0 };

    engine->accept(data, &batch, ++last_seq, accept);
    engine->flush(data, &batch);
    while (!is_done)
        inbox_run(&replies);
    is_done = false;
}

static struct queue_accept
put(const char *fn, const char *id, const char *dedup, int64_t due)
{
    struct queue_accept accept = call_of(fn, id, dedup, due);

    put_call(&accept);
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
take_from(const char *queue, const char *fn, uint32_t wanted, int64_t now, int64_t until)
{
    struct taken taken = { 0 };
    struct queue_lease lease = {
        .queue = queue, .fn = fn, .wanted = wanted, .now = now, .until = until, .done = lease_done, .arg = &taken
    };

    engine->lease(data, &lease);
    wait_done();
    return taken;
}

static struct taken
take(const char *fn, uint32_t wanted, int64_t now, int64_t until)
{
    return take_from("default", fn, wanted, now, until);
}

static void
settle_done(struct queue_settle *settle)
{
    assert_true(settle->is_ok);
    is_done = true;
}

static bool
settle_with(const struct queue_leased *call, struct queue_settle settle)
{
    settle.seq = call->seq;
    settle.attempt = call->attempt;
    settle.now = 5000;
    settle.is_ordered = call->is_ordered;
    settle.has_callback = call->has_callback;
    settle.was_begun = true;
    settle.done = settle_done;
    engine->settle(data, &settle);
    wait_done();
    return settle.is_current;
}

static bool
settle(const struct queue_leased *call, enum queue_next next, int64_t due)
{
    return settle_with(call, (struct queue_settle){ .next = next, .due = due });
}

static uint32_t leased;

static void
count_leased(struct queue_lease *lease)
{
    assert_true(lease->is_ok);
    leased += lease->count;
    lease->next_due = lease->count ? 0 : INT64_MAX;
    is_done = true;
}

/* The sum of their bodies is more than a lease may bring: it brings fewer, and none is lost. */
static void
f17_many_large_ones_come_in_parts(void **state)
{
    enum { COUNT = 65, SIZE = 1 << 20 };
    char *body = mem_alloc(SIZE);
    struct queue_lease lease = {
        .queue = "default", .fn = "f", .wanted = COUNT, .now = 2000, .until = 9000, .done = count_leased
    };

    (void)state;
    for (int i = 0; i < COUNT; i++) {
        struct queue_accept accept = call_of("f", "large", NULL, 1000);

        accept.request.body = (struct str){ body, SIZE };
        put_call(&accept);
    }
    free(body);
    leased = 0;
    while (lease.next_due == 0) {
        engine->lease(data, &lease);
        wait_done();
    }
    assert_int_equal(leased, COUNT);
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

static int accepted;

static void
count_accepted(struct queue_accept *accept)
{
    assert_int_equal(accept->verdict, QUEUE_STORED);
    accepted++;
}

/* More than an engine may keep in one go, one of them a duplicate of what was there: each gets its own verdict. */
static void
f17_calls_of_one_batch_become_durable_together(void **state)
{
    enum { COUNT = 150 };
    struct queue_accept accepts[COUNT], again = call_of("f", "again", "key", 1000);
    struct queue_batch batch = { 0 };
    char ids[COUNT][12];
    struct taken taken;

    (void)state;
    put("f", "before", "key", 1000);
    accepted = 0;
    for (int i = 0; i < COUNT; i++) {
        snprintf(ids[i], sizeof ids[i], "%d", i);
        accepts[i] = call_of("f", ids[i], NULL, 1000);
        accepts[i].done = count_accepted;
        if (i == COUNT / 2)
            engine->accept(data, &batch, ++last_seq, &again);
        engine->accept(data, &batch, ++last_seq, &accepts[i]);
    }
    engine->flush(data, &batch);
    while (accepted < COUNT || !is_done)
        inbox_run(&replies);
    is_done = false;
    assert_int_equal(again.verdict, QUEUE_DUPLICATE);
    assert_string_equal(again.first_id, "before");
    taken = take("f", 1, 1000, INT64_MAX);
    assert_string_equal(taken.ids[0], "before");
    for (int i = 0; i < COUNT; i++) {
        taken = take("f", 1, 1000, INT64_MAX);
        assert_int_equal(taken.count, 1);
        assert_string_equal(taken.ids[0], ids[i]);
    }
    assert_int_equal(take("f", 1, 1000, INT64_MAX).count, 0);
    engine->flush(data, &batch); /* of nothing */
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

static void
f17_queues_are_apart(void **state)
{
    struct queue_accept other = call_of("f", "b", NULL, 1000);

    (void)state;
    other.queue = "slow";
    put("f", "a", NULL, 1000);
    put_call(&other);
    assert_int_equal(count_waiting(), 2);
    assert_string_equal(take_from("slow", "f", 10, 1000, 9999).ids[0], "b");
    assert_int_equal(take_from("slow", "f", 10, 1000, 9999).count, 0);
    assert_string_equal(take("f", 10, 1000, 9999).ids[0], "a");
}

static void
f17_an_order_is_kept(void **state)
{
    static const char *const ids[] = { "first", "second", "third" };
    struct taken taken;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct queue_accept accept = call_of("f", ids[i], NULL, 1000);

        accept.ordering = "key";
        put_call(&accept);
    }
    put("f", "free", NULL, 1000);
    taken = take("f", 10, 2000, 9999);
    assert_int_equal(taken.count, 2); /* the first of the order, and the one that has none */
    assert_string_equal(taken.ids[0], "first");
    assert_true(taken.calls[0].is_ordered);
    assert_true(settle(&taken.calls[0], QUEUE_RETRY, 3000)); /* the others go on waiting for it */
    assert_int_equal(take("f", 10, 2900, 9999).count, 0);
    taken = take("f", 10, 3000, 9999);
    assert_string_equal(taken.ids[0], "first");
    assert_true(settle(&taken.calls[0], QUEUE_DEAD, 0));
    taken = take("f", 10, 5000, 9999);
    assert_int_equal(taken.count, 1);
    assert_string_equal(taken.ids[0], "second");
    assert_true(settle(&taken.calls[0], QUEUE_SUCCEEDED, 0));
    assert_string_equal(take("f", 10, 5000, 9999).ids[0], "third");
}

static void
f17_an_end_and_what_follows_are_one(void **state)
{
    struct queue_accept next = call_of("", "told", NULL, 5000);
    struct taken taken;

    (void)state;
    next.queue = "ended";
    put("f", "a", NULL, 1000);
    taken = take("f", 1, 1000, 9999);
    assert_true(settle_with(&taken.calls[0],
                            (struct queue_settle){ .next = QUEUE_DEAD, .next_call = &next, .next_seq = ++last_seq }));
    assert_false(settle_with(&taken.calls[0],
                             (struct queue_settle){ .next = QUEUE_DEAD, .next_call = &next, .next_seq = ++last_seq }));
    assert_int_equal(take_from("ended", "", 10, 5000, 9999).count, 1);
}

/* ---- deliveries */

static struct queue_delivery delivered;
static uint32_t delivery_count;

static void
deliveries_done(struct queue_delivery_lease *lease)
{
    assert_true(lease->is_ok);
    delivery_count = lease->count;
    if (lease->count)
        delivered = lease->deliveries[0];
    is_done = true;
}

static uint32_t
take_deliveries(int64_t now)
{
    struct queue_delivery_lease lease = { .wanted = 10, .now = now, .until = now + 1000, .done = deliveries_done };

    engine->deliveries(data, &lease);
    wait_done();
    return delivery_count;
}

static void
delivered_done(struct queue_delivered *outcome)
{
    assert_true(outcome->is_ok);
    is_done = true;
}

static void
deliver(const char *state, int64_t due)
{
    struct queue_delivered outcome = {
        .seq = delivered.seq, .attempt = delivered.attempt, .state = state, .due = due, .done = delivered_done
    };

    engine->delivered(data, &outcome);
    wait_done();
}

static void
f17_deliveries(void **state)
{
    struct queue_accept accept = call_of("f", "a", NULL, 1000);
    struct taken taken;

    (void)state;
    accept.callback_url = "http://example.test/";
    put_call(&accept);
    taken = take("f", 1, 1000, 9999);
    assert_true(taken.calls[0].has_callback);
    assert_int_equal(take_deliveries(9000), 0);
    assert_true(settle(&taken.calls[0], QUEUE_SUCCEEDED, 0));
    assert_int_equal(take_deliveries(5000), 1);
    assert_int_equal(delivered.attempt, 1);
    deliver(NULL, 6000); /* it was not tried */
    assert_int_equal(take_deliveries(5999), 0);
    assert_int_equal(take_deliveries(6000), 1);
    assert_int_equal(delivered.attempt, 1);
    deliver("pending", 7000);
    assert_int_equal(take_deliveries(7000), 1);
    assert_int_equal(delivered.attempt, 2);
    engine->close(data); /* while it is under way */
    begin_server("second");
    assert_int_equal(take_deliveries(INT64_MAX - 5000), 1);
    deliver("delivered", 0);
    assert_int_equal(take_deliveries(INT64_MAX - 5000), 0);
}

static void
swept(struct queue_sweep *sweep)
{
    (void)sweep;
    is_done = true;
}

static void
f17_what_is_over_is_forgotten(void **state)
{
    struct queue_sweep sweep = { .finished_before = 5001, .dead_before = 5000, .done = swept };
    int64_t count = 0, bytes = 0;
    struct taken taken;
    struct err err;

    (void)state;
    for (int i = 0; i < 3; i++)
        put("f", "a", "key", 1000 + i);
    put("f", "b", NULL, 2000);
    taken = take("f", 2, 2000, 9999);
    assert_true(settle(&taken.calls[0], QUEUE_SUCCEEDED, 0)); /* at 5000 */
    assert_true(settle(&taken.calls[1], QUEUE_DEAD, 0));
    engine->sweep(data, &sweep);
    wait_done();
    assert_false(sweep.has_more);
    assert_int_equal(put("f", "c", "key", 3000).verdict, QUEUE_STORED); /* the first of its kind is forgotten */
    assert_true(engine->totals(data, 0, last_seq, &count, &bytes, &err));
    assert_int_equal(count, 1);
}

static void
f17_totals(void **state)
{
    int64_t count = 0, bytes = 0;
    struct taken taken;
    struct err err;

    (void)state;
    for (int i = 0; i < 5; i++)
        put("f", "a", NULL, 1000);
    taken = take("f", 1, 1000, 9999);
    assert_true(settle(&taken.calls[0], QUEUE_SUCCEEDED, 0));
    assert_true(engine->totals(data, 0, last_seq, &count, &bytes, &err));
    assert_int_equal(count, 4);
    assert_true(engine->totals(data, 0, 2, &count, &bytes, &err));
    assert_int_equal(count, 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(f17_a_duplicate_names_the_first, setup, teardown),
        cmocka_unit_test_setup_teardown(f17_calls_of_one_batch_become_durable_together, setup, teardown),
        cmocka_unit_test_setup_teardown(f17_order_and_due_times, setup, teardown),
        cmocka_unit_test_setup_teardown(f17_another_attempt_later, setup, teardown),
        cmocka_unit_test_setup_teardown(f17_a_lease_ends_and_the_late_answer_does_not_count, setup, teardown),
        cmocka_unit_test_setup_teardown(f17_another_server_takes_over_at_once, setup, teardown),
        cmocka_unit_test_setup_teardown(f17_many_large_ones_come_in_parts, setup, teardown),
        cmocka_unit_test_setup_teardown(f17_queues_are_apart, setup, teardown),
        cmocka_unit_test_setup_teardown(f17_an_order_is_kept, setup, teardown),
        cmocka_unit_test_setup_teardown(f17_an_end_and_what_follows_are_one, setup, teardown),
        cmocka_unit_test_setup_teardown(f17_deliveries, setup, teardown),
        cmocka_unit_test_setup_teardown(f17_what_is_over_is_forgotten, setup, teardown),
        cmocka_unit_test_setup_teardown(f17_totals, setup, teardown),
    };
    int failed = 0;

    control_init();
    inbox_init(&replies, wake, NULL);
    if (!mkdtemp(dir))
        return 1;
    snprintf(path, sizeof path, "%s/queue.db", dir);
    for (size_t i = 0; i < sizeof engines / sizeof engines[0]; i++) {
        engine = engines[i];
        failed += cmocka_run_group_tests_name(engine->name, tests, NULL, NULL);
    }
    rmdir(dir);
    return failed;
}
