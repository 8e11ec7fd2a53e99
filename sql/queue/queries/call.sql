-- SPDX-License-Identifier: MIT
-- name: call_insert
-- 1 row: accepted; 0 rows: a duplicate
INSERT INTO call (seq, id, fn, dedup, state, due, created_ns, bytes, depth, callback_url, queue, stage, principal, trace,
    wanted)
VALUES ($1, $2, $3, $4, 'queued', $5, $6, $7, $8, $9, $10, $11, $12, $13, $5) ON CONFLICT DO NOTHING;

-- name: call_insert_ordered
-- 1 row: accepted, and held if another one of its order ($14) is not over; 0 rows: a duplicate
INSERT INTO call (seq, id, fn, dedup, state, created_ns, bytes, depth, callback_url, queue, stage, principal, trace, ordering,
    wanted, due, held)
SELECT CAST($1 AS BIGINT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS TEXT), 'queued', CAST($6 AS BIGINT), CAST($7 AS BIGINT),
    CAST($8 AS INTEGER), CAST($9 AS TEXT), CAST($10 AS TEXT), CAST($11 AS TEXT), CAST($12 AS TEXT), CAST($13 AS TEXT),
    CAST($14 AS TEXT), CAST($5 AS BIGINT), CASE WHEN before.seq IS NULL THEN CAST($5 AS BIGINT) END,
    CASE WHEN before.seq IS NOT NULL THEN CAST($5 AS BIGINT) END
FROM (SELECT max(seq) AS seq FROM call WHERE fn = $3 AND ordering = $14 AND finished IS NULL) AS before
WHERE true ON CONFLICT DO NOTHING;

-- name: call_unhold
-- 1 row: the next one of the order of this call, which is over, may begin; 0 rows: there is none
UPDATE call SET due = held, held = NULL WHERE held IS NOT NULL AND seq = (
    SELECT min(later.seq) FROM call AS this, call AS later
    WHERE this.seq = $1 AND later.fn = this.fn AND later.ordering = this.ordering AND later.finished IS NULL)
RETURNING queue, fn, due;

-- name: request_insert
-- 1 row: kept
INSERT INTO request (seq, heads, header_count, body) VALUES ($1, $2, $3, $4);

-- name: call_forget_dedup
-- how many calls count no longer as first of their kind: they are over and older than the window
UPDATE call SET dedup = NULL WHERE fn = $1 AND dedup = $2 AND created_ns < $3 AND finished IS NOT NULL;

-- name: call_find_dedup
SELECT id, created_ns FROM call WHERE fn = $1 AND dedup = $2;

-- name: call_last_seq
SELECT seq FROM call ORDER BY seq DESC LIMIT 1;

-- name: call_totals
-- Above one sequence and up to another: what is not over.
SELECT count(*), CAST(COALESCE(sum(bytes), 0) AS BIGINT) FROM call WHERE seq > $1 AND seq <= $2 AND finished IS NULL;

-- name: call_lease
-- queue, function, now, how many, boot, until: the calls that run now, with what they need
UPDATE call SET state = 'running', due = NULL, attempt = attempt + 1, boot = $5, lease = $6,
    started = COALESCE(started, CAST($3 AS BIGINT))
WHERE seq IN (
    SELECT seq FROM call
    WHERE queue = $1 AND fn = $2 AND due <= CAST($3 AS BIGINT)
    ORDER BY due, seq LIMIT CAST($4 AS BIGINT))
RETURNING seq, id, attempt, created_ns, COALESCE(wanted, created_ns / 1000000), bytes, depth, started, callback_url, ordering,
    (SELECT heads FROM request WHERE request.seq = call.seq),
    (SELECT header_count FROM request WHERE request.seq = call.seq),
    (SELECT body FROM request WHERE request.seq = call.seq);

-- name: call_next_due
SELECT due FROM call WHERE queue = $1 AND fn = $2 AND due IS NOT NULL ORDER BY due LIMIT 1;

