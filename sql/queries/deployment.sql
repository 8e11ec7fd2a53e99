-- SPDX-License-Identifier: MIT
-- name: deployment_insert
-- 1 row: noted
INSERT INTO deployment (id, service, stage, action, version, timestamp, bytes, deployer_id, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: deployment_newest
SELECT max(timestamp) FROM deployment WHERE service = $1 AND stage = $2;
