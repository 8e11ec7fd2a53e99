// SPDX-License-Identifier: MIT
// Owns the tests of what displays accept: shapes of old and new SDKs, nulls of Python, annotated values.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Call } from "../../src/forms/call";
import { decode } from "../../src/lib/rich";
import { formatNumber, jsonText } from "../../src/lib/format";
import type { Json, Meta, WireComponent } from "../../src/lib/wire";

function fieldOf(methodName: string, props: Json, propsMeta?: Meta) {
    const component: WireComponent = { methodName, label: "L", props, propsMeta };
    const call = new Call({ id: "r", inputGroupKey: "k", toRender: [component] }, () => Promise.resolve(true));
    const field = call.fields.value[0]!;
    return { call, field, props: field.props.value as Record<string, unknown> };
}

function accepts(methodName: string, props: Json, propsMeta?: Meta) {
    const made = fieldOf(methodName, props, propsMeta);
    assert.deepEqual(made.field.propProblems.value, [], `${methodName} ${JSON.stringify(props)}`);
    assert.equal(made.field.interactive, false);
    return made.props;
}

test("explicit nulls of Python mean that nothing was given", () => {
    accepts("DISPLAY_CODE", { code: "x", language: null });
    assert.equal(accepts("DISPLAY_HEADING", { level: null, description: null, menuItems: null }).level, 2);
    accepts("DISPLAY_IMAGE", { url: "u", alt: null, width: null, height: null });
    accepts("DISPLAY_LINK", { route: "a/b", params: null, theme: "default", url: null });
    assert.equal(accepts("DISPLAY_METADATA", { data: [{ label: "a", value: null, url: null, error: null }], layout: null }).layout, "grid");
    accepts("DISPLAY_VIDEO", { url: "u", width: null, height: null, loop: null, muted: null });
    const table = accepts("DISPLAY_TABLE", { columns: [{ label: "a", accessorKey: null }], data: [{ key: "0", data: { a: 1 }, menu: null }], totalRecords: null });
    assert.equal(table.isSortable, true);
    const grid = accepts("DISPLAY_GRID", { data: [{ key: "0", data: { label: null, description: null, image: null, menu: null } }], isAsync: null });
    assert.equal(grid.isFilterable, true);
    accepts("DISPLAY_PROGRESS_STEPS", { steps: { completed: 1, total: 2 }, currentStep: null, subTitle: null });
    accepts("DISPLAY_PROGRESS_THROUGH_LIST", { items: [{ label: "a", isComplete: true, resultDescription: null }] });
    accepts("DISPLAY_PROGRESS_INDETERMINATE", {});
});

test("no props at all", () => {
    accepts("DISPLAY_MARKDOWN", null, null);
    accepts("DISPLAY_MARKDOWN", null, { values: ["undefined"] });
});

test("keys that nobody knows are left out, and old names are kept", () => {
    assert.deepEqual(accepts("DISPLAY_LINK", { href: "https://x.y", theme: "danger", colour: "red" }).href, "https://x.y");
    assert.deepEqual(accepts("DISPLAY_LINK", { action: "a", params: { n: 1 } }).action, "a");
    const [row] = accepts("DISPLAY_GRID", { data: [{ key: "0", data: { title: "Old" }, filterValue: "Old" }] }).data as { data: { title: string } }[];
    assert.equal(row!.data.title, "Old");
    assert.equal("filterValue" in row!, false);
});

test("wrong props are named by path", () => {
    assert.deepEqual(fieldOf("DISPLAY_GRID", { data: [{ key: 1, data: {} }] }).field.propProblems.value, ["data.0.key: expected text, found number"]);
    assert.deepEqual(fieldOf("DISPLAY_VIDEO", {}).field.propProblems.value, ["url: expected text, found nothing"]);
});

test("a page size without end", () => {
    assert.equal(accepts("DISPLAY_TABLE", { columns: [], data: [], defaultPageSize: "Infinity" }, { values: { defaultPageSize: ["number"] } }).defaultPageSize, Infinity);
});

test("metadata: a value that is still to come, and the render that brings it without its defaults", () => {
    const first = { data: [{ label: "p", value: null }, { label: "b", value: "5" }], layout: "card" };
    const { call, field } = fieldOf("DISPLAY_METADATA", first, { values: { "data.0.value": ["undefined"], "data.1.value": ["bigint"] } });
    const data = () => (field.props.value as { data: { value?: unknown }[] }).data;
    assert.deepEqual(data().map((item) => item.value), [undefined, 5n]);
    const later = { methodName: "DISPLAY_METADATA", label: "L", props: { data: [{ label: "p", value: "Infinity" }] }, propsMeta: { values: { "data.0.value": ["number"] } } };
    call.update({ id: "r2", inputGroupKey: "k", toRender: [later] });
    assert.equal(call.fields.value[0], field, "the component is updated in place");
    assert.equal(data()[0]!.value, Infinity);
    assert.equal((field.props.value as { layout: string }).layout, "grid");
});

test("values of an object as they are shown and copied", () => {
    const json = { m: [["k", "1970-01-01T00:00:00.000Z"]], s: ["a"], b: "5", u: null, inf: "Infinity" };
    const meta = { values: { m: ["map", { "0.1": ["Date"] }], s: ["set"], b: ["bigint"], u: ["undefined"], inf: ["number"] }, referentialEqualities: { s: ["b"] } };
    const value = decode(json, meta) as Record<string, unknown>;
    assert.deepEqual((value.m as Map<string, unknown>).get("k"), new Date(0));
    assert.deepEqual(JSON.parse(jsonText({ ...value, inf: 0 })), { m: { k: "1970-01-01T00:00:00.000Z" }, s: ["a"], b: "5n", inf: 0 });
    assert.equal(formatNumber(Infinity), "Infinity");
    assert.equal(formatNumber(NaN), "NaN");
    assert.equal(formatNumber(1234.5), "1,234.5");
});
