-- SPDX-License-Identifier: MIT
-- name: callback_add
-- 1 row: somebody is to be told; 0 rows: nobody asked
INSERT INTO callback (seq, state, due) SELECT seq, 'pending', CAST($2 AS BIGINT) FROM call
WHERE seq = $1 AND callback_url IS NOT NULL;

-- name: callback_lease
-- now, how many, until: deliveries to be tried now; they come again at `until` unless something is written meanwhile
UPDATE callback SET state = 'sending', attempt = attempt + 1, due = $3
WHERE seq IN (SELECT seq FROM callback WHERE due <= CAST($1 AS BIGINT) ORDER BY due, seq LIMIT CAST($2 AS BIGINT))
RETURNING seq, attempt,
    (SELECT id FROM call WHERE call.seq = callback.seq),
    (SELECT fn FROM call WHERE call.seq = callback.seq),
    (SELECT call.attempt FROM call WHERE call.seq = callback.seq),
    (SELECT created_ns FROM call WHERE call.seq = callback.seq),
    (SELECT call.status FROM call WHERE call.seq = callback.seq),
    (SELECT duration_us FROM call WHERE call.seq = callback.seq),
    (SELECT depth FROM call WHERE call.seq = callback.seq),
    (SELECT callback_url FROM call WHERE call.seq = callback.seq),
    (SELECT trace FROM call WHERE call.seq = callback.seq),
    (SELECT heads FROM result WHERE result.seq = callback.seq),
    (SELECT header_count FROM result WHERE result.seq = callback.seq),
    (SELECT body FROM result WHERE result.seq = callback.seq);

-- name: callback_next_due
SELECT due FROM callback WHERE due IS NOT NULL ORDER BY due LIMIT 1;

-- name: callback_finish
-- sequence, attempt, state, next time or NULL, status, error. 1 row: written down; 0 rows: another attempt has begun
UPDATE callback SET state = $3, due = $4, status = $5, error = $6 WHERE seq = $1 AND attempt = $2 AND due IS NOT NULL;

-- name: callback_recover
-- how many deliveries were under way when the last server ended
UPDATE callback SET state = 'pending', due = $1 WHERE due IS NOT NULL AND state = 'sending';

-- name: callback_put_back
-- sequence, attempt, next time. 1 row: it was not tried after all
UPDATE callback SET state = 'pending', due = $3, attempt = attempt - 1 WHERE seq = $1 AND attempt = $2 AND due IS NOT NULL;
