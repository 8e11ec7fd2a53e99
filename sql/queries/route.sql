-- SPDX-License-Identifier: MIT
-- name: route_upsert
-- 1 row: registered
INSERT INTO route (id, kind, org_id, env_id, developer_id, slug, name, description, backgroundable, warn_on_close,
                   unlisted, has_handler, source, file, created_at, updated_at, last_seen_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15, $15)
ON CONFLICT (org_id, env_id, developer_id, slug, kind) DO UPDATE SET
    name = excluded.name, description = excluded.description, backgroundable = excluded.backgroundable,
    warn_on_close = excluded.warn_on_close, unlisted = excluded.unlisted, has_handler = excluded.has_handler,
    source = excluded.source, file = excluded.file, updated_at = excluded.updated_at,
    last_seen_at = excluded.last_seen_at;

-- name: route_list
SELECT id, kind, org_id, env_id, developer_id, slug, name, description, backgroundable, warn_on_close, unlisted,
       has_handler, source, file, created_at, last_seen_at
FROM route WHERE org_id = $1 AND env_id = $2 AND developer_id = $3 ORDER BY slug, kind;
