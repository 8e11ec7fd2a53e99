-- SPDX-License-Identifier: MIT
-- name: schedule_rule_put
-- 1 row: kept
INSERT INTO schedule_rule (name, expression, phase_at, done_until, last_call, skipped) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (name) DO UPDATE SET expression = excluded.expression, phase_at = excluded.phase_at,
    done_until = excluded.done_until, last_call = excluded.last_call, skipped = excluded.skipped;

-- name: schedule_rule_list
SELECT name, expression, phase_at, done_until, last_call, skipped FROM schedule_rule ORDER BY name;
