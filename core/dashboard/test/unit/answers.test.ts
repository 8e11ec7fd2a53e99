// SPDX-License-Identifier: MIT
// Owns the tests of what inputs send back (io-methods 4 and 18): annotations, types, lists, uploads that are waited for.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Call } from "../../src/forms/call";
import type { Json, Meta, Response, WireComponent } from "../../src/lib/wire";
import { parseNumber } from "../../src/methods/input-number";

type Sent = Omit<Response, "transactionId">;

function ask(...toRender: WireComponent[]) {
    const sent: Sent[] = [];
    const call = new Call({ id: "r1", inputGroupKey: "k1", toRender }, (response) => {
        sent.push(response);
        return Promise.resolve(true);
    });
    return { call, sent, submit: () => call.submit(call.buttons.value[0]!) };
}

const component = (methodName: string, props: Json, rest: Partial<WireComponent> = {}): WireComponent => ({ methodName, label: "L", props, ...rest });

/** What an untouched field with these props answers. */
function answerOf(methodName: string, props: Json, rest: Partial<WireComponent> = {}): { value: Json | undefined; meta: Meta } {
    const { sent, submit } = ask(component(methodName, props, rest));
    submit();
    return { value: sent[0]?.values[0], meta: sent[0]?.valuesMeta };
}

const SKIPPED = { value: null, meta: { values: { 0: ["undefined"] } } };

test("every input that may be skipped says so with an annotation", () => {
    const props: Record<string, Json> = {
        INPUT_TEXT: {},
        INPUT_EMAIL: {},
        INPUT_NUMBER: {},
        INPUT_SLIDER: { min: 0, max: 1 },
        INPUT_RICH_TEXT: {},
        INPUT_URL: {},
        INPUT_DATE: {},
        INPUT_TIME: {},
        INPUT_DATETIME: {},
        INPUT_SPREADSHEET: { columns: { a: "string" } },
        UPLOAD_FILE: {},
        SEARCH: { results: [] },
        SELECT_SINGLE: { options: [] },
        SELECT_MULTIPLE: { options: [] },
        SELECT_TABLE: { columns: [], data: [] },
    };
    for (const [name, own] of Object.entries(props)) {
        assert.deepEqual(answerOf(name, own, { isOptional: true }), SKIPPED, name);
        const nulls = { ...(own as object), defaultValue: null, helpText: null, disabled: null } as Json;
        assert.deepEqual(answerOf(name, nulls, { isOptional: true, multipleProps: null, propsMeta: null }), SKIPPED, `${name} with the nulls of Python`);
        const required = ask(component(name, own));
        required.submit();
        assert.equal(required.sent.length, /^SELECT_(MULTIPLE|TABLE)$/.test(name) ? 1 : 0, `${name} is required`);
    }
    assert.deepEqual(answerOf("INPUT_BOOLEAN", {}, { isOptional: true }), { value: false, meta: undefined });
});

test("defaults are sent as what they are", () => {
    const day = { year: 2022, month: 2, day: 25 };
    const time = { hour: 0, minute: 5 };
    const same: [string, Json, Json][] = [
        ["INPUT_TEXT", { defaultValue: " as typed " }, " as typed "],
        ["INPUT_NUMBER", { defaultValue: 12 }, 12],
        ["INPUT_SLIDER", { min: 0, max: 1, step: 0.25, defaultValue: 0 }, 0],
        ["INPUT_BOOLEAN", { defaultValue: "True" }, true],
        ["INPUT_RICH_TEXT", { defaultValue: "<p>x</p>" }, "<p>x</p>"],
        ["INPUT_DATE", { defaultValue: { ...day, jsDate: "2022-02-25T00:00:00.000Z" } }, day],
        ["INPUT_TIME", { defaultValue: time }, time],
        ["INPUT_DATETIME", { defaultValue: { ...day, ...time } }, { ...day, ...time }],
        ["SEARCH", { results: [{ value: "default:0", label: "dd" }], defaultValue: "default:0" }, "default:0"],
        ["SELECT_TABLE", { columns: [], data: [], totalRecords: 2, selectedKeys: ["1"] }, [{ key: "1" }]],
        ["INPUT_SPREADSHEET", { columns: { a: "number", b: "string?", c: "boolean" }, defaultValue: [{ a: 1, x: 9 }] }, [{ a: 1, b: null, c: false }]],
    ];
    for (const [name, props, value] of same) {
        assert.deepEqual(answerOf(name, props), { value, meta: undefined }, name);
    }
    assert.deepEqual(answerOf("INPUT_RICH_TEXT", { defaultValue: "<p> </p><ul><li></li></ul>" }, { isOptional: true }), SKIPPED, "blocks without text");
});

