// SPDX-License-Identifier: MIT
// Owns the tests of uploads that need no network: whose addresses, which files, where the next part begins.
import assert from "node:assert/strict";
import { test } from "node:test";
import { check } from "../../src/forms/shape";
import { extensionsOf, hostUrls, isAllowed, stateOf, uploadShape } from "../../src/upload/source";
import { nextOffset } from "../../src/upload/transfer";

const props = (given: object) => check(uploadShape, given).value;

test("who gives the addresses", () => {
    const one = { uploadUrl: "u", downloadUrl: "d" };
    assert.equal(hostUrls(props({})), "server");
    assert.deepEqual(hostUrls(props({ fileUrls: null })), []);
    assert.deepEqual(hostUrls(props({ fileUrls: [] })), [], "Python, before it has the names");
    assert.deepEqual(hostUrls(props({ fileUrls: [one] })), [one]);
    assert.deepEqual(hostUrls(props({ uploadUrl: null, downloadUrl: null })), [], "old SDKs");
    assert.deepEqual(hostUrls(props(one)), [one]);
});

test("extensions", () => {
    const extensions = extensionsOf(props({ allowedExtensions: ["csv", ".tar.gz"] }));
    assert.deepEqual(extensions, [".csv", ".tar.gz"]);
    assert.ok(isAllowed("A.CSV", extensions));
    assert.ok(isAllowed("a.tar.gz", extensions));
    assert.ok(!isAllowed("acsv", extensions));
    assert.ok(isAllowed("anything", []));
});

test("state repeats a lone file for old SDKs, in the order of the schema", () => {
    const file = { name: "a.txt", type: "text/plain", size: 2 };
    assert.equal(JSON.stringify(stateOf([file], false)), '{"files":[{"name":"a.txt","type":"text/plain"}],"name":"a.txt","type":"text/plain"}');
    assert.equal(JSON.stringify(stateOf([file], true)), '{"files":[{"name":"a.txt","type":"text/plain"}]}');
});

test("the server says how much it has", () => {
    assert.equal(nextOffset("bytes=0-99", 200), 100);
    assert.equal(nextOffset(null, 200), 200);
    assert.equal(nextOffset("nonsense", 200), 200);
});
