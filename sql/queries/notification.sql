-- SPDX-License-Identifier: MIT
-- name: notification_insert
-- 1 row: stored; 0 rows: one with this idempotency key was stored before
INSERT INTO notification (id, org_id, env_id, developer_id, user_id, txn_id, idempotency_key, title, message,
                          deliveries, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (org_id, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING;

-- name: notification_list
-- organization, environment, developer ('' for live), person ('' for all) and what deliveries to them contain,
-- transaction ('' for all), before created_at and id, limit
SELECT n.id, n.txn_id, n.title, n.message, n.deliveries, n.created_at
FROM notification n
WHERE n.org_id = $1 AND n.env_id = $2 AND n.developer_id = $3
  AND (CAST($4 AS TEXT) = '' OR n.user_id = $4 OR replace(n.deliveries, CAST($5 AS TEXT), '') <> n.deliveries)
  AND (CAST($6 AS TEXT) = '' OR n.txn_id = $6)
  AND (n.created_at, n.id) < (CAST($7 AS BIGINT), CAST($8 AS TEXT))
ORDER BY n.created_at DESC, n.id DESC
LIMIT CAST($9 AS BIGINT);
