/* SPDX-License-Identifier: MIT */
/* The queue on SQLite: queue.db with its own writer, so that many calls share one fsync (engine.h). */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "queue/engine.h"
#include "queue/files.h"
#include "queue/query.h"
#include "queue/sql.h"
#include "store/store.h"

enum { SWEEP_AT_ONCE = 1000, MAX_TOGETHER = 32, MAX_TOGETHER_BYTES = 1 << 20 };

struct engine {
    struct store *store;
    char *boot;
};

static bool
recover(struct engine *engine, int64_t *last_seq, struct err *err)
{
    struct store_write *write = store_write_new();
    struct store_rows rows;
    struct arena arena;
    bool is_ok;

    STORE_ADD(write, SQL_CALL_RECOVER, STORE_ANY, v_text(engine->boot), v_int(clock_wall_ms()));
    STORE_ADD(write, SQL_CALLBACK_RECOVER, STORE_ANY, v_int(clock_wall_ms()));
    if (store_write_wait(engine->store, write, err) != STORE_DONE)
        return false;
    arena_init(&arena, 0);
    is_ok = store_read(engine->store, &arena, &rows, err, SQL_CALL_LAST_SEQ, NULL, 0);
    *last_seq = is_ok && rows.count ? row_int(&rows, 0, 0) : 0;
    arena_fini(&arena);
    return is_ok;
}

static void
engine_close(void *arg)
{
    struct engine *engine = arg;

    if (engine->store)
        store_close(engine->store);
    free(engine->boot);
    free(engine);
}

static void *
engine_open(const char *where, const char *boot, int64_t *last_seq, struct err *err)
{
    struct engine *engine = mem_alloc(sizeof *engine);

    engine->boot = mem_strdup(boot);
    engine->store = store_open(&store_sqlite, where, &sql_queue, err);
    if (engine->store && recover(engine, last_seq, err))
        return engine;
    engine_close(engine);
    return NULL;
}

struct store *
engine_sqlite_files(void *engine)
{
    return ((struct engine *)engine)->store;
}

static bool
totals(void *arg, int64_t above, int64_t last, int64_t *count, int64_t *bytes, struct err *err)
{
    struct engine *engine = arg;
    struct store_rows rows;
    struct arena arena;
    bool is_ok;

    arena_init(&arena, 0);
    is_ok = STORE_READ(engine->store, &arena, &rows, err, SQL_CALL_TOTALS, v_int(above), v_int(last));
    if (is_ok) {
        *count = row_int(&rows, 0, 0);
        *bytes = row_int(&rows, 0, 1);
    }
    arena_fini(&arena);
    return is_ok;
}

/* ---- accepting */

/* The statements that insert calls into one write; { 0 } before the first call. */
struct inserts {
    struct store_statement *call, *request;
};

static void
add_insert(struct store_write *write, struct inserts *inserts, int64_t seq, const struct queue_accept *accept)
{
    const struct store_value call[] = {
        v_int(seq),
        v_text(accept->id),
        v_text(accept->fn),
        v_text(accept->dedup),
        v_int(accept->due),
        v_int(accept->created_ns),
        v_int(accept->bytes),
        v_int(accept->depth),
        v_text(accept->callback_url),
        v_text(accept->queue),
        v_text(accept->stage),
        v_text(accept->principal),
        v_text(accept->trace),
        v_text(accept->ordering),
    };
    const struct store_value request[] = { v_int(seq), v_blob(accept->request.heads),
                                           v_int(accept->request.header_count), v_blob(accept->request.body) };

    if (inserts->call) {
        store_add_row(write, inserts->call, call);
        store_add_row(write, inserts->request, request);
        return;
    }
    if (accept->ordering)
        inserts->call = store_add(write, SQL_CALL_INSERT_ORDERED, STORE_ONE, call, COUNT_OF(call));
    else
        inserts->call = store_add(write, SQL_CALL_INSERT, STORE_ONE, call, COUNT_OF(call) - 1);
    inserts->request = store_add(write, SQL_REQUEST_INSERT, STORE_ONE, request, COUNT_OF(request));
}

