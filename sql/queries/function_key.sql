-- SPDX-License-Identifier: MIT
-- name: function_key_insert
-- 1 row: made; 0 rows: the service has a key of that name or value already
INSERT INTO function_key (id, service, stage, name, description, prefix, key_hash, key_enc, is_given, is_enabled,
                          rate_milli, burst_limit, quota_limit, quota_period, quota_offset, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16)
ON CONFLICT DO NOTHING;

-- name: function_key_update
-- 1 row: changed; 0 rows: removed meanwhile
UPDATE function_key SET description = $2, prefix = $3, key_hash = $4, key_enc = $5, is_given = $6, is_enabled = $7,
       rate_milli = $8, burst_limit = $9, quota_limit = $10, quota_period = $11, quota_offset = $12, updated_at = $13
WHERE id = $1 AND deleted_at IS NULL;

-- name: function_key_remove
-- 1 row: worthless from now on; 0 rows: no such key
UPDATE function_key SET deleted_at = $2 WHERE id = $1 AND deleted_at IS NULL;

-- name: function_key_list
-- with the latest period that something was used in
SELECT k.id, k.service, k.stage, k.name, k.description, k.prefix, k.key_hash, k.key_enc, k.is_given, k.is_enabled,
       k.rate_milli, k.burst_limit, k.quota_limit, k.quota_period, k.quota_offset, k.created_at, u.period_start, u.used
FROM function_key k
LEFT JOIN function_usage u ON u.key_id = k.id
     AND u.period_start = (SELECT MAX(v.period_start) FROM function_usage v WHERE v.key_id = k.id)
WHERE k.deleted_at IS NULL ORDER BY k.service, k.stage, k.created_at, k.id;

-- name: function_usage_add
-- 1 row: the sum of all servers
INSERT INTO function_usage (key_id, period_start, used, updated_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (key_id, period_start) DO UPDATE SET used = function_usage.used + excluded.used, updated_at = excluded.updated_at
RETURNING used;

-- name: function_usage_forget
-- how many periods were forgotten
DELETE FROM function_usage WHERE period_start < $1;
