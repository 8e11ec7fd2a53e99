-- SPDX-License-Identifier: MIT
-- What was done to deployed services, by whom. The files are below DATA/functions; rows stay when those are gone.

-- timestamp is that of the package. The newest one of a service and stage is the guard against packages that are sent
-- again, also after the service was removed.
CREATE TABLE deployment (
    id TEXT PRIMARY KEY,
    service TEXT NOT NULL,
    stage TEXT NOT NULL,
    action TEXT NOT NULL CHECK (action IN ('deploy', 'rollback', 'remove')),
    version TEXT,
    timestamp BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    deployer_id TEXT NOT NULL REFERENCES deployer (id),
    created_at BIGINT NOT NULL
);
CREATE INDEX deployment_of_stage ON deployment (service, stage, timestamp);