static enum queue_verdict
verdict_of(const struct store_write *write)
{
    return write->verdict == STORE_DONE ? QUEUE_STORED : write->is_full ? QUEUE_FULL : QUEUE_BROKEN;
}

/* Calls that cannot be refused each for itself: one write, whose statements have a row of each. */
struct together {
    struct store_write *write;
    struct inserts inserts;
    size_t count;
    int64_t bytes;
    struct queue_accept *accepts[MAX_TOGETHER];
};

static void
on_together(struct store_write *write, void *arg)
{
    struct together *together = arg;

    for (size_t i = 0; i < together->count; i++) {
        struct queue_accept *accept = together->accepts[i];

        accept->verdict = verdict_of(write);
        accept->done(accept);
    }
    free(together);
}

static void
engine_flush(void *arg, struct queue_batch *batch)
{
    struct engine *engine = arg;
    struct together *together = batch->waiting;

    batch->waiting = NULL;
    if (together)
        store_submit(engine->store, together->write, together->accepts[0]->reply_to, on_together, together);
    else
        store_flush(engine->store);
}

/*
 * When many come at once the first of them are written while the others are read: otherwise all clients would wait for
 * one commit, and then the writer for all clients.
 */
static void
accept_together(struct engine *engine, struct queue_batch *batch, int64_t seq, struct queue_accept *accept)
{
    struct together *together = batch->waiting;

    if (!together) {
        together = batch->waiting = mem_alloc(sizeof *together);
        together->write = store_write_new();
    }
    ASSERT(!together->count || accept->reply_to == together->accepts[0]->reply_to);
    add_insert(together->write, &together->inserts, seq, accept);
    together->accepts[together->count++] = accept;
    together->bytes += accept->bytes;
    if (together->count == MAX_TOGETHER || together->bytes >= MAX_TOGETHER_BYTES)
        engine_flush(engine, batch);
}

/* One that may be a duplicate, or waits for others of its order. */
struct accepting {
    struct engine *engine;
    struct queue_accept *accept;
    int64_t seq;
};

static void submit_insert(struct accepting *accepting);

static void
accept_done(struct accepting *accepting, enum queue_verdict verdict)
{
    struct queue_accept *accept = accepting->accept;

    free(accepting);
    accept->verdict = verdict;
    accept->done(accept);
}

/* A call of the same kind was there: does it still count? If not, it has been forgotten and we try again. */
static void
on_looked(struct store_write *write, void *arg)
{
    struct accepting *accepting = arg;
    struct queue_accept *accept = accepting->accept;
    const struct store_rows *rows = &write->first->next->rows;

    if (write->verdict != STORE_DONE) {
        accept_done(accepting, verdict_of(write));
    } else if (rows->count) {
        snprintf(accept->first_id, sizeof accept->first_id, "%s", row_text(rows, 0, 0));
        accept->first_created_ns = row_int(rows, 0, 1);
        accept_done(accepting, QUEUE_DUPLICATE);
    } else {
        submit_insert(accepting);
        store_flush(accepting->engine->store);
    }
}

static void
on_inserted(struct store_write *write, void *arg)
{
    struct accepting *accepting = arg;
    struct queue_accept *accept = accepting->accept;
    struct store_write *look;

    if (write->verdict != STORE_REFUSED || !accept->dedup) {
        accept_done(accepting, verdict_of(write));
        return;
    }
    look = store_write_new();
    STORE_ADD(look, SQL_CALL_FORGET_DEDUP, STORE_ANY, v_text(accept->fn), v_text(accept->dedup),
              v_int(accept->dedup_since_ns));
    STORE_ADD(look, SQL_CALL_FIND_DEDUP, STORE_ANY, v_text(accept->fn), v_text(accept->dedup));
    store_submit(accepting->engine->store, look, accept->reply_to, on_looked, accepting);
}

