-- SPDX-License-Identifier: MIT
-- name: txn_insert
-- 1 row: made
INSERT INTO txn (id, org_id, env_id, route_slug, route_name, owner_id, status, params, params_meta, backgroundable,
                 is_paged, host_instance, node_id, schedule_id, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, 'PENDING', $7, $8, $9, $10, $11, $12, $13, $14, $14);

-- name: txn_set_status
-- 1 row: changed; 0 rows: it is over (or does not exist)
UPDATE txn SET status = $2, updated_at = $3, started_at = COALESCE(started_at, $3)
WHERE id = $1 AND status IN ('PENDING', 'RUNNING', 'AWAITING_INPUT', 'CLIENT_CONNECTION_DROPPED');

-- name: txn_start
-- 1 row: a host has it now; 0 rows: it is over (or does not exist)
UPDATE txn SET status = 'RUNNING', host_instance = $2, is_paged = $3, updated_at = $4,
               started_at = COALESCE(started_at, CAST($4 AS BIGINT))
WHERE id = $1 AND status IN ('PENDING', 'RUNNING', 'AWAITING_INPUT', 'CLIENT_CONNECTION_DROPPED');

-- name: txn_revive
-- 1 row: its host is back; 0 rows: it was not lost
UPDATE txn SET status = $2, updated_at = $3 WHERE id = $1 AND status = 'HOST_CONNECTION_DROPPED';

-- name: txn_complete
-- 1 row: completed; 0 rows: it was over already (the first result stays), or does not exist
UPDATE txn SET status = 'COMPLETED', result_status = $2, result = $3, updated_at = $4, completed_at = $4,
               started_at = COALESCE(started_at, CAST($5 AS BIGINT))
WHERE id = $1 AND status <> 'COMPLETED';

-- name: txn_mark_lost
-- how many were open and are lost now: all of the node's that are not in a JSON array of ids
UPDATE txn SET status = 'HOST_CONNECTION_DROPPED', updated_at = $3
WHERE node_id = $1 AND status IN ('PENDING', 'RUNNING', 'AWAITING_INPUT', 'CLIENT_CONNECTION_DROPPED')
  AND CAST($2 AS TEXT) NOT LIKE '%"' || id || '"%';

-- name: txn_await_hosts
-- how many were open on the node at SDK hosts, which may come back
UPDATE txn SET status = 'HOST_CONNECTION_DROPPED', updated_at = $2
WHERE node_id = $1 AND host_instance IS NOT NULL
  AND status IN ('PENDING', 'RUNNING', 'AWAITING_INPUT', 'CLIENT_CONNECTION_DROPPED');

-- name: txn_of_host
-- an open one by id and the instance that had it: whose it is
SELECT t.org_id, o.slug, o.name FROM txn t JOIN org o ON o.id = t.org_id
WHERE t.id = $1 AND t.host_instance = $2 AND t.status <> 'COMPLETED';

-- name: txn_drop
-- 1 row: lost; 0 rows: it was over already
UPDATE txn SET status = 'HOST_CONNECTION_DROPPED', updated_at = $2
WHERE id = $1 AND status IN ('PENDING', 'RUNNING', 'AWAITING_INPUT', 'CLIENT_CONNECTION_DROPPED');

-- name: txn_get
-- id, organization
SELECT t.id, t.org_id, t.env_id, e.slug, t.route_slug, t.route_name, t.owner_id, u.email, u.first_name, u.last_name,
       t.status, t.result_status, t.created_at, t.updated_at, t.completed_at, t.backgroundable, t.schedule_id,
       t.is_paged, t.host_instance, t.result, t.params, t.params_meta
FROM txn t JOIN app_user u ON u.id = t.owner_id JOIN org_env e ON e.id = t.env_id
WHERE t.id = $1 AND t.org_id = $2;

-- name: txn_last_change
-- when, and whether it is still open
SELECT updated_at, CASE WHEN status IN ('COMPLETED', 'HOST_CONNECTION_DROPPED') THEN 0 ELSE 1 END
FROM txn WHERE id = $1;

-- name: txn_list
-- organization, environment, owner ('' for all), slug ('' for all), pattern ('' for all), status word ('' for none),
-- before created_at and id, limit
SELECT t.id, t.org_id, t.env_id, e.slug, t.route_slug, t.route_name, t.owner_id, u.email, u.first_name, u.last_name,
       t.status, t.result_status, t.created_at, t.updated_at, t.completed_at, t.backgroundable, t.schedule_id,
       t.is_paged, t.host_instance
FROM txn t JOIN app_user u ON u.id = t.owner_id JOIN org_env e ON e.id = t.env_id
WHERE t.org_id = $1 AND t.env_id = $2
  AND (CAST($3 AS TEXT) = '' OR t.owner_id = $3)
  AND (CAST($4 AS TEXT) = '' OR t.route_slug = $4)
  AND (CAST($5 AS TEXT) = ''
       OR lower(t.route_slug) LIKE $5 ESCAPE '!' OR lower(t.route_name) LIKE $5 ESCAPE '!'
       OR u.email_norm LIKE $5 ESCAPE '!'
       OR lower(COALESCE(u.first_name, '') || ' ' || COALESCE(u.last_name, '')) LIKE $5 ESCAPE '!'
       OR (CAST($6 AS TEXT) <> '' AND (t.status = $6 OR t.result_status = $6)))
  AND (t.created_at, t.id) < (CAST($7 AS BIGINT), CAST($8 AS TEXT))
