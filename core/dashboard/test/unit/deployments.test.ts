// SPDX-License-Identifier: MIT
// Owns the tests of what is said about versions, and of the seconds of a watch window.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Change, Version, Watch } from "../../src/deployments/wire";
import { changeWord, contents, differences, shortName, shortReason, watchSentence, wholeWindow } from "../../src/deployments/words";

function version(functions: Record<string, string>, routes: Record<string, string> = {}): Version {
    const modules = (of: Record<string, string>) => Object.fromEntries(Object.entries(of).map(([name, sha256]) => [name, { sha256 }]));
    return { version: "5-abc", timestamp: 5, size: 1, deployer: "ann", createdAt: 6, isLive: false, functions: modules(functions), routes: modules(routes) };
}

const watch = (durationMs: number, samples: Watch["samples"], step = 1): Watch => ({
    state: "live",
    sinceMs: 1000,
    untilMs: 1000 + durationMs,
    step,
    requests: samples.reduce((sum, one) => sum + one.requests, 0),
    errors: samples.reduce((sum, one) => sum + one.errors, 0),
    reason: null,
    samples,
});

test("names", () => {
    assert.equal(shortName("1795219350611-9f2c41aa"), "9f2c41aa");
    assert.equal(shortReason("1795264671274-35ed7dd1: 58 of 58 requests failed"), "35ed7dd1: 58 of 58 requests failed");
    assert.equal(contents(version({ quote: "a" })), "1 function");
    assert.equal(contents(version({ quote: "a", twin: "b" }, { "routes/r.so": "c" })), "2 functions, 1 route");
});

test("what differs between two versions", () => {
    const now = version({ same: "a", other: "b", old: "c" }, { "routes/refund.so": "x" });
    const then = version({ same: "a", other: "B", fresh: "d" });
    assert.deepEqual(differences(now, then), [
        { name: "fresh", kind: "comes" },
        { name: "old", kind: "goes" },
        { name: "other", kind: "changes" },
        { name: "routes/refund.so", kind: "goes" },
    ]);
    assert.deepEqual(differences(now, now), []);
});

test("sentences of the history", () => {
    const change = (action: Change["action"], name: string | null, of?: Version) =>
        changeWord({ id: "1", action, version: name, timestamp: 5, size: 1, by: null, at: 6, reason: null, watch: null }, of);
    assert.equal(change("deploy", "5-abc"), "Deployed abc");
    assert.equal(change("return", "5-abc"), "Went back by itself to abc");
    assert.equal(change("remove", null), "Removed");
    assert.equal(change("function", "5-abc"), "Replaced one function: abc");
    assert.equal(change("function", "5-abc", { ...version({}), function: "quote" }), "Replaced quote: abc");
});

test("a window has all of its seconds", () => {
    const counts = (of: Watch) => wholeWindow(of).map((one) => one.requests);
    assert.deepEqual(counts(watch(3000, [{ second: 1, requests: 4, errors: 1 }])), [0, 4, 0]);
    assert.deepEqual(counts(watch(1000, [{ second: 2, requests: 1, errors: 0 }])), [0, 0, 1], "one that was late is drawn, too");
    assert.deepEqual(counts(watch(9000, [{ second: 4, requests: 7, errors: 0 }], 2)), [0, 0, 7, 0, 0]);
    assert.deepEqual(counts(watch(0, [])), [0]);
});

test("what was seen in a window", () => {
    assert.equal(watchSentence(watch(3000, [])), "no requests");
    assert.equal(watchSentence(watch(3000, [{ second: 1, requests: 4, errors: 1 }])), "4 requests, 1 failed");
});