static void
submit_insert(struct accepting *accepting)
{
    const struct queue_accept *accept = accepting->accept;
    struct store_write *write = store_write_new();
    struct inserts inserts = { 0 };

    add_insert(write, &inserts, accepting->seq, accept);
    store_submit_with_next(accepting->engine->store, write, accept->reply_to, on_inserted, accepting);
}

static void
engine_accept(void *engine, struct queue_batch *batch, int64_t seq, struct queue_accept *accept)
{
    struct accepting *accepting;

    if (!accept->dedup && !accept->ordering) {
        accept_together(engine, batch, seq, accept);
        return;
    }
    accepting = mem_alloc(sizeof *accepting);
    *accepting = (struct accepting){ engine, accept, seq };
    submit_insert(accepting);
}

/* ---- leasing */

static int64_t
due_of(const struct store_rows *rows)
{
    return rows->count ? row_int(rows, 0, 0) : INT64_MAX;
}

struct leasing {
    struct engine *engine;
    struct queue_lease *lease;
};

static void submit_lease(struct leasing *leasing);

static void
on_leased(struct store_write *write, void *arg)
{
    const struct store_rows *rows = &write->first->rows;
    struct leasing *leasing = arg;
    struct queue_lease *lease = leasing->lease;

    if (write->is_large && lease->wanted > 1) {
        lease->wanted /= 2;
        submit_lease(leasing);
        return;
    }
    free(leasing);
    lease->is_ok = write->verdict == STORE_DONE;
    lease->count = lease->is_ok ? (uint32_t)rows->count : 0;
    lease->next_due = lease->is_ok ? due_of(&write->first->next->rows) : INT64_MAX;
    lease->calls = mem_alloc((lease->count + 1) * sizeof *lease->calls);
    for (uint32_t i = 0; i < lease->count; i++)
        lease->calls[i] = (struct queue_leased){
            .seq = row_int(rows, i, 0),
            .id = row_text(rows, i, 1),
            .attempt = (uint32_t)row_int(rows, i, 2),
            .created_ns = row_int(rows, i, 3),
            .wanted = row_int(rows, i, 4),
            .bytes = row_int(rows, i, 5),
            .depth = (uint32_t)row_int(rows, i, 6),
            .started = row_int(rows, i, 7),
            .has_callback = row_text(rows, i, 8) != NULL,
            .is_ordered = row_text(rows, i, 9) != NULL,
            .request = { row_str(rows, i, 10), (uint32_t)row_int(rows, i, 11), row_str(rows, i, 12) },
        };
    {
        struct queue_leased *calls = lease->calls;

        lease->done(lease);
        free(calls);
    }
}

static void
submit_lease(struct leasing *leasing)
{
    const struct engine *engine = leasing->engine;
    const struct queue_lease *lease = leasing->lease;
    struct store_write *write = store_write_new();

    STORE_ADD(write, SQL_CALL_LEASE, STORE_ANY, v_text(lease->queue), v_text(lease->fn), v_int(lease->now),
              v_int(lease->wanted), v_text(engine->boot), v_int(lease->until));
    STORE_ADD(write, SQL_CALL_NEXT_DUE, STORE_ANY, v_text(lease->queue), v_text(lease->fn));
    store_submit(engine->store, write, NULL, on_leased, leasing);
}

static void
engine_lease(void *engine, struct queue_lease *lease)
{
    struct leasing *leasing = mem_alloc(sizeof *leasing);

    *leasing = (struct leasing){ engine, lease };
    submit_lease(leasing);
}

static void
extend(void *arg, int64_t now, int64_t until)
{
    struct engine *engine = arg;
    struct store_write *write = store_write_new();

    STORE_ADD(write, SQL_CALL_EXTEND, STORE_ANY, v_text(engine->boot), v_int(until));
    STORE_ADD(write, SQL_CALL_RECOVER, STORE_ANY, v_text(engine->boot), v_int(now));
    store_submit(engine->store, write, NULL, NULL, NULL);
}

/* ---- settling */

static void
on_settled(struct store_write *write, void *arg)
{
    struct queue_settle *settle = arg;

    settle->is_ok = write->verdict != STORE_FAILED;
    settle->is_current = write->verdict == STORE_DONE;
    settle->done(settle);
}

