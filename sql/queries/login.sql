-- SPDX-License-Identifier: MIT
-- name: login_attempt_add
-- 1 row: noted
INSERT INTO login_attempt (id, email_norm, ip, ok, reason, at) VALUES ($1, $2, $3, $4, $5, $6);

-- name: login_attempt_failed
-- failures and the last of them, of an account since its last success, and of an address; since an instant
SELECT
    (SELECT count(*) FROM login_attempt a WHERE a.email_norm = $1 AND a.ok = 0
        AND a.at > (SELECT COALESCE(max(b.at), CAST($3 AS BIGINT)) FROM login_attempt b
                    WHERE b.email_norm = $1 AND b.ok = 1 AND b.at > $3)),
    (SELECT COALESCE(max(a.at), 0) FROM login_attempt a WHERE a.email_norm = $1 AND a.ok = 0),
    (SELECT count(*) FROM login_attempt a WHERE a.ip = $2 AND a.ok = 0 AND a.at > $3),
    (SELECT COALESCE(max(a.at), 0) FROM login_attempt a WHERE a.ip = $2 AND a.ok = 0);

-- name: login_attempt_sweep
-- how many were forgotten
DELETE FROM login_attempt WHERE at < $1;
