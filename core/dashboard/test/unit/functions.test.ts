// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import { test } from "node:test";
import { curlOf } from "../../src/functions/endpoint";
import { hexDump } from "../../src/functions/message-view";
import { formatDuration, formatMicros } from "../../src/lib/format";
import { prettyJson } from "../../src/lib/pretty-json";

test("durations have two units at most", () => {
    assert.deepEqual([0, 999, 1000, 9949, 9950, 59_600, 90_000, 7_200_000, 277_000_000].map(formatDuration), [
        "0 ms",
        "999 ms",
        "1 s",
        "9.9 s",
        "10 s",
        "1 min",
        "1 min 30 s",
        "2 h",
        "3 d 4 h",
    ]);
    assert.deepEqual([340, 4200, 42_000, 1_300_000, 90e6].map(formatMicros), ["340 µs", "4.2 ms", "42 ms", "1.3 s", "1 min 30 s"]);
});

test("JSON is laid out and stays the same text otherwise", () => {
    const text = '{"a":12345678901234567890,"a":1.0,"b":[],"c":{ },"d":[1,{"e":"\\u00e9 \\" , ]"}],"f":-1e+2}';
    assert.equal(
        prettyJson(text),
        '{\n  "a": 12345678901234567890,\n  "a": 1.0,\n  "b": [],\n  "c": {},\n  "d": [\n    1,\n    {\n      "e": "\\u00e9 \\" , ]"\n    }\n  ],\n  "f": -1e+2\n}',
    );
    assert.deepEqual([prettyJson("null"), prettyJson("{"), prettyJson("text")], ["null", null, null]);
});

test("a command that calls a function", () => {
    const endpoint = { method: "GET", url: "/fn/it's/{id}", isPrivate: true, isAsync: false };
    assert.equal(curlOf(endpoint, "http://h"), "curl -i 'http://h/fn/it'\\''s/{id}' -H 'x-api-key: KEY'");
    assert.equal(
        curlOf({ ...endpoint, method: "ANY", url: "/fn/x", isPrivate: false }, "http://h"),
        "curl -i -X POST 'http://h/fn/x' -H 'content-type: application/json' -d '{}'",
    );
});

test("bytes as hexdump prints them", () => {
    const bytes = Uint8Array.from({ length: 18 }, (_, i) => i + 0x3a);
    assert.equal(
        hexDump(bytes),
        "00000000  3a 3b 3c 3d 3e 3f 40 41 42 43 44 45 46 47 48 49  :;<=>?@ABCDEFGHI\n00000010  4a 4b                                            JK",
    );
});
