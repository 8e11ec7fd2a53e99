-- SPDX-License-Identifier: MIT
-- name: function_secret_put
-- 1 row: kept
INSERT INTO function_secret (org_id, name, sealed, updated_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (org_id, name) DO UPDATE SET sealed = excluded.sealed, updated_at = excluded.updated_at;

-- name: function_secret_remove
-- 1 row: removed; 0 rows: there is none of that name
DELETE FROM function_secret WHERE org_id = $1 AND name = $2;

-- name: function_secret_list
SELECT name, sealed, updated_at FROM function_secret WHERE org_id = $1 ORDER BY name;
