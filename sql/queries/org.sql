-- SPDX-License-Identifier: MIT
-- name: org_insert
-- 1 row: added; 0 rows: the slug is taken, or no user has the owner's address
INSERT INTO org (id, slug, name, owner_id, created_at, updated_at)
SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), u.id, CAST($5 AS BIGINT), CAST($5 AS BIGINT)
FROM app_user u WHERE u.email_norm = $4 AND u.deleted_at IS NULL
ON CONFLICT (slug) DO NOTHING;

-- name: org_by_slug
SELECT id, slug, name, owner_id, require_mfa, created_at FROM org WHERE slug = $1 AND deleted_at IS NULL;

-- name: org_first
SELECT id, slug, name, owner_id, require_mfa, created_at FROM org WHERE deleted_at IS NULL
ORDER BY created_at, id LIMIT 1;

-- name: org_list_of_user
SELECT o.id, o.slug, o.name, o.owner_id, o.require_mfa, o.created_at
FROM org_member m JOIN org o ON o.id = m.org_id
WHERE m.user_id = $1 AND o.deleted_at IS NULL
ORDER BY m.last_switched_at DESC NULLS LAST, o.created_at, o.id;

-- name: env_insert
-- 1 row: added; 0 rows: the organization has one of that slug, or does not exist
INSERT INTO org_env (id, org_id, slug, name, created_at, updated_at)
SELECT CAST($1 AS TEXT), o.id, CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS BIGINT), CAST($5 AS BIGINT)
FROM org o WHERE o.slug = $2 AND o.deleted_at IS NULL
ON CONFLICT (org_id, slug) WHERE deleted_at IS NULL DO NOTHING;

-- name: env_list
SELECT id, org_id, slug, name, color, created_at FROM org_env WHERE org_id = $1 AND deleted_at IS NULL
ORDER BY created_at, slug;

-- name: env_list_all
SELECT e.id, e.org_id, e.slug, e.name, e.color, e.created_at, o.slug
FROM org_env e JOIN org o ON o.id = e.org_id
WHERE e.deleted_at IS NULL AND o.deleted_at IS NULL ORDER BY o.created_at, o.id, e.created_at, e.slug;

-- name: member_set
-- 1 row: member with this role now; 0 rows: no such user or organization, or the owner, who stays admin
INSERT INTO org_member (id, user_id, org_id, role, created_at, updated_at)
SELECT CAST($1 AS TEXT), u.id, o.id, CAST($4 AS TEXT), CAST($5 AS BIGINT), CAST($5 AS BIGINT)
FROM app_user u, org o
WHERE o.slug = $2 AND o.deleted_at IS NULL AND u.email_norm = $3 AND u.deleted_at IS NULL
  AND (o.owner_id <> u.id OR CAST($4 AS TEXT) = 'ADMIN')
ON CONFLICT (user_id, org_id) DO UPDATE SET role = excluded.role, updated_at = excluded.updated_at;

-- name: member_find
SELECT m.id, m.user_id, m.org_id, m.role, u.email, u.first_name, u.last_name, m.created_at
FROM org_member m JOIN app_user u ON u.id = m.user_id JOIN org o ON o.id = m.org_id
WHERE m.user_id = $1 AND o.slug = $2 AND o.deleted_at IS NULL AND u.disabled_at IS NULL AND u.deleted_at IS NULL;

-- name: member_list
SELECT m.id, m.user_id, m.org_id, m.role, u.email, u.first_name, u.last_name, m.created_at
FROM org_member m JOIN app_user u ON u.id = m.user_id
WHERE m.org_id = $1 AND u.deleted_at IS NULL ORDER BY u.email_norm;

-- name: member_delete
-- 1 row: removed; 0 rows: not a member, or the owner, who cannot be removed
DELETE FROM org_member WHERE user_id = $1 AND org_id = $2
  AND NOT EXISTS (SELECT 1 FROM org o WHERE o.id = org_member.org_id AND o.owner_id = org_member.user_id);
