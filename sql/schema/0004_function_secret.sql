-- SPDX-License-Identifier: MIT
-- Values that functions get as ${secret:name}: written by `interlude secrets set`, sealed with the installation's key.

CREATE TABLE function_secret (
    org_id TEXT NOT NULL REFERENCES org (id),
    name TEXT NOT NULL,
    sealed TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, name)
);
