-- SPDX-License-Identifier: MIT
-- Calls as people look at them and change them. The columns of record_get and record_list are the same.
-- name: record_get
SELECT call.seq, call.id, call.fn, call.state, call.due, call.attempt, call.created_ns, call.started, call.finished,
    call.status, call.error, call.duration_us, call.history, call.bytes, call.callback_url, callback.state,
    callback.attempt, callback.status, callback.error
FROM call LEFT JOIN callback ON callback.seq = call.seq
WHERE call.id = $1 ORDER BY call.seq DESC LIMIT 1;

-- name: record_list
-- function or NULL, state or NULL, sequence they must be below, how many
SELECT call.seq, call.id, call.fn, call.state, call.due, call.attempt, call.created_ns, call.started, call.finished,
    call.status, call.error, call.duration_us, call.history, call.bytes, call.callback_url, callback.state,
    callback.attempt, callback.status, callback.error
FROM call LEFT JOIN callback ON callback.seq = call.seq
WHERE call.seq < $3 AND (CAST($1 AS TEXT) IS NULL OR call.fn = CAST($1 AS TEXT))
    AND (CAST($2 AS TEXT) IS NULL OR call.state = CAST($2 AS TEXT))
ORDER BY call.seq DESC LIMIT CAST($4 AS BIGINT);

-- name: record_result
SELECT heads, header_count, body FROM result WHERE seq = $1;

-- name: record_stats
SELECT fn, state, count(*), min(created_ns) FROM call WHERE finished IS NULL OR state = 'dead' GROUP BY fn, state ORDER BY fn, state;

-- name: record_callback_stats
SELECT count(*), min(due) FROM callback WHERE due IS NOT NULL;

-- name: record_cancel
-- 1 row: it is over; 0 rows: it was
UPDATE call SET state = 'cancelled', due = NULL, boot = NULL, lease = NULL, finished = $2
WHERE seq = $1 AND finished IS NULL;

-- name: record_forget_outcome
-- 1 row: nobody is told of how it ended before
DELETE FROM callback WHERE seq = $1;

-- name: record_retry
-- 1 row: it waits again, as if it were new; 0 rows: it has not failed
UPDATE call SET state = 'queued', attempt = 0, due = $2, finished = NULL, status = NULL, error = NULL
WHERE seq = $1 AND state IN ('dead', 'failed') AND EXISTS (SELECT 1 FROM request WHERE request.seq = call.seq);

-- name: record_dead_totals
SELECT count(*), CAST(COALESCE(sum(bytes), 0) AS BIGINT) FROM call
WHERE state = 'dead' AND (CAST($1 AS TEXT) IS NULL OR fn = CAST($1 AS TEXT));

-- name: record_dead_forget_outcomes
-- how many deliveries about dead letters are forgotten
DELETE FROM callback WHERE seq IN (
    SELECT seq FROM call WHERE state = 'dead' AND (CAST($1 AS TEXT) IS NULL OR fn = CAST($1 AS TEXT)));

-- name: record_dead_retry
-- how many dead letters wait again, as if they were new
UPDATE call SET state = 'queued', attempt = 0, due = $2, finished = NULL, status = NULL, error = NULL
WHERE state = 'dead' AND (CAST($1 AS TEXT) IS NULL OR fn = CAST($1 AS TEXT));

-- name: record_dead_delete
-- how many dead letters are forgotten
DELETE FROM call WHERE state = 'dead' AND (CAST($1 AS TEXT) IS NULL OR fn = CAST($1 AS TEXT));

-- name: record_waiting_totals
SELECT count(*), CAST(COALESCE(sum(bytes), 0) AS BIGINT) FROM call
WHERE due IS NOT NULL AND (CAST($1 AS TEXT) IS NULL OR fn = CAST($1 AS TEXT));

-- name: record_purge
-- how many calls that waited are over
UPDATE call SET state = 'cancelled', due = NULL, finished = $2
WHERE due IS NOT NULL AND (CAST($1 AS TEXT) IS NULL OR fn = CAST($1 AS TEXT));
