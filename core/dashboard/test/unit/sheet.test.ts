// SPDX-License-Identifier: MIT
// Owns the tests of spreadsheets: columns, casting, matching, what is wrong, reading CSV.
import assert from "node:assert/strict";
import { test } from "node:test";
import { check } from "../../src/forms/shape";
import { cast, type Column, columnsShape, importRows, isBlankSheet, blankRow, matchColumns, rowsFrom, sheetMessage, sheetProblems } from "../../src/sheet/cells";
import { readCells, readCsv } from "../../src/sheet/csv";

const { value: columns } = check(columnsShape, { name: "string", age: "number?", vip: "boolean", paid: "boolean?" });
const [name, age, vip, paid] = columns as [Column, Column, Column, Column];

test("columns", () => {
    assert.deepEqual(age, { name: "age", kind: "number", required: false });
    assert.equal(check(columnsShape, { a: "date" }).problems.length, 1);
    assert.equal(check(columnsShape, ["a"]).problems.length, 1);
});

test("text becomes what the column holds, or stays and is wrong", () => {
    assert.deepEqual([cast(name, ""), cast(name, " "), cast(name, " x ")], [null, null, " x "]);
    assert.deepEqual([cast(age, ""), cast(age, "1,036.5"), cast(age, "old")], [null, 1036.5, "old"]);
    assert.deepEqual([cast(vip, ""), cast(vip, "TRUE"), cast(vip, "no"), cast(vip, "maybe")], [false, true, false, "maybe"]);
    assert.equal(cast(paid, ""), null);
    assert.deepEqual(blankRow(columns), { name: null, age: null, vip: false, paid: null });
    assert.ok(isBlankSheet([blankRow(columns)]));
});

test("what is wrong", () => {
    const rows = [...rowsFrom(columns, [{ name: "Ada", age: 36, vip: true }]), { name: null, age: "old", vip: "maybe", paid: null }];
    assert.deepEqual(sheetProblems(columns, rows).map(({ row, column, message }) => `${row} ${column.name} ${message}`), [
        "1 name must not be empty",
        "1 age must be a number",
        "1 vip must be yes or no",
    ]);
    assert.equal(sheetMessage(columns, rows), "There are one or more issues with the data you entered.");
    assert.equal(sheetMessage(columns, []), "Please enter at least one row.");
    assert.equal(sheetMessage(columns, rows.slice(0, 1)), undefined);
});

test("imported columns are found by name, then by place", () => {
    assert.deepEqual(matchColumns(columns, ["Age", "Name"]), [1, 0, null, null]);
    assert.deepEqual(matchColumns(columns, ["Given", "Vip"]), [0, null, 1, null]);
    assert.deepEqual(matchColumns(columns, ["a", "b", "c", "d", "e"]), [0, 1, 2, 3]);
    assert.deepEqual(importRows(columns, [["36", "Ada"]], [1, 0, null, null]), [{ name: "Ada", age: 36, vip: false, paid: null }]);
});

test("CSV", () => {
    assert.deepEqual(readCsv('\uFEFFa,b\r\n"x, ""y""",2\r\n\r\n'), { headers: ["a", "b"], rows: [['x, "y"', "2"]] });
    assert.deepEqual(readCsv("a;b\n1;2\n3;4").rows, [["1", "2"], ["3", "4"]]);
    assert.deepEqual(readCsv("only\none\ntwo").rows, [["one"], ["two"]]);
    assert.throws(() => readCsv(" \n"), /nothing to import/);
    assert.throws(() => readCsv("a,b"), /no rows/);
    assert.throws(() => readCsv('a\n"never closed'), /Line/);
    assert.deepEqual(readCells("a, b\tc\n1\t2"), [["a, b", "c"], ["1", "2"]]);
});
