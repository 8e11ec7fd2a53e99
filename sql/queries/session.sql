-- SPDX-License-Identifier: MIT
-- name: session_insert
-- 1 row: made
INSERT INTO user_session (id, user_id, created_at, last_used_at, expires_at, ip, user_agent, auth_method,
                          identity_confirmed_at)
VALUES ($1, $2, $3, $3, $4, $5, $6, $7, $8);

-- name: session_find
-- id, now, not used since
SELECT s.id, s.user_id, s.created_at, s.last_used_at, s.expires_at, s.identity_confirmed_at, s.auth_method,
       u.email, u.first_name, u.last_name, u.is_instance_admin
FROM user_session s JOIN app_user u ON u.id = s.user_id
WHERE s.id = $1 AND s.expires_at > $2 AND s.last_used_at > $3 AND s.revoked_at IS NULL
  AND u.disabled_at IS NULL AND u.deleted_at IS NULL;

-- name: session_touch
-- 0 rows: it has ended meanwhile, or was touched by another request
UPDATE user_session SET last_used_at = $2 WHERE id = $1 AND revoked_at IS NULL AND last_used_at < $2;

-- name: session_confirm
-- 1 row: the identity is confirmed; 0 rows: no such session
UPDATE user_session SET identity_confirmed_at = $2 WHERE id = $1 AND revoked_at IS NULL;

-- name: session_delete
-- 0 rows: it was gone already
DELETE FROM user_session WHERE id = $1;

-- name: session_list
SELECT id, created_at, last_used_at, expires_at, ip, user_agent, auth_method
FROM user_session WHERE user_id = $1 AND expires_at > $2 AND revoked_at IS NULL ORDER BY last_used_at DESC;

-- name: session_sweep
-- how many had ended: expired, or not used since
DELETE FROM user_session WHERE expires_at <= $1 OR last_used_at <= $2;
