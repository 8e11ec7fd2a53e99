-- SPDX-License-Identifier: MIT
-- name: deployment_insert
-- 1 row: noted
INSERT INTO deployment (id, service, stage, action, version, timestamp, bytes, deployer_id, user_id, reason, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- name: deployment_watched
-- 1 row: noted
UPDATE deployment SET watch = $2 WHERE id = $1;

-- name: deployment_newest
SELECT max(timestamp) FROM deployment WHERE service = $1 AND stage = $2;

-- name: deployment_live
-- The last time this package became live.
SELECT p.id, p.action, p.version, p.timestamp, p.bytes, p.reason, p.watch, p.created_at, d.name, u.email, p.service,
       p.stage
FROM deployment p
LEFT JOIN deployer d ON d.id = p.deployer_id
LEFT JOIN app_user u ON u.id = p.user_id
WHERE p.service = $1 AND p.stage = $2 AND p.timestamp = $3 AND p.action NOT IN ('prune', 'remove')
ORDER BY p.created_at DESC, p.id DESC LIMIT 1;

-- name: deployment_last
-- What was done last to each service and stage. Ids grow with time.
SELECT p.id, p.action, p.version, p.timestamp, p.bytes, p.reason, p.watch, p.created_at, d.name, u.email, p.service,
       p.stage
FROM deployment p
LEFT JOIN deployer d ON d.id = p.deployer_id
LEFT JOIN app_user u ON u.id = p.user_id
WHERE p.id IN (SELECT max(id) FROM deployment WHERE action <> 'prune' GROUP BY service, stage)
ORDER BY p.service, p.stage;

-- name: deployment_list
-- service, stage, how many at most: newest first
SELECT p.id, p.action, p.version, p.timestamp, p.bytes, p.reason, p.watch, p.created_at, d.name, u.email, p.service,
       p.stage
FROM deployment p
LEFT JOIN deployer d ON d.id = p.deployer_id
LEFT JOIN app_user u ON u.id = p.user_id
WHERE p.id IN (SELECT id FROM deployment WHERE service = $1 AND stage = $2 ORDER BY id DESC LIMIT $3)
ORDER BY p.id DESC;
