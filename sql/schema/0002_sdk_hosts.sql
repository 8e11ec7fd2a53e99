-- SPDX-License-Identifier: MIT
-- Hosts that come with an SDK: which instance runs a transaction, actions that wait for a person, notifications.

-- host_instance is the UUID an SDK process connects with, NULL for our own runners.
ALTER TABLE txn ADD COLUMN host_instance TEXT;
-- 1: one IO call on screen at a time, for SDKs that know no other way (io-methods.md 1.1).
ALTER TABLE txn ADD COLUMN is_paged INTEGER NOT NULL DEFAULT 0 CHECK (is_paged IN (0, 1));

-- Work put in front of people by code (server.md 5.2). developer_id '' means live; assignee_id NULL: for everybody.
CREATE TABLE queued_action (
    id TEXT PRIMARY KEY,
    org_id TEXT NOT NULL,
    env_id TEXT NOT NULL,
    developer_id TEXT NOT NULL DEFAULT '',
    slug TEXT NOT NULL,
    assignee_id TEXT REFERENCES app_user (id),
    params TEXT,
    params_meta TEXT,
    txn_id TEXT REFERENCES txn (id) ON DELETE SET NULL, -- the run that does it
    created_at BIGINT NOT NULL,
    FOREIGN KEY (org_id, env_id) REFERENCES org_env (org_id, id)
);
CREATE INDEX queued_action_place ON queued_action (org_id, env_id, developer_id, created_at, id);
CREATE INDEX queued_action_txn ON queued_action (txn_id) WHERE txn_id IS NOT NULL;

-- deliveries is a JSON array of {"to","method","status"}; user_id is who runs the transaction, or owns the key that sent it.
CREATE TABLE notification (
    id TEXT PRIMARY KEY,
    org_id TEXT NOT NULL,
    env_id TEXT NOT NULL,
    developer_id TEXT NOT NULL DEFAULT '',
    user_id TEXT NOT NULL REFERENCES app_user (id),
    txn_id TEXT REFERENCES txn (id) ON DELETE CASCADE,
    idempotency_key TEXT,
    title TEXT,
    message TEXT NOT NULL,
    deliveries TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    FOREIGN KEY (org_id, env_id) REFERENCES org_env (org_id, id)
);
CREATE INDEX notification_place ON notification (org_id, env_id, developer_id, created_at DESC, id DESC);
CREATE INDEX notification_txn ON notification (txn_id) WHERE txn_id IS NOT NULL;
CREATE UNIQUE INDEX notification_once ON notification (org_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