static void
add_final(struct store_write *write, const struct queue_settle *settle)
{
    static const char *const states[] = { "succeeded", "failed", "dead" };

    STORE_ADD(write, SQL_CALL_FINISH, STORE_ONE, v_int(settle->seq), v_int(settle->attempt),
              v_text(states[settle->next]), v_int(settle->now), v_int(settle->status), v_text(settle->error),
              v_int(settle->duration_us), v_int(settle->was_begun ? 0 : 1));
    if (settle->result)
        STORE_ADD(write, SQL_RESULT_PUT, STORE_ONE, v_int(settle->seq), v_blob(settle->result->heads),
                  v_int(settle->result->header_count), v_blob(settle->result->body));
    if (settle->next == QUEUE_SUCCEEDED)
        STORE_ADD(write, SQL_REQUEST_DROP, STORE_ANY, v_int(settle->seq));
    if (settle->next_call)
        add_insert(write, &(struct inserts){ 0 }, settle->next_seq, settle->next_call);
    if (settle->is_ordered)
        STORE_ADD(write, SQL_CALL_UNHOLD, STORE_ANY, v_int(settle->seq));
    if (settle->has_callback)
        STORE_ADD(write, SQL_CALLBACK_ADD, STORE_ANY, v_int(settle->seq), v_int(settle->now));
}

static void
engine_settle(void *arg, struct queue_settle *settle)
{
    struct engine *engine = arg;
    struct store_write *write = store_write_new();

    if (settle->next == QUEUE_RELEASE)
        STORE_ADD(write, SQL_CALL_RELEASE, STORE_ONE, v_int(settle->seq), v_int(settle->attempt), v_int(settle->due));
    else if (settle->next == QUEUE_RETRY)
        STORE_ADD(write, SQL_CALL_RETRY_AT, STORE_ONE, v_int(settle->seq), v_int(settle->attempt), v_int(settle->due),
                  v_int(settle->status), v_text(settle->error), v_int(settle->duration_us));
    else
        add_final(write, settle);
    if (settle->note)
        STORE_ADD(write, SQL_CALL_NOTE, STORE_ONE, v_int(settle->seq), v_text(settle->note));
    store_submit(engine->store, write, NULL, on_settled, settle);
}

/* ---- looking round */

static void
on_surveyed(struct store_write *write, void *arg)
{
    const struct store_statement *lanes = write->first, *callbacks = lanes->next, *paused = callbacks->next;
    struct queue_survey *survey = arg;
    struct arena arena;

    arena_init(&arena, 0);
    survey->is_ok = write->verdict == STORE_DONE;
    survey->count = survey->is_ok ? lanes->rows.count : 0;
    survey->paused_count = survey->is_ok ? paused->rows.count : 0;
    survey->callback_due = survey->is_ok ? due_of(&callbacks->rows) : INT64_MAX;
    survey->lanes = arena_alloc(&arena, (survey->count + 1) * sizeof *survey->lanes);
    survey->paused = arena_alloc(&arena, (survey->paused_count + 1) * sizeof *survey->paused);
    for (size_t i = 0; i < survey->count; i++)
        survey->lanes[i] = (struct queue_waiting){ row_text(&lanes->rows, i, 0), row_text(&lanes->rows, i, 1),
                                                   row_int(&lanes->rows, i, 2) };
    for (size_t i = 0; i < survey->paused_count; i++)
        survey->paused[i] = row_text(&paused->rows, i, 0);
    survey->done(survey);
    arena_fini(&arena);
}

static void
engine_survey(void *arg, struct queue_survey *survey)
{
    struct engine *engine = arg;
    struct store_write *write = store_write_new();

    store_add(write, SQL_CALL_SURVEY, STORE_ANY, NULL, 0);
    store_add(write, SQL_CALLBACK_NEXT_DUE, STORE_ANY, NULL, 0);
    store_add(write, SQL_PAUSED_LIST, STORE_ANY, NULL, 0);
    store_submit(engine->store, write, NULL, on_surveyed, survey);
}

