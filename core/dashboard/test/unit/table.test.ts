// SPDX-License-Identifier: MIT
// Owns the tests of the table model: when it asks the host, what it shows, how it sorts, what CSV holds.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { linesOf, toCsv } from "../../src/table/csv";
import { toExcel } from "../../src/table/excel";
import { TableModel, type TableState } from "../../src/table/model";
import { type Row, sortRows, type TableProps } from "../../src/table/schema";
import { Selection } from "../../src/table/selection";
import { crc32 } from "../../src/table/zip";

const rows = (count: number, from = 0): Row[] =>
    Array.from({ length: count }, (_, i) => ({ key: String(from + i), data: { n: from + i, name: `row ${from + i}` }, menu: undefined }));

const props = (part: Partial<TableProps>): TableProps => ({
    columns: [{ label: "n", accessorKey: "n" }],
    data: [],
    isSortable: true,
    isFilterable: true,
    isAsync: false,
    vertical: false,
    ...part,
});

function modelOf(part: Partial<TableProps>) {
    const sent: TableState[] = [];
    return { sent, model: new TableModel(props(part), (state) => sent.push(state)) };
}

test("everything in memory: sorts and pages without asking", () => {
    const { model, sent } = modelOf({ data: rows(50), totalRecords: 50 });
    assert.equal(model.rows.value.length, 20);
    model.goTo(2);
    assert.deepEqual(model.rows.value.map((row) => row.key), rows(10, 40).map((row) => row.key));
    assert.equal(model.hasNext.value, false);
    model.sortBy("n");
    model.sortBy("n");
    assert.equal(model.rows.value[0]!.key, "49");
    assert.equal(model.pageIndex.value, 0);
    model.sortBy("n");
    assert.equal(model.rows.value[0]!.key, "0");
    assert.deepEqual(sent, []);
});

test("filtering asks the host when it counts, and starts over", () => {
    const { model, sent } = modelOf({ data: rows(50), totalRecords: 50 });
    model.search("row 4");
    assert.deepEqual(sent, [{ queryTerm: "row 4", offset: 0, pageSize: 20 }]);
    assert.ok(model.busy.value);
    assert.equal(model.appliedQuery.value, "");
    model.update(props({ data: rows(11), totalRecords: 11 }));
    assert.equal(model.appliedQuery.value, "row 4");
    assert.equal(model.total.value, 11);
    assert.ok(!model.busy.value);
});

test("old hosts without totals: filters here", () => {
    const { model, sent } = modelOf({ data: rows(50) });
    model.search("row 4");
    assert.equal(model.total.value, 11);
    assert.deepEqual(sent, []);
});

test("more rows than fit: asks ahead, appends, replaces after sorting", () => {
    const { model, sent } = modelOf({ data: rows(100), totalRecords: 1000 });
    model.goTo(1);
    assert.deepEqual(sent, [{ offset: 100, pageSize: 20 }]);
    model.update(props({ data: rows(60, 100), totalRecords: 1000 }));
    assert.equal(model.known.value.length, 160);
    model.update(props({ data: rows(60, 100), totalRecords: 1000 }));
    assert.equal(model.known.value.length, 160, "the second of two equal renders changes nothing");
    model.sortBy("n");
    assert.deepEqual(sent[1], { sortColumn: "n", sortDirection: "asc", offset: 0, pageSize: 20 });
    model.sortBy("n");
    assert.equal(sent.length, 2, "sorting while busy is ignored");
    model.update(props({ data: rows(60, 500), totalRecords: 1000 }));
    assert.equal(model.known.value.length, 60);
    assert.equal(model.rows.value[0]!.key, "500");
});

test("async: asks first, shows one page, next as long as pages are full", () => {
    const { model, sent } = modelOf({ isAsync: true });
    assert.deepEqual(sent, [{ offset: 0, pageSize: 20 }]);
    model.update(props({ isAsync: true, data: rows(20) }));
    assert.equal(model.total.value, null);
    assert.ok(model.hasNext.value);
    model.goTo(1);
    assert.equal(sent[1]!.offset, 20);
    model.update(props({ isAsync: true, data: rows(5, 20) }));
    assert.equal(model.rows.value.length, 5);
    assert.ok(!model.hasNext.value);
});

test("page sizes", () => {
    assert.equal(modelOf({ defaultPageSize: Infinity }).model.pageSize.value, 100);
    assert.equal(modelOf({ defaultPageSize: 7 }).model.pageSize.value, 7);
    assert.equal(modelOf({ vertical: true }).model.pageSize.value, 5);
});

test("sorting: values before labels, numeric text, missing last going up", () => {
    const list: Row[] = [{ v: "item 10" }, { v: null }, { v: { label: "z", value: "item 9" } }].map((cell, i) => ({
        key: String(i),
        data: { c: cell.v },
        menu: undefined,
    }));
    assert.deepEqual(sortRows(list, "c", "asc").map((row) => row.key), ["2", "0", "1"]);
    assert.deepEqual(sortRows(list, "c", "desc").map((row) => row.key), ["1", "0", "2"]);
});

