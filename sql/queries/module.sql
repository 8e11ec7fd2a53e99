-- SPDX-License-Identifier: MIT
-- name: module_put
-- 1 row: kept
INSERT INTO module_version (hash, descriptor, probed_at, good) VALUES ($1, $2, $3, $4)
ON CONFLICT (hash) DO UPDATE SET descriptor = excluded.descriptor, probed_at = excluded.probed_at,
                                 good = excluded.good;

-- name: module_get
SELECT hash, descriptor, probed_at, good FROM module_version WHERE hash = $1;

-- name: module_list
SELECT hash, descriptor, probed_at, good FROM module_version;

-- name: module_set_good
-- 1 row: noted; 0 rows: unknown hash
UPDATE module_version SET good = $2 WHERE hash = $1;