test("options come back as they were sent, Dates annotated", () => {
    const at = "1970-01-01T00:00:00.000Z";
    const option = { label: at, value: at, description: null, image: { url: "u", size: null }, extra: [1] };
    const props = { options: [option], defaultValue: { label: at, value: at } };
    const dates = { "options.0.label": ["Date"], "options.0.value": ["Date"], "defaultValue.value": ["Date"] };
    const expected = { value: option, meta: { values: { "0.label": ["Date"], "0.value": ["Date"] } } };
    assert.deepEqual(answerOf("SELECT_SINGLE", props, { propsMeta: { values: dates } }), expected);
    const many = answerOf("SELECT_MULTIPLE", { ...props, defaultValue: [props.defaultValue] }, {
        propsMeta: { values: { ...dates, "defaultValue.value": undefined, "defaultValue.0.value": ["Date"] } },
    });
    assert.deepEqual(many, { value: [option], meta: { values: { "0.0.label": ["Date"], "0.0.value": ["Date"] } } });
});

test("isMultiple: a list, from its own default", () => {
    const search = component("SEARCH", { results: [] }, { isMultiple: true, multipleProps: { defaultValue: ["default:0", "1:2"] } });
    const { sent, submit, call } = ask(search);
    submit();
    assert.deepEqual(sent[0]!.values, [["default:0", "1:2"]]);
    call.fields.value[0]!.set(undefined);
    call.update({ id: "r2", inputGroupKey: "k1", toRender: [{ ...search, validationErrorMessage: "no" }] });
    submit();
    assert.equal(sent.length, 1, "an emptied required list is not sent");
    assert.deepEqual(answerOf("SEARCH", { results: [] }, { isMultiple: true, isOptional: true, multipleProps: { defaultValue: [] } }), SKIPPED);
    const wrapped = answerOf("INPUT_TEXT", {}, { isMultiple: true, multipleProps: { defaultValue: ["a"] } });
    assert.deepEqual(wrapped, { value: ["a"], meta: undefined }, "methods that know no lists answer with one entry");
});

test("numbers are JSON numbers", () => {
    const { sent, submit, call } = ask(component("INPUT_NUMBER", {}));
    call.fields.value[0]!.set(parseNumber("-0"));
    submit();
    assert.deepEqual(JSON.stringify(sent[0]!.values), "[0]");
    assert.equal(sent[0]!.valuesMeta, undefined);
});

test("state: keys stay in order, what waits keeps waiting, all components are sent", async () => {
    const search = component("SEARCH", { results: [] }, { isStateful: true, isOptional: true });
    const { call, sent } = ask(search, search);
    const [a, b] = call.fields.value;
    a!.setState({ queryTerm: "x" });
    b!.setState({ queryTerm: "y" });
    assert.deepEqual(sent[0]!.values, [{ queryTerm: "x" }, null]);
    call.update({ id: "r2", inputGroupKey: "k1", toRender: [search, search] });
    assert.equal(a!.waiting.value, false);
    assert.equal(b!.waiting.value, true, "its state was not in the answer");
    while (sent.length < 2) {
        await new Promise((resolve) => setImmediate(resolve));
    }
    assert.deepEqual(sent[1]!.values, [{ queryTerm: "x" }, { queryTerm: "y" }]);
    call.update({ id: "r3", inputGroupKey: "k1", toRender: [search, search] });
    assert.equal(b!.waiting.value, false);
});

test("an answer waits for what is being made, and only a render after it gives the form back", async () => {
    const { call, sent, submit } = ask(component("UPLOAD_FILE", {}, { isStateful: true }), component("UPLOAD_FILE", {}, { isStateful: true }));
    const [a, b] = call.fields.value;
    let done: () => void = () => undefined;
    const work = new Promise<void>((resolve) => (done = resolve));
    a!.setPending("Uploading files", () => work.then(() => a!.set({ url: "u" })));
    b!.setPending("Uploading files", () => Promise.resolve(b!.set({ url: "v" })));
    submit();
    assert.equal(call.progress.value, "Uploading files");
    call.update({ id: "r2", inputGroupKey: "k1", toRender: [component("UPLOAD_FILE", {}), component("UPLOAD_FILE", {})] });
    assert.equal(call.submitting.value, "Continue", "a render for a state is no verdict");
    submit();
    assert.equal(sent.length, 0);
    done();
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(sent.map((one) => [one.id, one.values]), [["r2", [{ url: "u" }, { url: "v" }]]]);
});

test("what could not be made is not sent", async () => {
    const { call, sent, submit } = ask(component("UPLOAD_FILE", {}));
    const field = call.fields.value[0]!;
    field.setPending("Uploading files", async () => field.setBad("The bucket is full."));
    submit();
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(sent, []);
    assert.equal(call.submitting.value, null);
    assert.equal(field.message.value, "The bucket is full.");
});