static void
on_swept(struct store_write *write, void *arg)
{
    struct queue_sweep *sweep = arg;

    sweep->has_more = write->verdict == STORE_DONE && write->first->rows.count == SWEEP_AT_ONCE;
    sweep->done(sweep);
}

static void
engine_sweep(void *arg, struct queue_sweep *sweep)
{
    struct engine *engine = arg;
    struct store_write *write = store_write_new();

    STORE_ADD(write, SQL_CALL_SWEEP, STORE_ANY, v_int(sweep->finished_before), v_int(sweep->dead_before),
              v_int(SWEEP_AT_ONCE));
    store_submit(engine->store, write, NULL, on_swept, sweep);
}

/* ---- callbacks */

static void
on_deliveries(struct store_write *write, void *arg)
{
    const struct store_rows *rows = &write->first->rows;
    struct queue_delivery_lease *lease = arg;
    struct queue_delivery *deliveries;

    lease->is_ok = write->verdict == STORE_DONE;
    lease->count = lease->is_ok ? (uint32_t)rows->count : 0;
    lease->next_due = lease->is_ok ? due_of(&write->first->next->rows) : INT64_MAX;
    lease->deliveries = deliveries = mem_alloc((lease->count + 1) * sizeof *deliveries);
    for (uint32_t i = 0; i < lease->count; i++)
        deliveries[i] = (struct queue_delivery){
            .seq = row_int(rows, i, 0),
            .attempt = (uint32_t)row_int(rows, i, 1),
            .id = row_text(rows, i, 2),
            .fn = row_text(rows, i, 3),
            .call_attempt = (uint32_t)row_int(rows, i, 4),
            .created_ns = row_int(rows, i, 5),
            .status = (uint32_t)row_int(rows, i, 6),
            .duration_us = row_int(rows, i, 7),
            .depth = (uint32_t)row_int(rows, i, 8),
            .url = row_text(rows, i, 9),
            .trace = row_text(rows, i, 10),
            .answer = { row_str(rows, i, 11), (uint32_t)row_int(rows, i, 12), row_str(rows, i, 13) },
        };
    lease->done(lease);
    free(deliveries);
}

static void
engine_deliveries(void *arg, struct queue_delivery_lease *lease)
{
    struct engine *engine = arg;
    struct store_write *write = store_write_new();

    STORE_ADD(write, SQL_CALLBACK_LEASE, STORE_ANY, v_int(lease->now), v_int(lease->wanted), v_int(lease->until));
    store_add(write, SQL_CALLBACK_NEXT_DUE, STORE_ANY, NULL, 0);
    store_submit(engine->store, write, NULL, on_deliveries, lease);
}

static void
on_delivered(struct store_write *write, void *arg)
{
    struct queue_delivered *delivered = arg;

    delivered->is_ok = write->verdict != STORE_FAILED;
    delivered->done(delivered);
}

static void
engine_delivered(void *arg, struct queue_delivered *delivered)
{
    struct engine *engine = arg;
    struct store_write *write = store_write_new();

    if (!delivered->state)
        STORE_ADD(write, SQL_CALLBACK_PUT_BACK, STORE_ANY, v_int(delivered->seq), v_int(delivered->attempt),
                  v_int(delivered->due));
    else
        STORE_ADD(write, SQL_CALLBACK_FINISH, STORE_ANY, v_int(delivered->seq), v_int(delivered->attempt),
                  v_text(delivered->state), v_time(delivered->due), v_int(delivered->status), v_text(delivered->error));
    store_submit(engine->store, write, NULL, on_delivered, delivered);
}

const struct queue_engine queue_sqlite = {
    .name = "sqlite",
    .open = engine_open,
    .close = engine_close,
    .totals = totals,
    .accept = engine_accept,
    .flush = engine_flush,
    .lease = engine_lease,
    .extend = extend,
    .settle = engine_settle,
    .survey = engine_survey,
    .sweep = engine_sweep,
    .deliveries = engine_deliveries,
    .delivered = engine_delivered,
};