ORDER BY t.created_at DESC, t.id DESC
LIMIT CAST($9 AS BIGINT);

-- name: txn_list_open
-- as txn_list, but only what is not over
SELECT t.id, t.org_id, t.env_id, e.slug, t.route_slug, t.route_name, t.owner_id, u.email, u.first_name, u.last_name,
       t.status, t.result_status, t.created_at, t.updated_at, t.completed_at, t.backgroundable, t.schedule_id,
       t.is_paged, t.host_instance
FROM txn t JOIN app_user u ON u.id = t.owner_id JOIN org_env e ON e.id = t.env_id
WHERE t.org_id = $1 AND t.env_id = $2
  AND t.status IN ('PENDING', 'RUNNING', 'AWAITING_INPUT', 'CLIENT_CONNECTION_DROPPED')
  AND (CAST($3 AS TEXT) = '' OR t.owner_id = $3)
  AND (CAST($4 AS TEXT) = '' OR t.route_slug = $4)
  AND (CAST($5 AS TEXT) = ''
       OR lower(t.route_slug) LIKE $5 ESCAPE '!' OR lower(t.route_name) LIKE $5 ESCAPE '!'
       OR u.email_norm LIKE $5 ESCAPE '!'
       OR lower(COALESCE(u.first_name, '') || ' ' || COALESCE(u.last_name, '')) LIKE $5 ESCAPE '!'
       OR (CAST($6 AS TEXT) <> '' AND (t.status = $6 OR t.result_status = $6)))
  AND (t.created_at, t.id) < (CAST($7 AS BIGINT), CAST($8 AS TEXT))
ORDER BY t.created_at DESC, t.id DESC
LIMIT CAST($9 AS BIGINT);

-- name: step_render
-- 1 row: stored; a question that comes back after its answer (validation failed) is open again
INSERT INTO txn_step (txn_id, seq, input_group_key, render, rendered_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (txn_id, seq) DO UPDATE
SET render = excluded.render, rendered_at = excluded.rendered_at, response = NULL, answered_at = NULL;

-- name: step_answer
-- 1 row: stored; 0 rows: it was answered already (the first answer stays)
INSERT INTO txn_step (txn_id, seq, input_group_key, response, answered_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (txn_id, seq) DO UPDATE SET response = excluded.response, answered_at = excluded.answered_at
WHERE txn_step.answered_at IS NULL;

-- name: step_list
-- of a transaction, its organization
SELECT s.seq, s.input_group_key, s.render, s.response, s.rendered_at, s.answered_at
FROM txn_step s JOIN txn t ON t.id = s.txn_id WHERE s.txn_id = $1 AND t.org_id = $2 ORDER BY s.seq LIMIT 10000;

-- name: log_append
-- 0 rows: a repeated entry
INSERT INTO txn_log (txn_id, seq, at, level, data) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (txn_id, seq) DO NOTHING;

-- name: log_list
-- of a transaction, its organization
SELECT l.seq, l.at, l.level, l.data
FROM txn_log l JOIN txn t ON t.id = l.txn_id WHERE l.txn_id = $1 AND t.org_id = $2 ORDER BY l.seq LIMIT 10000;

-- name: txn_open_list
-- what was open on a node when its server ended
SELECT t.id, t.org_id, o.slug, o.name, e.slug, t.route_slug, t.route_name, t.owner_id, u.email, u.first_name, u.last_name,
       t.backgroundable
FROM txn t JOIN app_user u ON u.id = t.owner_id JOIN org_env e ON e.id = t.env_id JOIN org o ON o.id = t.org_id
WHERE t.node_id = $1 AND t.status IN ('PENDING', 'RUNNING', 'AWAITING_INPUT', 'CLIENT_CONNECTION_DROPPED')
ORDER BY t.org_id, t.env_id, t.created_at DESC, t.id DESC LIMIT 100000;

-- name: step_open_list
-- the steps of those, in the same order; the answer of the last one, which the host may not have got
SELECT s.txn_id, s.input_group_key, CASE WHEN s.answered_at IS NULL THEN 0 ELSE 1 END,
       CASE WHEN EXISTS (SELECT 1 FROM txn_step n WHERE n.txn_id = s.txn_id AND n.seq > s.seq) THEN NULL
            ELSE s.response END
FROM txn_step s JOIN txn t ON t.id = s.txn_id
WHERE t.node_id = $1 AND t.status IN ('PENDING', 'RUNNING', 'AWAITING_INPUT', 'CLIENT_CONNECTION_DROPPED')
ORDER BY t.org_id, t.env_id, t.created_at DESC, t.id DESC, s.seq LIMIT 1000000;
