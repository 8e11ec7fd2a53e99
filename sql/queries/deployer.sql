-- SPDX-License-Identifier: MIT
-- name: deployer_insert
-- 1 row: made; 0 rows: the name is taken, or the key is known (revoked ones too)
INSERT INTO deployer (id, name, public_key, created_at) VALUES ($1, $2, $3, $4)
ON CONFLICT DO NOTHING;

-- name: deployer_revoke
-- 1 row: worthless from now on; 0 rows: no such key
UPDATE deployer SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL;

-- name: deployer_used
-- 1 row: noted; 0 rows: revoked meanwhile
UPDATE deployer SET last_used_at = $2 WHERE id = $1 AND revoked_at IS NULL;

-- name: deployer_get
SELECT id, name, public_key, created_at, last_used_at FROM deployer WHERE id = $1 AND revoked_at IS NULL;

-- name: deployer_list
SELECT id, name, public_key, created_at, last_used_at FROM deployer WHERE revoked_at IS NULL ORDER BY created_at, id;
