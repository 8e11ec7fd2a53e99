// SPDX-License-Identifier: MIT
// Owns the tests of what inputs accept, and of the words they refuse with.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isEmail } from "../../src/methods/input-email";
import { decimalPlaces, numberProblem, parseNumber } from "../../src/methods/input-number";
import { onStep } from "../../src/methods/input-slider";
import { urlProblem } from "../../src/methods/input-url";
import { selectionProblem, selectionText } from "../../src/methods/select-multiple";

test("numbers", () => {
    assert.equal(parseNumber("1,234.50"), 1234.5);
    assert.equal(parseNumber("-3"), -3);
    assert.ok(Object.is(parseNumber("-0"), 0));
    assert.equal(parseNumber("3x"), undefined);
    assert.equal(parseNumber("."), undefined);
    assert.equal(decimalPlaces(1e-7), 7);
    assert.equal(decimalPlaces(1.25), 2);
    assert.equal(numberProblem(12, { min: 13 }), "Please enter a number greater than or equal to 13.");
    assert.equal(numberProblem(12, { min: 9, max: 10 }), "Please enter a number between 9 and 10.");
    assert.equal(numberProblem(12.5, {}), "Please enter a whole number.");
    assert.equal(numberProblem(12.555, { currency: "USD" }), "Please enter a number with up to 2 decimal places.");
    assert.equal(numberProblem(12.555, { decimals: 3 }), undefined);
});

test("email addresses", () => {
    for (const good of ["a@b.co", "ada.lovelace+x@mail.example.com", '"a b"@example.com']) {
        assert.ok(isEmail(good), good);
    }
    for (const bad of ["a", "a@b", "a@b.c", "a b@c.de", "a@@b.de", "a@b..de", ".a@b.de", "a@-b.de"]) {
        assert.ok(!isEmail(bad), bad);
    }
});

test("URLs", () => {
    assert.equal(urlProblem("https://example.com/a?b", ["http", "https"]), undefined);
    assert.equal(urlProblem("nope", ["https"]), "Please enter a valid URL.");
    assert.equal(urlProblem("http://example.com", ["https"]), "The URL must begin with https.");
    assert.equal(urlProblem("ftp://https.example.com", ["http", "https"]), "The URL must begin with http or https.");
});

test("selections", () => {
    assert.equal(selectionProblem(0, { minSelections: 1 }), "Please make at least 1 selection.");
    assert.equal(selectionProblem(3, { maxSelections: 2 }), "Please make no more than 2 selections.");
    assert.equal(selectionText(1, { minSelections: 1, maxSelections: 3 }), "Selected 1 of 1-3");
    assert.equal(selectionText(1, {}), undefined);
});

test("a slider stands on its steps", () => {
    assert.equal(onStep(0.6, { min: 0, max: 1, step: 0.25 }), 0.5);
    assert.equal(onStep(0.3, { min: 0.1, max: 1, step: 0.1 }), 0.3);
    assert.equal(onStep(9, { min: 0, max: 9.5, step: 4 }), 8);
    assert.equal(onStep(7, { min: 0, max: 10 }), 7);
});
