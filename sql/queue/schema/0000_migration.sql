-- SPDX-License-Identifier: MIT
-- Where applied migrations are recorded. Run at every start, so everything here must be repeatable.
CREATE TABLE IF NOT EXISTS schema_migration (
    version INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    checksum TEXT NOT NULL,
    applied_at BIGINT NOT NULL
);
