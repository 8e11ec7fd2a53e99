-- SPDX-License-Identifier: MIT
-- name: migration_list
SELECT version, name, checksum FROM schema_migration ORDER BY version;

-- name: migration_add
-- 1 row: recorded
INSERT INTO schema_migration (version, name, checksum, applied_at) VALUES ($1, $2, $3, $4);
