// SPDX-License-Identifier: MIT
// Owns the tests of rich JSON, with annotation trees as the SDKs send them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { decode, encodeList } from "../../src/lib/rich";

test("no annotations: the value itself", () => {
    assert.deepEqual(decode({ a: 1 }, undefined), { a: 1 });
    assert.deepEqual(decode([1], null), [1]);
});

test("leaf types", () => {
    const json = { at: "2022-02-25T10:00:00.000Z", big: "12345678901234567890", n: "Infinity", z: "-0", u: null };
    const meta = { values: { at: ["Date"], big: ["bigint"], n: ["number"], z: ["number"], u: ["undefined"] } };
    const value = decode(json, meta) as Record<string, unknown>;
    assert.deepEqual(value.at, new Date("2022-02-25T10:00:00.000Z"));
    assert.equal(value.big, 12345678901234567890n);
    assert.equal(value.n, Infinity);
    assert.ok(Object.is(value.z, -0));
    assert.equal(value.u, undefined);
    assert.equal(json.at, "2022-02-25T10:00:00.000Z", "the input is left alone");
});

test("root annotation, paths with escaped dots, subtrees of transformed containers", () => {
    assert.deepEqual(decode("2022-02-25T10:00:00.000Z", { values: ["Date"] }), new Date("2022-02-25T10:00:00.000Z"));
    assert.deepEqual(decode({ "a.b": { c: "1" } }, { values: { "a\\.b.c": ["bigint"] } }), { "a.b": { c: 1n } });
    const map = decode([["k", "5"]], { values: ["map", { "0.1": ["bigint"] }] });
    assert.deepEqual(map, new Map([["k", 5n]]));
    assert.deepEqual(decode({ s: [1, 2] }, { values: { s: ["set"] } }), { s: new Set([1, 2]) });
});

test("what does not fit is left as it is", () => {
    assert.deepEqual(decode({ a: "x" }, { values: { "b.c": ["Date"], a: ["Date"] } }), { a: "x" });
    assert.deepEqual(decode({ t: "08:30:00" }, { values: { t: [["custom", "time"]] } }), { t: "08:30:00" });
    assert.deepEqual(decode({ r: "/x/" }, { values: { r: ["regexp"] } }), { r: "/x/" });
});

test("paths through prototypes are refused", () => {
    decode({ a: {} }, { values: { "__proto__.polluted": ["Date"], "a.constructor.prototype": ["Date"] } });
    assert.equal(({} as Record<string, unknown>).polluted, undefined);
});

test("encoding of answers", () => {
    assert.deepEqual(encodeList(["a", 1, null]), { values: ["a", 1, null] });
    assert.deepEqual(encodeList([undefined, "x"]), { values: [null, "x"], meta: { values: { "0": ["undefined"] } } });
    const at = new Date("2022-02-25T10:00:00.000Z");
    const encoded = encodeList([{ label: "l", value: at }, [{ "a.b": Infinity }]]);
    assert.deepEqual(encoded.values, [{ label: "l", value: "2022-02-25T10:00:00.000Z" }, [{ "a.b": "Infinity" }]]);
    assert.deepEqual(encoded.meta, { values: { "0.value": ["Date"], "1.0.a\\.b": ["number"] } });
    assert.deepEqual(decode(encoded.values, encoded.meta), [{ label: "l", value: at }, [{ "a.b": Infinity }]]);
});
