-- SPDX-License-Identifier: MIT
-- name: key_insert
-- 1 row: made; 0 rows: the user has a development key in this organization already
INSERT INTO api_key (id, org_id, env_id, user_id, usage, label, prefix, key_hash, key_enc, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (user_id, org_id) WHERE usage = 'DEVELOPMENT' AND deleted_at IS NULL DO NOTHING;

-- name: key_by_hash
SELECT k.id, k.org_id, k.env_id, k.user_id, k.usage, k.label, k.prefix, k.created_at, k.last_used_at, k.expires_at,
       k.key_enc, o.slug, o.name, e.slug, u.email, u.first_name, u.last_name, m.role
FROM api_key k
JOIN org o ON o.id = k.org_id
JOIN org_env e ON e.id = k.env_id
JOIN app_user u ON u.id = k.user_id
JOIN org_member m ON m.user_id = k.user_id AND m.org_id = k.org_id
WHERE k.key_hash = $1 AND k.deleted_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > $2)
  AND o.deleted_at IS NULL AND e.deleted_at IS NULL AND u.disabled_at IS NULL AND u.deleted_at IS NULL;

-- name: key_development
SELECT k.id, k.org_id, k.env_id, k.user_id, k.usage, k.label, k.prefix, k.created_at, k.last_used_at, k.expires_at,
       k.key_enc, o.slug, o.name, e.slug, u.email, u.first_name, u.last_name, m.role
FROM api_key k
JOIN org o ON o.id = k.org_id
JOIN org_env e ON e.id = k.env_id
JOIN app_user u ON u.id = k.user_id
JOIN org_member m ON m.user_id = k.user_id AND m.org_id = k.org_id
WHERE k.user_id = $1 AND k.org_id = $2 AND k.usage = 'DEVELOPMENT' AND k.deleted_at IS NULL;

-- name: key_list
SELECT k.id, k.org_id, k.env_id, k.user_id, k.usage, k.label, k.prefix, k.created_at, k.last_used_at, k.expires_at,
       k.key_enc, o.slug, o.name, e.slug, u.email, u.first_name, u.last_name, m.role
FROM api_key k
JOIN org o ON o.id = k.org_id
JOIN org_env e ON e.id = k.env_id
JOIN app_user u ON u.id = k.user_id
LEFT JOIN org_member m ON m.user_id = k.user_id AND m.org_id = k.org_id
WHERE k.org_id = $1 AND k.deleted_at IS NULL ORDER BY k.created_at, k.id;

-- name: key_revoke
-- 1 row: revoked; 0 rows: this organization has no such key
UPDATE api_key SET deleted_at = $3 WHERE id = $1 AND org_id = $2 AND deleted_at IS NULL;

-- name: key_revoke_development
-- 0 rows: there was none
UPDATE api_key SET deleted_at = $3 WHERE user_id = $1 AND org_id = $2 AND usage = 'DEVELOPMENT' AND deleted_at IS NULL;

-- name: key_revoke_of_user
-- how many were revoked
UPDATE api_key SET deleted_at = $3 WHERE user_id = $1 AND org_id = $2 AND deleted_at IS NULL;

-- name: key_touch
-- 0 rows: revoked meanwhile
UPDATE api_key SET last_used_at = $2 WHERE id = $1 AND deleted_at IS NULL;
