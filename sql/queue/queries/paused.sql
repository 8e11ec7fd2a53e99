-- SPDX-License-Identifier: MIT
-- name: paused_list
SELECT queue, since FROM paused ORDER BY queue;

-- name: pause
-- 1 row: it begins nothing new; 0 rows: it did not before
INSERT INTO paused (queue, since) VALUES ($1, $2) ON CONFLICT DO NOTHING;

-- name: resume
-- 1 row: it goes on; 0 rows: it did
DELETE FROM paused WHERE queue = $1;
