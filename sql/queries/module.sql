-- SPDX-License-Identifier: MIT
-- name: module_put
-- 1 row: kept
INSERT INTO module_version (hash, descriptor, probed_at, good) VALUES ($1, $2, $3, 0)
ON CONFLICT (hash) DO UPDATE SET descriptor = excluded.descriptor, probed_at = excluded.probed_at;

-- name: module_list
SELECT hash, descriptor FROM module_version;
