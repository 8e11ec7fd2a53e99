-- SPDX-License-Identifier: MIT
-- name: call_insert
-- 1 row: accepted; 0 rows: a duplicate
INSERT INTO call (seq, id, fn, dedup, state, due, created_ns, bytes, depth, callback_url)
VALUES ($1, $2, $3, $4, 'queued', $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING;

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
SELECT count(*), CAST(COALESCE(sum(bytes), 0) AS BIGINT) FROM call WHERE finished IS NULL;

-- name: call_lease
-- function, now, how many, boot, until: the calls that run now, with what they need
UPDATE call SET state = 'running', due = NULL, attempt = attempt + 1, boot = $4, lease = $5,
    started = COALESCE(started, CAST($2 AS BIGINT))
WHERE seq IN (SELECT seq FROM call WHERE fn = $1 AND due <= CAST($2 AS BIGINT) ORDER BY due, seq LIMIT CAST($3 AS BIGINT))
RETURNING seq, id, attempt, created_ns, callback_url,
    (SELECT heads FROM request WHERE request.seq = call.seq),
    (SELECT header_count FROM request WHERE request.seq = call.seq),
    (SELECT body FROM request WHERE request.seq = call.seq);

-- name: call_next_due
SELECT due FROM call WHERE fn = $1 AND due IS NOT NULL ORDER BY due LIMIT 1;

-- name: call_survey
-- Every function with calls that wait, and when the first of them is due.
WITH RECURSIVE name (fn) AS (
    SELECT min(fn) FROM call WHERE due IS NOT NULL
    UNION ALL
    SELECT (SELECT min(call.fn) FROM call WHERE due IS NOT NULL AND call.fn > name.fn) FROM name WHERE name.fn IS NOT NULL
)
SELECT fn, (SELECT min(call.due) FROM call WHERE due IS NOT NULL AND call.fn = name.fn) FROM name WHERE fn IS NOT NULL;

-- name: call_finish
-- 1 row: it is over; 0 rows: this attempt counts no longer
UPDATE call SET state = $3, due = NULL, boot = NULL, lease = NULL, finished = $4, status = $5, error = $6, duration_us = $7
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
    boot = NULL, lease = NULL
WHERE seq = $1 AND attempt = $2 AND state = 'running';

-- name: call_extend
-- how many leases were made longer
UPDATE call SET lease = $2 WHERE lease IS NOT NULL AND boot = $1;

-- name: call_recover
-- how many calls run no longer: of servers that have ended, or past their lease
UPDATE call SET state = 'retrying', due = $2, boot = NULL, lease = NULL
WHERE lease IS NOT NULL AND (boot <> $1 OR lease < $2);

-- name: call_expire
-- function, oldest that may still wait, now: the calls that waited too long for their next attempt and are dead now
UPDATE call SET state = 'dead', due = NULL, finished = $3, error = COALESCE(error, 'it waited longer than is allowed')
WHERE seq IN (SELECT seq FROM call WHERE fn = $1 AND due IS NOT NULL AND created_ns < $2 ORDER BY due LIMIT 500)
RETURNING seq, bytes;

-- name: request_drop
-- 1 row: the request is needed no longer
DELETE FROM request WHERE seq = $1;

-- name: result_put
-- 1 row: the answer can be fetched
INSERT INTO result (seq, heads, header_count, body) VALUES ($1, $2, $3, $4)
ON CONFLICT (seq) DO UPDATE SET heads = excluded.heads, header_count = excluded.header_count, body = excluded.body;

-- name: call_sweep
-- the calls that were over for too long: forgotten, at most 1000 at a time
DELETE FROM call WHERE seq IN (
    SELECT seq FROM call
    WHERE finished < CAST($1 AS BIGINT) AND (state <> 'dead' OR finished < CAST($2 AS BIGINT))
        AND NOT EXISTS (SELECT 1 FROM callback WHERE callback.seq = call.seq AND callback.due IS NOT NULL)
    ORDER BY finished LIMIT 1000)
RETURNING seq;
