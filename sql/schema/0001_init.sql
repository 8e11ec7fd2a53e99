-- SPDX-License-Identifier: MIT
-- People, organizations, keys, routes and runs. One dialect for SQLite and Postgres: TEXT ids, BIGINT instants in milliseconds
-- since the epoch, INTEGER 0/1 booleans, JSON as TEXT checked by the program. Every statement ends with ';' at the end of a line.

CREATE TABLE app_user (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL,
    email_norm TEXT NOT NULL UNIQUE, -- lower case
    password_hash TEXT,
    password_changed_at BIGINT,
    first_name TEXT,
    last_name TEXT,
    notify_method TEXT NOT NULL DEFAULT 'EMAIL' CHECK (notify_method IN ('EMAIL', 'SLACK')),
    time_zone TEXT,
    locale TEXT,
    is_ghost INTEGER NOT NULL DEFAULT 0 CHECK (is_ghost IN (0, 1)),
    is_instance_admin INTEGER NOT NULL DEFAULT 0 CHECK (is_instance_admin IN (0, 1)),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    disabled_at BIGINT,
    deleted_at BIGINT
);

-- id is the hash of the token; the token itself is only in the browser's cookie.
CREATE TABLE user_session (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES app_user (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ip TEXT,
    user_agent TEXT,
    mfa_at BIGINT,
    identity_confirmed_at BIGINT,
    auth_method TEXT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX user_session_user ON user_session (user_id);
CREATE INDEX user_session_expires ON user_session (expires_at);

CREATE TABLE org (
    id TEXT PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    owner_id TEXT NOT NULL REFERENCES app_user (id),
    is_ghost INTEGER NOT NULL DEFAULT 0 CHECK (is_ghost IN (0, 1)),
    require_mfa INTEGER NOT NULL DEFAULT 0 CHECK (require_mfa IN (0, 1)),
    session_max_s BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    deleted_at BIGINT
);
CREATE INDEX org_owner ON org (owner_id);

-- UNIQUE (org_id, id) lets other tables reference the pair, so that no row can name the environment of another organization.
CREATE TABLE org_env (
    id TEXT PRIMARY KEY,
    org_id TEXT NOT NULL REFERENCES org (id),
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    color TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    deleted_at BIGINT,
    UNIQUE (org_id, id)
);
CREATE UNIQUE INDEX org_env_slug ON org_env (org_id, slug) WHERE deleted_at IS NULL;

CREATE TABLE org_member (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES app_user (id),
    org_id TEXT NOT NULL REFERENCES org (id),
    role TEXT NOT NULL CHECK (role IN ('ADMIN', 'DEVELOPER', 'ACTION_RUNNER', 'READONLY_VIEWER')),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    last_switched_at BIGINT,
    onboarding_example TEXT,
    UNIQUE (user_id, org_id)
);
CREATE INDEX org_member_org ON org_member (org_id);

-- key_hash finds the key; key_enc (development keys only) is the sealed key, so that it can be shown again.
CREATE TABLE api_key (
    id TEXT PRIMARY KEY,
    org_id TEXT NOT NULL,
    env_id TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES app_user (id),
    usage TEXT NOT NULL CHECK (usage IN ('PRODUCTION', 'DEVELOPMENT')),
    label TEXT,
    prefix TEXT NOT NULL,
    key_hash TEXT NOT NULL UNIQUE,
    key_enc TEXT,
    scopes TEXT,
    is_ghost INTEGER NOT NULL DEFAULT 0 CHECK (is_ghost IN (0, 1)),
    created_at BIGINT NOT NULL,
    last_used_at BIGINT,
    expires_at BIGINT,
    deleted_at BIGINT,
    FOREIGN KEY (org_id, env_id) REFERENCES org_env (org_id, id)
);
CREATE INDEX api_key_env ON api_key (org_id, env_id);
CREATE INDEX api_key_user ON api_key (user_id);
CREATE UNIQUE INDEX api_key_development ON api_key (user_id, org_id) WHERE usage = 'DEVELOPMENT' AND deleted_at IS NULL;

-- What was registered by whom; who serves a route right now is live state and not here. developer_id '' means live.
CREATE TABLE route (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('action', 'page', 'function')),
    org_id TEXT NOT NULL,
    env_id TEXT NOT NULL,
    developer_id TEXT NOT NULL DEFAULT '',
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    backgroundable INTEGER NOT NULL DEFAULT 0 CHECK (backgroundable IN (0, 1)),
    warn_on_close INTEGER NOT NULL DEFAULT 1 CHECK (warn_on_close IN (0, 1)),
    unlisted INTEGER NOT NULL DEFAULT 0 CHECK (unlisted IN (0, 1)),
    has_handler INTEGER NOT NULL DEFAULT 1 CHECK (has_handler IN (0, 1)),
    is_inline INTEGER NOT NULL DEFAULT 0 CHECK (is_inline IN (0, 1)),
    source TEXT NOT NULL CHECK (source IN ('sdk', 'module', 'function')),
    file TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    UNIQUE (org_id, env_id, developer_id, slug, kind),
    FOREIGN KEY (org_id, env_id) REFERENCES org_env (org_id, id)
);

-- What the probe said about a module file, by content hash: a known hash is not probed again.
CREATE TABLE module_version (
    hash TEXT PRIMARY KEY,
    descriptor TEXT NOT NULL,
    probed_at BIGINT NOT NULL,
    good INTEGER NOT NULL CHECK (good IN (0, 1))
);

-- Runs of actions. Slug and name are copied, because history outlives routes. node_id is the server that holds the run's live state.
CREATE TABLE txn (
    id TEXT PRIMARY KEY,
    org_id TEXT NOT NULL,
    env_id TEXT NOT NULL,
    route_slug TEXT NOT NULL,
    route_name TEXT NOT NULL,
    owner_id TEXT NOT NULL REFERENCES app_user (id),
    status TEXT NOT NULL CHECK (status IN ('PENDING', 'RUNNING', 'AWAITING_INPUT', 'COMPLETED', 'HOST_CONNECTION_DROPPED',
                                           'CLIENT_CONNECTION_DROPPED')),
    result_status TEXT CHECK (result_status IN ('SUCCESS', 'FAILURE', 'CANCELED', 'REDIRECTED')),
    result TEXT,
    params TEXT,
    params_meta TEXT,
    backgroundable INTEGER NOT NULL DEFAULT 0 CHECK (backgroundable IN (0, 1)),
    node_id TEXT NOT NULL,
    schedule_id TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    started_at BIGINT,
    completed_at BIGINT,
    FOREIGN KEY (org_id, env_id) REFERENCES org_env (org_id, id)
);
CREATE INDEX txn_history ON txn (org_id, env_id, created_at DESC, id DESC);
CREATE INDEX txn_owner ON txn (owner_id, created_at DESC);
-- Few rows; queries use it only when they repeat this very condition.
CREATE INDEX txn_open ON txn (org_id, env_id, created_at DESC, id DESC)
    WHERE status IN ('PENDING', 'RUNNING', 'AWAITING_INPUT', 'CLIENT_CONNECTION_DROPPED');

-- One IO call and its answer.
CREATE TABLE txn_step (
    txn_id TEXT NOT NULL REFERENCES txn (id) ON DELETE CASCADE,
    seq BIGINT NOT NULL,
    input_group_key TEXT NOT NULL,
    render TEXT,
    response TEXT,
    rendered_at BIGINT,
    answered_at BIGINT,
    PRIMARY KEY (txn_id, seq)
);

CREATE TABLE txn_log (
    txn_id TEXT NOT NULL REFERENCES txn (id) ON DELETE CASCADE,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    level TEXT NOT NULL DEFAULT 'info',
    data TEXT,
    PRIMARY KEY (txn_id, seq)
);

CREATE TABLE login_attempt (
    id TEXT PRIMARY KEY,
    email_norm TEXT NOT NULL,
    ip TEXT NOT NULL,
    ok INTEGER NOT NULL CHECK (ok IN (0, 1)),
    reason TEXT,
    at BIGINT NOT NULL
);
CREATE INDEX login_attempt_email ON login_attempt (email_norm, at);
CREATE INDEX login_attempt_ip ON login_attempt (ip, at);

CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);