-- name: call_survey
-- Every queue and function with calls that wait, and when the first of them is due.
WITH RECURSIVE line (name) AS (
    SELECT min(queue) FROM call WHERE due IS NOT NULL
    UNION ALL
    SELECT (SELECT min(call.queue) FROM call WHERE due IS NOT NULL AND call.queue > line.name) FROM line WHERE line.name IS NOT NULL
), lane (queue, fn) AS (
    SELECT line.name, (SELECT min(call.fn) FROM call WHERE due IS NOT NULL AND call.queue = line.name)
    FROM line WHERE line.name IS NOT NULL
    UNION ALL
    SELECT lane.queue, (SELECT min(call.fn) FROM call WHERE due IS NOT NULL AND call.queue = lane.queue AND call.fn > lane.fn)
    FROM lane WHERE lane.fn IS NOT NULL
)
SELECT queue, fn, (SELECT min(call.due) FROM call WHERE due IS NOT NULL AND call.queue = lane.queue AND call.fn = lane.fn)
FROM lane WHERE fn IS NOT NULL;

-- name: call_finish
-- 1 row: it is over; 0 rows: this attempt counts no longer. $8: attempts that were none, because it was not begun
UPDATE call SET state = $3, due = NULL, boot = NULL, lease = NULL, finished = $4, status = $5, error = $6, duration_us = $7,
    attempt = attempt - CAST($8 AS INTEGER), started = CASE WHEN attempt > CAST($8 AS INTEGER) THEN started END
WHERE seq = $1 AND attempt = $2 AND state = 'running';

-- name: call_retry_at
-- 1 row: it waits for the next attempt; 0 rows: this attempt counts no longer
UPDATE call SET state = 'retrying', due = $3, boot = NULL, lease = NULL, status = $4, error = $5, duration_us = $6
WHERE seq = $1 AND attempt = $2 AND state = 'running';

-- name: call_note
-- 1 row: the failed attempt is written down
UPDATE call SET history = CASE WHEN history = '' THEN CAST($2 AS TEXT) ELSE history || ',' || CAST($2 AS TEXT) END
WHERE seq = $1;

-- name: call_release
-- 1 row: it was not begun and waits again; 0 rows: this attempt counts no longer
UPDATE call SET state = CASE WHEN attempt > 1 THEN 'retrying' ELSE 'queued' END, attempt = attempt - 1, due = $3,
    boot = NULL, lease = NULL, started = CASE WHEN attempt > 1 THEN started END
WHERE seq = $1 AND attempt = $2 AND state = 'running';

-- name: call_extend
-- how many leases were made longer
UPDATE call SET lease = $2 WHERE lease IS NOT NULL AND boot = $1;

-- name: call_recover
-- how many calls run no longer: of servers that have ended, or past their lease
UPDATE call SET state = 'retrying', due = $2, boot = NULL, lease = NULL, status = NULL, error = 'the server has ended',
    history = CASE WHEN history = '' THEN '' ELSE history || ',' END || '{"attempt":' || CAST(attempt AS TEXT)
        || ',"finishedAt":' || CAST($2 AS TEXT) || ',"error":"the server has ended"}'
WHERE lease IS NOT NULL AND (boot <> $1 OR lease < $2);

-- name: request_drop
-- 1 row: the request is needed no longer
DELETE FROM request WHERE seq = $1;

-- name: result_put
-- 1 row: the answer can be fetched
INSERT INTO result (seq, heads, header_count, body) VALUES ($1, $2, $3, $4)
ON CONFLICT (seq) DO UPDATE SET heads = excluded.heads, header_count = excluded.header_count, body = excluded.body;

-- name: call_sweep
-- the calls that were over for too long: forgotten, at most so many ($3)
DELETE FROM call WHERE seq IN (
    SELECT seq FROM call
    WHERE finished < CAST($1 AS BIGINT) AND (state <> 'dead' OR finished < CAST($2 AS BIGINT))
        AND NOT EXISTS (SELECT 1 FROM callback WHERE callback.seq = call.seq AND callback.due IS NOT NULL)
    ORDER BY finished LIMIT CAST($3 AS BIGINT))
RETURNING seq;