test("selection: ranges, all, single", () => {
    const { model } = modelOf({ data: rows(10), totalRecords: 10 });
    let last: string[] = [];
    const selection = new Selection(model, (keys) => (last = keys));
    selection.toggle("2", false);
    selection.toggle("5", true);
    assert.deepEqual(last, ["2", "3", "4", "5"]);
    selection.toggleAll();
    assert.deepEqual(last, []);
    selection.toggleAll();
    assert.equal(last.length, 10);
    assert.ok(selection.isAll.value);
    selection.limits.value = { minSelections: 1, maxSelections: 1 };
    selection.toggle("1", false);
    assert.deepEqual(last, ["1"]);
});

test("CSV", () => {
    const data = { a: 'say "hi", you', b: { label: "L", url: "u" }, c: new Date("2020-01-01T00:00:00.000Z"), d: { x: 1 }, e: null };
    const columns = ["a", "b", "c", "d", "e"].map((key) => ({ label: key, accessorKey: key }));
    assert.equal(
        toCsv(linesOf(columns, [{ key: "0", data, menu: undefined }])),
        'a,b,c,d,e\r\n"say ""hi"", you",L,2020-01-01T00:00:00.000Z,"{\n  ""x"": 1\n}",\r\n',
    );
});

test("a vertical table is written as it is drawn", () => {
    const columns = [{ label: "n", accessorKey: "n" }, { label: "name", accessorKey: "name" }];
    assert.equal(toCsv(linesOf(columns, rows(2), true)), "n,0,1\r\nname,row 0,row 1\r\n");
});

test("Excel: a workbook that unzips, with numbers, instants and texts as such", async () => {
    const at = new Date("2023-01-02T16:05:00.000Z");
    const lines = [["n", "at", "text"], [1.5, at, 'a & <b>\u0001 "c"'], [true, null, { label: 7, url: "u" }], [Infinity, 5n, { x: 1 }]];
    const bytes = Buffer.from(await toExcel(lines).arrayBuffer());
    const folder = mkdtempSync(join(tmpdir(), "excel-"));
    const file = join(folder, "a.xlsx");
    writeFileSync(file, bytes);
    const sheet = bytes.toString("utf8");
    assert.equal(bytes.readUInt32LE(0), 0x04034b50);
    assert.ok(sheet.includes('<row><c><v>1.5</v></c><c s="1"><v>'));
    assert.ok(sheet.includes('<is><t xml:space="preserve">a &amp; &lt;b&gt; "c"</t></is>'));
    assert.ok(sheet.includes('<row><c t="b"><v>1</v></c><c/><c><v>7</v></c></row>'));
    assert.ok(sheet.includes("Infinity") && sheet.includes(">5<"));
    const python = spawnSync("python3", ["-c", "import sys,zipfile,xml.dom.minidom as x; z=zipfile.ZipFile(sys.argv[1]); print(z.testzip(), len([x.parseString(z.read(n)) for n in z.namelist()]))", file]);
    rmSync(folder, { recursive: true });
    assert.equal(String(python.stdout).trim(), "None 6");
});

test("the checksum of ZIP", () => {
    assert.equal(crc32(new TextEncoder().encode("123456789")), 0xcbf43926);
});

test("a host that counts unfiltered: a short answer tells where the filtered rows end", () => {
    const { model, sent } = modelOf({ data: rows(60), totalRecords: 200, countsUnfiltered: true });
    assert.equal(model.total.value, 200);
    model.search("row 1");
    assert.deepEqual(sent.at(-1), { queryTerm: "row 1", offset: 0, pageSize: 20 });
    model.update(props({ data: rows(60), totalRecords: 200, countsUnfiltered: true }));
    assert.equal(model.total.value, 200, "a full answer may go on");
    model.goTo(1);
    model.update(props({ data: rows(11, 60), totalRecords: 200, countsUnfiltered: true }));
    assert.equal(model.total.value, 71);
    assert.equal(model.appliedQuery.value, "row 1");
    model.goTo(3);
    assert.equal(model.rows.value.length, 11);
    assert.equal(model.hasNext.value, false);
    model.search("");
    model.update(props({ data: rows(60), totalRecords: 200, countsUnfiltered: true }));
    assert.equal(model.total.value, 200);
});

test("a filter without a host looks at the named cells only", () => {
    const data = [{ key: "0", data: { label: "Oslo", menu: "label" }, menu: undefined }];
    const { model, sent } = modelOf({ data, searchKeys: ["label"] });
    model.search("label");
    assert.equal(model.rows.value.length, 0);
    model.search("slo");
    assert.equal(model.rows.value.length, 1);
    assert.deepEqual(sent, []);
});
