// SPDX-License-Identifier: MIT
// Owns the test of UUIDs.
import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import { test } from "node:test";
import { uuid } from "../../src/lib/uuid";

// Node 18 has no global crypto.
(globalThis as { crypto?: unknown }).crypto ??= webcrypto;

test("version 4, different each time", () => {
    assert.match(uuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.notEqual(uuid(), uuid());
});
