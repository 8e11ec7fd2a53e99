-- SPDX-License-Identifier: MIT
-- name: queued_insert
-- 1 row: queued
INSERT INTO queued_action (id, org_id, env_id, developer_id, slug, assignee_id, params, params_meta, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: queued_get
-- id, organization
SELECT q.id, q.env_id, q.developer_id, q.slug, q.assignee_id, u.email, q.params, q.params_meta, q.txn_id, q.created_at,
       CASE WHEN t.id IS NULL OR t.status = 'COMPLETED' THEN 0 ELSE 1 END
FROM queued_action q LEFT JOIN app_user u ON u.id = q.assignee_id LEFT JOIN txn t ON t.id = q.txn_id
WHERE q.id = $1 AND q.org_id = $2;

-- name: queued_list
-- organization, environment, developer ('' for live), person: what nobody does yet and is for all or this person, and
-- what this person does
SELECT q.id, q.env_id, q.developer_id, q.slug, q.assignee_id, u.email, q.params, q.params_meta, q.txn_id, q.created_at,
       CASE WHEN t.id IS NULL OR t.status = 'COMPLETED' THEN 0 ELSE 1 END
FROM queued_action q LEFT JOIN app_user u ON u.id = q.assignee_id LEFT JOIN txn t ON t.id = q.txn_id
WHERE q.org_id = $1 AND q.env_id = $2 AND q.developer_id = $3 AND (q.assignee_id IS NULL OR q.assignee_id = $4)
  AND (q.txn_id IS NULL OR (t.status <> 'COMPLETED' AND t.owner_id = $4))
ORDER BY q.created_at, q.id LIMIT 500;

-- name: queued_bind
-- 1 row: the run does it; 0 rows: somebody else does, or it is gone
UPDATE queued_action SET txn_id = $2 WHERE id = $1 AND txn_id IS NULL;

-- name: queued_unbind
-- how many wait again, because the run that did them was cancelled
UPDATE queued_action SET txn_id = NULL WHERE txn_id = $1;

-- name: queued_delete
-- 1 row: taken out; 0 rows: it was gone
DELETE FROM queued_action WHERE id = $1 AND org_id = $2;
