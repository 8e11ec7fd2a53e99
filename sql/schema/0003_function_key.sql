-- SPDX-License-Identifier: MIT
-- Keys that callers of functions show (x-api-key), each with its plan, and how much of it is used (functions.md 1.11).

-- service '' means the functions of routes/. key_enc is the sealed value of a key that `interlude dev` generated, so that it can be
-- shown again; is_given 1: the value stands in the service's file. rate_milli: calls in 1,000 s. NULL: no such limit.
CREATE TABLE function_key (
    id TEXT PRIMARY KEY,
    service TEXT NOT NULL DEFAULT '',
    stage TEXT NOT NULL DEFAULT '',
    name TEXT NOT NULL,
    description TEXT,
    prefix TEXT NOT NULL,
    key_hash TEXT NOT NULL,
    key_enc TEXT,
    is_given INTEGER NOT NULL DEFAULT 0 CHECK (is_given IN (0, 1)),
    is_enabled INTEGER NOT NULL DEFAULT 1 CHECK (is_enabled IN (0, 1)),
    rate_milli BIGINT,
    burst_limit BIGINT,
    quota_limit BIGINT,
    quota_period TEXT CHECK (quota_period IN ('DAY', 'WEEK', 'MONTH')),
    quota_offset INTEGER NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    deleted_at BIGINT
);
-- Several services may have been given the same value.
CREATE UNIQUE INDEX function_key_name ON function_key (service, stage, name) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX function_key_value ON function_key (service, stage, key_hash) WHERE deleted_at IS NULL;

-- One row for each period of a key's quota. Several servers add to it.
CREATE TABLE function_usage (
    key_id TEXT NOT NULL REFERENCES function_key (id) ON DELETE CASCADE,
    period_start BIGINT NOT NULL,
    used BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (key_id, period_start)
);
