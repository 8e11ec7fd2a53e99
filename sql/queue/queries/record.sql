-- SPDX-License-Identifier: MIT
-- Calls as people look at them and change them. The columns of record_find and record_list are the same.
-- name: record_find
-- Ids that callers choose may come again: the newest first, at most so many ($2).
SELECT call.seq, call.id, call.fn, call.state, COALESCE(call.due, call.held), call.attempt, call.created_ns, call.started,
    call.finished, call.status, call.error, call.duration_us, call.history, call.bytes, call.queue, call.stage, call.principal,
    call.callback_url, callback.state, callback.attempt, callback.status, callback.error
FROM call LEFT JOIN callback ON callback.seq = call.seq
WHERE call.id = $1 ORDER BY call.seq DESC LIMIT CAST($2 AS BIGINT);

-- name: record_list
-- function, state, queue (each NULL: any), sequence they must be below, how many
SELECT call.seq, call.id, call.fn, call.state, COALESCE(call.due, call.held), call.attempt, call.created_ns, call.started,
    call.finished, call.status, call.error, call.duration_us, call.history, call.bytes, call.queue, call.stage, call.principal,
    call.callback_url, callback.state, callback.attempt, callback.status, callback.error
FROM call LEFT JOIN callback ON callback.seq = call.seq
WHERE call.seq < $4 AND (CAST($1 AS TEXT) IS NULL OR call.fn = CAST($1 AS TEXT))
    AND (CAST($2 AS TEXT) IS NULL OR call.state = CAST($2 AS TEXT))
    AND (CAST($3 AS TEXT) IS NULL OR call.queue = CAST($3 AS TEXT))
ORDER BY call.seq DESC LIMIT CAST($5 AS BIGINT);

-- name: record_list_dead
-- As record_list: dead letters alone, which are few among many.
SELECT call.seq, call.id, call.fn, call.state, COALESCE(call.due, call.held), call.attempt, call.created_ns, call.started,
    call.finished, call.status, call.error, call.duration_us, call.history, call.bytes, call.queue, call.stage, call.principal,
    call.callback_url, callback.state, callback.attempt, callback.status, callback.error
FROM call LEFT JOIN callback ON callback.seq = call.seq
WHERE call.state = 'dead' AND call.seq < $3 AND (CAST($1 AS TEXT) IS NULL OR call.fn = CAST($1 AS TEXT))
    AND (CAST($2 AS TEXT) IS NULL OR call.queue = CAST($2 AS TEXT))
ORDER BY call.seq DESC LIMIT CAST($4 AS BIGINT);

-- name: record_request
SELECT heads, header_count, body FROM request WHERE seq = $1;

-- name: record_result
SELECT heads, header_count, body FROM result WHERE seq = $1;

-- name: record_stats
-- What is not over, and dead letters; with the time since when the oldest of them is like that. retrying is part of what waits,
-- which record_waiting_next and record_waiting_rest count.
SELECT queue, fn, 'retrying' AS kind, count(*), NULL FROM call WHERE state = 'retrying' GROUP BY queue, fn
UNION ALL
SELECT queue, fn, 'held', count(*), min(held) FROM call WHERE ordering IS NOT NULL AND finished IS NULL AND held IS NOT NULL
GROUP BY queue, fn
UNION ALL
SELECT queue, fn, 'running', count(*), min(started) FROM call WHERE lease IS NOT NULL GROUP BY queue, fn
UNION ALL
SELECT queue, fn, 'dead', count(*), min(finished) FROM call WHERE state = 'dead' GROUP BY queue, fn;

-- name: record_waiting_next
-- queue, function, due and sequence of the one before, how many are passed over: the one behind those that wait
SELECT due, seq FROM call WHERE queue = $1 AND fn = $2 AND due IS NOT NULL AND (due, seq) > (CAST($3 AS BIGINT), CAST($4 AS BIGINT))
ORDER BY due, seq LIMIT 1 OFFSET CAST($5 AS BIGINT);

-- name: record_waiting_rest
-- queue, function, due and sequence of the one before: how many wait behind it
SELECT count(*) FROM call WHERE queue = $1 AND fn = $2 AND due IS NOT NULL AND (due, seq) > (CAST($3 AS BIGINT), CAST($4 AS BIGINT));

-- name: record_callback_stats
SELECT count(*), min(due) FROM callback WHERE due IS NOT NULL;

-- name: record_cancel
-- 1 row: it is over; 0 rows: it was
UPDATE call SET state = 'cancelled', due = NULL, held = NULL, boot = NULL, lease = NULL, finished = $2
WHERE seq = $1 AND finished IS NULL;

-- name: record_forget_outcome
-- 1 row: nobody is told of how it ended before
DELETE FROM callback WHERE seq = $1;

-- name: record_forget_result
-- 1 row: its answer was that of another time
DELETE FROM result WHERE seq = $1;

-- name: record_retry
-- 1 row: it waits again, as if it were new, with an order held (record_unhold); 0 rows: it has not failed
UPDATE call SET state = 'queued', attempt = 0, due = CASE WHEN ordering IS NULL THEN CAST($2 AS BIGINT) END,
    held = CASE WHEN ordering IS NOT NULL THEN CAST($2 AS BIGINT) END, wanted = $2, started = NULL, finished = NULL, status = NULL,
    error = NULL, duration_us = NULL
