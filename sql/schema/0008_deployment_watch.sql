-- SPDX-License-Identifier: MIT
-- Deployments that are watched, single functions, and changes that no deploy key made (functions.md 2.2).

-- timestamp is that of the package. The newest one of a service and stage is the guard against packages that are sent
-- again, also after the service was removed. 'return': the server went back to this version by itself, reason says why.
-- Neither deployer_id nor user_id: the server did it. watch: what was seen after the switch, JSON, once that is over.
CREATE TABLE deployment_new (
    id TEXT PRIMARY KEY,
    service TEXT NOT NULL,
    stage TEXT NOT NULL,
    action TEXT NOT NULL CHECK (action IN ('deploy', 'function', 'rollback', 'return', 'prune', 'remove')),
    version TEXT,
    timestamp BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    deployer_id TEXT REFERENCES deployer (id),
    user_id TEXT REFERENCES app_user (id),
    reason TEXT,
    watch TEXT,
    created_at BIGINT NOT NULL
);
INSERT INTO deployment_new (id, service, stage, action, version, timestamp, bytes, deployer_id, created_at)
SELECT id, service, stage, action, version, timestamp, bytes, deployer_id, created_at FROM deployment;
DROP TABLE deployment;
ALTER TABLE deployment_new RENAME TO deployment;
CREATE INDEX deployment_of_stage ON deployment (service, stage, timestamp);
