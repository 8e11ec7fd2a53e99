-- SPDX-License-Identifier: MIT
-- Who may deploy services: public keys (Ed25519), each under the name of its owner.

-- id is made from the public key (deploy/sign.h), so a key that was revoked can never come back under another name.
CREATE TABLE deployer (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    public_key TEXT NOT NULL, -- base64 of its 32 bytes
    created_at BIGINT NOT NULL,
    last_used_at BIGINT,
    revoked_at BIGINT
);
CREATE UNIQUE INDEX deployer_name ON deployer (name) WHERE revoked_at IS NULL;