WHERE seq = $1 AND state IN ('dead', 'failed') AND EXISTS (SELECT 1 FROM request WHERE request.seq = call.seq);

-- name: record_unhold
-- since when they are held: the first of each order may begin, unless another one of it has
UPDATE call SET due = held, held = NULL WHERE held = $1 AND ordering IS NOT NULL AND finished IS NULL AND NOT EXISTS (
    SELECT 1 FROM call AS other WHERE other.fn = call.fn AND other.ordering = call.ordering AND other.finished IS NULL
        AND other.seq <> call.seq AND (other.held IS NULL OR other.seq < call.seq));

-- name: record_dead_forget_outcomes
-- function or NULL, queue or NULL, how many at most: deliveries about those that record_dead_retry takes, which are forgotten
DELETE FROM callback WHERE seq IN (
    SELECT seq FROM call WHERE state = 'dead' AND (CAST($1 AS TEXT) IS NULL OR fn = CAST($1 AS TEXT))
        AND (CAST($2 AS TEXT) IS NULL OR queue = CAST($2 AS TEXT)) ORDER BY seq LIMIT CAST($3 AS BIGINT));

-- name: record_dead_forget_results
-- As record_dead_forget_outcomes: their answers.
DELETE FROM result WHERE seq IN (
    SELECT seq FROM call WHERE state = 'dead' AND (CAST($1 AS TEXT) IS NULL OR fn = CAST($1 AS TEXT))
        AND (CAST($2 AS TEXT) IS NULL OR queue = CAST($2 AS TEXT)) ORDER BY seq LIMIT CAST($3 AS BIGINT));

-- name: record_dead_retry
-- function or NULL, queue or NULL, now, how many at most: dead letters that wait again, as record_retry
UPDATE call SET state = 'queued', attempt = 0, due = CASE WHEN ordering IS NULL THEN CAST($3 AS BIGINT) END,
    held = CASE WHEN ordering IS NOT NULL THEN CAST($3 AS BIGINT) END, wanted = $3, started = NULL, finished = NULL, status = NULL,
    error = NULL, duration_us = NULL
WHERE seq IN (
    SELECT seq FROM call WHERE state = 'dead' AND (CAST($1 AS TEXT) IS NULL OR fn = CAST($1 AS TEXT))
        AND (CAST($2 AS TEXT) IS NULL OR queue = CAST($2 AS TEXT)) ORDER BY seq LIMIT CAST($4 AS BIGINT))
RETURNING bytes;

-- name: record_dead_delete
-- function or NULL, queue or NULL, how many at most: dead letters that are forgotten
DELETE FROM call WHERE seq IN (
    SELECT seq FROM call WHERE state = 'dead' AND (CAST($1 AS TEXT) IS NULL OR fn = CAST($1 AS TEXT))
        AND (CAST($2 AS TEXT) IS NULL OR queue = CAST($2 AS TEXT)) LIMIT CAST($3 AS BIGINT))
RETURNING bytes;

-- name: record_purge
-- function or NULL, queue or NULL, now, how many at most: calls that waited and are over
UPDATE call SET state = 'cancelled', due = NULL, finished = $3
WHERE seq IN (
    SELECT seq FROM call WHERE due IS NOT NULL AND (CAST($1 AS TEXT) IS NULL OR fn = CAST($1 AS TEXT))
        AND (CAST($2 AS TEXT) IS NULL OR queue = CAST($2 AS TEXT)) LIMIT CAST($4 AS BIGINT))
RETURNING bytes;

-- name: record_purge_held
-- function or NULL, queue or NULL, now, how many at most: calls that waited for others of their order and are over
UPDATE call SET state = 'cancelled', held = NULL, finished = $3
WHERE seq IN (
    SELECT seq FROM call WHERE ordering IS NOT NULL AND finished IS NULL AND held IS NOT NULL
        AND (CAST($1 AS TEXT) IS NULL OR fn = CAST($1 AS TEXT)) AND (CAST($2 AS TEXT) IS NULL OR queue = CAST($2 AS TEXT))
    LIMIT CAST($4 AS BIGINT))
RETURNING bytes;

-- name: record_bury_callbacks
-- function, now, how many at most: those whose end record_bury is are told
INSERT INTO callback (seq, state, due) SELECT seq, 'pending', CAST($2 AS BIGINT) FROM call
WHERE callback_url IS NOT NULL AND seq IN (
    SELECT seq FROM call WHERE fn = CAST($1 AS TEXT) AND finished IS NULL AND (due IS NOT NULL OR held IS NOT NULL)
    ORDER BY seq LIMIT CAST($3 AS BIGINT));

-- name: record_bury
-- function, now, why, how many at most: calls that waited, for others of their order, too, and are dead letters
UPDATE call SET state = 'dead', due = NULL, held = NULL, finished = CAST($2 AS BIGINT), error = $3
WHERE seq IN (
    SELECT seq FROM call WHERE fn = CAST($1 AS TEXT) AND finished IS NULL AND (due IS NOT NULL OR held IS NOT NULL)
    ORDER BY seq LIMIT CAST($4 AS BIGINT))
RETURNING bytes;
