-- SPDX-License-Identifier: MIT
-- name: setting_get
SELECT value FROM setting WHERE name = $1;

-- name: setting_put
-- 1 row: kept
INSERT INTO setting (name, value, updated_at) VALUES ($1, $2, $3)
ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at;

-- name: setting_list
SELECT name, value FROM setting ORDER BY name;
