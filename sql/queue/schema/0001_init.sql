-- SPDX-License-Identifier: MIT
-- Durable calls of functions. Times are wall clock ms unless the name says ns.

-- due: when the next attempt may begin; NULL when nothing is to be begun (it runs, or it is over). boot and lease: who
-- runs it, and until when that counts. dedup: what makes a second call a duplicate; NULL: nothing. history: JSON objects
-- of failed attempts, joined by commas. bytes: what counts for the limit of the queue. depth: how many callbacks led here.
CREATE TABLE call (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    fn TEXT NOT NULL,
    dedup TEXT,
    state TEXT NOT NULL,
    due BIGINT,
    attempt INTEGER NOT NULL DEFAULT 0,
    boot TEXT,
    lease BIGINT,
    created_ns BIGINT NOT NULL,
    started BIGINT,
    finished BIGINT,
    status INTEGER,
    error TEXT,
    duration_us BIGINT,
    history TEXT NOT NULL DEFAULT '',
    bytes BIGINT NOT NULL,
    depth INTEGER NOT NULL DEFAULT 0,
    callback_url TEXT
);
CREATE INDEX call_id ON call (id);
CREATE UNIQUE INDEX call_dedup ON call (fn, dedup) WHERE dedup IS NOT NULL;
CREATE INDEX call_due ON call (fn, due, seq) WHERE due IS NOT NULL;
CREATE INDEX call_lease ON call (lease) WHERE lease IS NOT NULL;
CREATE INDEX call_finished ON call (finished) WHERE finished IS NOT NULL;

-- heads: method, path, query, then header_count pairs of name and value, each with a NUL behind it.
CREATE TABLE request (
    seq INTEGER PRIMARY KEY REFERENCES call (seq) ON DELETE CASCADE,
    heads BYTEA NOT NULL,
    header_count INTEGER NOT NULL,
    body BYTEA NOT NULL
);

-- The answer of the last attempt. heads: header_count pairs, as above.
CREATE TABLE result (
    seq INTEGER PRIMARY KEY REFERENCES call (seq) ON DELETE CASCADE,
    heads BYTEA NOT NULL,
    header_count INTEGER NOT NULL,
    body BYTEA NOT NULL
);

-- What is to be told to whom once a call is over. due NULL: delivered, or given up.
CREATE TABLE callback (
    seq INTEGER PRIMARY KEY REFERENCES call (seq) ON DELETE CASCADE,
    state TEXT NOT NULL,
    due BIGINT,
    attempt INTEGER NOT NULL DEFAULT 0,
    status INTEGER,
    error TEXT
);
CREATE INDEX callback_due ON callback (due) WHERE due IS NOT NULL;

-- Queues that begin nothing new for now.
CREATE TABLE paused (
    queue TEXT PRIMARY KEY,
    since BIGINT NOT NULL
);
