-- SPDX-License-Identifier: MIT
-- What schedules must know after a restart: since when rates count, and up to when everything has been run or skipped.

CREATE TABLE schedule_rule (
    name TEXT PRIMARY KEY,
    expression TEXT NOT NULL,
    phase_at BIGINT NOT NULL,
    done_until BIGINT NOT NULL,
    last_call TEXT, -- the id of the newest run
    skipped BIGINT NOT NULL DEFAULT 0
);
