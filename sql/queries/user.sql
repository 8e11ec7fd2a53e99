-- SPDX-License-Identifier: MIT
-- name: user_insert
-- 1 row: added; 0 rows: somebody has this address
INSERT INTO app_user (id, email, email_norm, password_hash, password_changed_at, first_name, last_name,
                      is_instance_admin, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
ON CONFLICT (email_norm) DO NOTHING;

-- name: user_by_email
SELECT id, email, password_hash, first_name, last_name, is_instance_admin, created_at
FROM app_user WHERE email_norm = $1 AND disabled_at IS NULL AND deleted_at IS NULL;

-- name: user_by_id
SELECT id, email, password_hash, first_name, last_name, is_instance_admin, created_at
FROM app_user WHERE id = $1 AND disabled_at IS NULL AND deleted_at IS NULL;

-- name: user_set_password
-- 1 row: changed; 0 rows: no such user
UPDATE app_user SET password_hash = $2, password_changed_at = $3, updated_at = $3 WHERE id = $1 AND deleted_at IS NULL;

-- name: user_count
SELECT count(*) FROM app_user WHERE deleted_at IS NULL;
