// SPDX-License-Identifier: MIT
// Owns the tests of dates without a time zone, and of words for instants and numbers.
import assert from "node:assert/strict";
import { test } from "node:test";
import { formatDuration, scalarText, statusWord } from "../../src/lib/format";
import { compareMoments, dateText, momentText, parseDate, rangeMessage, toDate } from "../../src/lib/time";

test("reading dates", () => {
    assert.deepEqual(parseDate("02/25/2022"), { year: 2022, month: 2, day: 25 });
    assert.deepEqual(parseDate("2/5/2022"), { year: 2022, month: 2, day: 5 });
    assert.equal(parseDate("02/30/2022"), null);
    assert.equal(parseDate("02/2"), null);
    assert.equal(dateText({ year: 2022, month: 2, day: 5 }), "02/05/2022");
});

test("range messages", () => {
    const min = { year: 2000, month: 1, day: 1 };
    const max = { year: 2022, month: 12, day: 30 };
    assert.equal(rangeMessage("date", { year: 2022, month: 12, day: 30 }, min, max), undefined);
    assert.equal(
        rangeMessage("date", { year: 2023, month: 1, day: 1 }, min, max),
        "Please enter a date between January 1, 2000 and December 30, 2022.",
    );
    assert.equal(
        rangeMessage("time", { hour: 7, minute: 0 }, { hour: 8, minute: 30 }, { hour: 20, minute: 0 }),
        "Please enter a time between 8:30 AM and 8:00 PM.",
    );
    assert.equal(
        rangeMessage("date", { year: 1999, month: 1, day: 1, hour: 1, minute: 1 }, { ...min, hour: 7, minute: 30 }, { ...max, hour: 13, minute: 0 }),
        "Please enter a date between Jan 1, 2000, 7:30 AM and Dec 30, 2022, 1:00 PM.",
    );
    assert.equal(rangeMessage("date", { year: 1999, month: 1, day: 1 }, min), "Please enter a date later than or equal to January 1, 2000.");
});

test("moments and instants", () => {
    assert.ok(compareMoments({ hour: 8, minute: 30 }, { hour: 8, minute: 31 }) < 0);
    assert.equal(momentText({ hour: 0, minute: 5 }), "12:05 AM");
    assert.ok(toDate("2020-01-01T00:00:00.000Z") instanceof Date);
    assert.equal(toDate("2020-01-01"), null);
});

test("words", () => {
    assert.equal(scalarText(1234.5), "1,234.5");
    assert.equal(scalarText(5n), "5n");
    assert.equal(scalarText(true), "true");
    assert.equal(statusWord("COMPLETED", "FAILURE"), "Error");
    assert.equal(statusWord("HOST_CONNECTION_DROPPED", null), "Connection lost");
    assert.equal(formatDuration(90_000), "1 min 30 s");
});
