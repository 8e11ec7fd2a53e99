// SPDX-License-Identifier: MIT
// Owns the tests of the form engine: initial values, messages, answers, state that waits its turn.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Call } from "../../src/forms/call";
import type { Render, Response, WireComponent } from "../../src/lib/wire";

type Sent = Omit<Response, "transactionId">;

const render = (toRender: WireComponent[], part: Partial<Render> = {}): Render => ({ id: "r1", inputGroupKey: "k1", toRender, ...part });

function callOf(first: Render) {
    const sent: Sent[] = [];
    const call = new Call(first, (response) => {
        sent.push(response);
        return Promise.resolve(true);
    });
    return { call, sent };
}

const text = (label: string, part: Partial<WireComponent> = {}): WireComponent => ({ methodName: "INPUT_TEXT", label, props: {}, ...part });

test("required and optional fields", () => {
    const { call, sent } = callOf(render([text("a"), text("b", { isOptional: true }), { methodName: "DISPLAY_HEADING", label: "h", props: {} }]));
    assert.deepEqual(call.buttons.value, [{ label: "Continue", value: "Continue" }]);
    const [a] = call.fields.value;
    assert.equal(a!.id, "INPUT_TEXT-0-k1");
    assert.equal(a!.message.value, undefined);
    call.submit(call.buttons.value[0]!);
    assert.equal(a!.message.value, "This field is required.");
    assert.deepEqual(sent, []);
    a!.set("x");
    call.submit(call.buttons.value[0]!);
    assert.deepEqual(sent, [
        { id: "r1", inputGroupKey: "k1", kind: "RETURN", choice: "Continue", values: ["x", null, null], valuesMeta: { values: { "1": ["undefined"] } } },
    ]);
});

test("host messages show at once and go away with an edit; the value stays", () => {
    const { call } = callOf(render([text("a", { props: { defaultValue: "v" } })]));
    const field = call.fields.value[0]!;
    call.submit(call.buttons.value[0]!);
    assert.equal(call.submitting.value, "Continue");
    call.update(render([text("a", { validationErrorMessage: "no" })], { id: "r2" }));
    assert.equal(call.submitting.value, null);
    assert.equal(field.message.value, "no");
    assert.equal(field.current(), "v");
    field.set("w");
    assert.equal(field.message.value, undefined);
    call.update(render([text("a", { validationErrorMessage: "no" })], { id: "r3" }));
    assert.equal(field.message.value, undefined, "a render for another reason does not bring it back");
});

test("defaults that were not offered are dropped; Dates compare by instant", () => {
    const at = "2022-02-25T10:00:00.000Z";
    const options = [{ label: "one", value: 1 }, { label: "then", value: at }];
    const select = (defaultValue: unknown): WireComponent => ({
        methodName: "SELECT_SINGLE",
        label: "s",
        props: { options, defaultValue } as never,
        propsMeta: { values: { "options.1.value": ["Date"], "defaultValue.value": ["Date"] } },
    });
    assert.equal(callOf(render([select({ label: "x", value: "1" })])).call.fields.value[0]!.current(), undefined);
    const chosen = callOf(render([select({ label: "then", value: at })])).call.fields.value[0]!.current<{ value: Date }>();
    assert.ok(chosen!.value instanceof Date);
});

test("select multiple: nothing chosen is an answer when required", () => {
    const { call, sent } = callOf(render([{ methodName: "SELECT_MULTIPLE", label: "m", props: { options: [{ label: "a", value: "a" }] } }]));
    call.submit(call.buttons.value[0]!);
    assert.deepEqual(sent[0]!.values, [[]]);
});

test("state: one in flight, later ones merged, a second render is no answer", async () => {
    const table: WireComponent = { methodName: "DISPLAY_TABLE", label: "t", props: { columns: [], data: [] }, isStateful: true };
    const { call, sent } = callOf(render([table, table]));
    call.fields.value[0]!.setState({ offset: 1 });
    call.fields.value[0]!.setState({ offset: 2 });
    call.fields.value[1]!.setState({ offset: 3 });
    assert.equal(sent.length, 1);
    assert.deepEqual(sent[0]!.values, [{ offset: 1 }, null]);
    call.update(render([table, table], { id: "r2" }));
    call.update(render([table, table], { id: "r3" }));
    assert.equal(sent.length, 1);
    assert.ok(call.fields.value.every((field) => field.waiting.value));
    while (sent.length < 2) {
        await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal(sent[1]!.id, "r3");
    assert.deepEqual(sent[1]!.values, [{ offset: 2 }, { offset: 3 }]);
});

test("confirm has no buttons and sends no choice", () => {
    const { call, sent } = callOf(render([{ methodName: "CONFIRM", label: "Sure?" }]));
    assert.deepEqual(call.buttons.value, []);
    call.answer("Confirm", true);
    assert.deepEqual(sent[0]!.values, [true]);
    assert.equal(sent[0]!.choice, undefined);
    call.finish();
    assert.equal(call.answeredWith.value, "Confirm");
});

test("props that do not fit are told, old and Python forms are taken", () => {
    const bad = callOf(render([{ methodName: "DISPLAY_CODE", label: "c", props: { code: 5 } }])).call.fields.value[0]!;
    assert.deepEqual(bad.propProblems.value, ["code: expected text, found number"]);
    const yes = callOf(render([{ methodName: "INPUT_BOOLEAN", label: "b", props: { defaultValue: "True", helpText: null } }])).call.fields.value[0]!;
    assert.equal(yes.current(), true);
    const old = callOf(render([text("a")], { continueButton: { label: "Go", theme: "danger" } })).call;
    assert.deepEqual(old.buttons.value, [{ label: "Go", value: "Go", theme: "danger" }]);
});

test("displays without choices have no buttons", () => {
    assert.deepEqual(callOf(render([{ methodName: "DISPLAY_HEADING", label: "h", props: {} }])).call.buttons.value, []);
});

test("the paged way: displays wait for Continue, but for those that show progress", () => {
    const shown = (toRender: WireComponent[], paged: boolean) =>
        new Call(render(toRender), () => Promise.resolve(true), null, paged).buttons.value.map((button) => button.label);
    const heading = { methodName: "DISPLAY_HEADING", label: "h", props: {} };
    const steps = { methodName: "DISPLAY_PROGRESS_STEPS", label: "p", props: { steps: { completed: 1, total: 2 } } };
    assert.deepEqual(shown([heading], false), []);
    assert.deepEqual(shown([heading], true), ["Continue"]);
    assert.deepEqual(shown([steps], true), []);
    assert.deepEqual(shown([steps, heading], true), ["Continue"]);
    assert.deepEqual(shown([{ methodName: "CONFIRM", label: "c", props: {} }], true), []);
});
