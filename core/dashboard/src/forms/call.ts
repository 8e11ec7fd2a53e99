// SPDX-License-Identifier: MIT
// Owns one IO call in the browser: its fields, its buttons, answering it, sending component state. Transport is the owner's.
import { batch, computed, signal } from "@preact/signals";
import { encodeList } from "../lib/rich";
import type { Choice, Render, Response } from "../lib/wire";
import { Field, type FieldValue } from "./field";

/** Sends a response; resolves to whether it was taken. */
export type Responder = (response: Omit<Response, "transactionId">) => Promise<boolean>;

const CONTINUE: Choice = { label: "Continue", value: "Continue" };
const STATE_TIMEOUT_MS = 15_000;
/** Hosts render twice for one state; the second must not pass for the answer to the next. */
const SECOND_RENDER_MS = 30;

type Pending = Extract<FieldValue, { kind: "pending" }>;

export class Call {
    readonly key: string;
    readonly fields = signal<Field[]>([]);
    readonly choices = signal<Choice[] | null>(null);
    readonly formMessage = signal<string | null>(null);
    readonly showProblems = signal(false);
    /** Label of the button whose answer is on its way. */
    readonly submitting = signal<string | null>(null);
    /** Label of the button that ended the call, once it is past. */
    readonly answeredWith = signal<string | null>(null);
    readonly sendFailed = signal(false);
    readonly touched = signal(false);
    /** Grows when a submitted form turns out invalid, here or at the host: the view moves to the first problem. */
    readonly attempts = signal(0);
    private renderId = "UNKNOWN";
    private states: unknown[] = [];
    private stateInFlight = false;
    /** Fields whose state changed while another was in flight. */
    private readonly unsent = new Set<number>();
    /** RETURN is on its way; before that, `submitting` waits for uploads. */
    private returned = false;
    private stateTimer: ReturnType<typeof setTimeout> | undefined;

    readonly interactive = computed(() => this.fields.value.some((field) => field.interactive));
    readonly exclusive = computed(() => this.fields.value.length === 1 && this.fields.value[0]!.method?.exclusive === true);
    private readonly pending = computed(() =>
        this.fields.value.map((field) => field.value.value).filter((value): value is Pending => value.kind === "pending"),
    );
    /** What the pressed button waits for, in words. */
    readonly progress = computed(() =>
        this.submitting.value === null ? "" : [...new Set(this.pending.value.map((one) => one.words))].join(", "),
    );
    /** Displays of the paged way wait until they were seen, but for those that show progress. */
    private readonly waitsToBeSeen = computed(() => this.paged && this.fields.value.some((field) => field.method?.immediate !== true));
    /** The buttons under the form; none for displays that resolved at once. */
    readonly buttons = computed<Choice[]>(() => {
        if (this.exclusive.value) {
            return [];
        }
        return this.choices.value ?? (this.interactive.value || this.waitsToBeSeen.value ? [CONTINUE] : []);
    });

    constructor(
        render: Render,
        private readonly respond: Responder,
        /** The run that asks; null for pages and for recorded calls. */
        readonly transactionId: string | null = null,
        /** Only this call is on screen, as old hosts expect; else it stays above the next one. */
        readonly paged = false,
    ) {
        this.key = render.inputGroupKey;
        this.update(render);
    }

    /** Applies a render of this key: props change in place, typed values stay. */
    update(render: Render): void {
        batch(() => {
            this.renderId = render.id;
            const answered = this.returned;
            const old = this.fields.value;
            const sameForm = old.length === render.toRender.length && old.every((f, i) => f.methodName === render.toRender[i]!.methodName);
            if (sameForm) {
                old.forEach((field, i) => field.update(render.toRender[i]!, answered));
                this.unsent.forEach((i) => (old[i]!.waiting.value = true));
            } else {
                this.unsent.clear();
                this.fields.value = render.toRender.map((wire, i) => new Field(this, i, wire.methodName, wire));
            }
            const button = render.continueButton;
            const onlyButton = button ? [{ label: button.label ?? "Continue", value: button.label ?? "Continue", theme: button.theme }] : null;
            this.choices.value = render.choiceButtons?.length ? render.choiceButtons : onlyButton;
            this.formMessage.value = render.validationErrorMessage ?? null;
            if (answered && this.fields.value.some((field) => field.hostMessage.value !== null)) {
                this.attempts.value++;
            }
            if (answered || !sameForm) {
                this.submitting.value = null;
            }
            this.returned = false;
            this.sendFailed.value = false;
        });
        this.stateDone();
    }

    submit(choice: Choice): void {
        if (this.submitting.value !== null || this.answeredWith.value !== null) {
            return;
        }
        if (this.pending.value.length === 0) {
            this.sendIfValid(choice);
            return;
        }
        this.submitting.value = choice.label;
        void Promise.all(this.pending.value.map((one) => one.wait()))
            .catch(() => undefined)
            .then(() => this.submitting.value === choice.label && this.sendIfValid(choice));
    }

    private sendIfValid(choice: Choice): void {
        const fields = this.fields.value;
        if (fields.some((field) => field.problem.value !== undefined) || this.pending.value.length > 0) {
            batch(() => {
                this.submitting.value = null;
                this.showProblems.value = true;
                this.attempts.value++;
            });
            return;
        }
        void this.send(choice.label, fields.map((field) => field.answer()), choice.value);
    }

    /** Answers an exclusive call (CONFIRM) with its only value. */
    answer(label: string, value: unknown): void {
        if (this.submitting.value === null && this.answeredWith.value === null) {
            void this.send(label, [value], undefined);
        }
    }

    private async send(label: string, list: unknown[], choice: string | undefined): Promise<void> {
        batch(() => {
            this.submitting.value = label;
            this.formMessage.value = null;
            this.sendFailed.value = false;
        });
        const { values, meta } = encodeList(list);
        this.returned = true;
        const taken = await this.respond({
            id: this.renderId,
            inputGroupKey: this.key,
            kind: "RETURN",
            choice,
            values,
            valuesMeta: meta,
        }).catch(() => false);
        if (!taken && this.submitting.value === label) {
            this.returned = false;
            batch(() => {
                this.submitting.value = null;
                this.sendFailed.value = true;
            });
        }
    }

    /** The run went on: what was answered stays on screen, read-only. */
    finish(): void {
        batch(() => {
            if (this.submitting.value !== null) {
                this.answeredWith.value = this.submitting.value;
                this.submitting.value = null;
            }
        });
    }

    /** One state is in flight at a time; changes meanwhile are merged into the next. */
    setState(index: number, state: unknown): void {
        this.states[index] = state;
        if (this.stateInFlight) {
            this.unsent.add(index);
        } else {
            this.sendState();
        }
    }

    private sendState(): void {
        this.stateInFlight = true;
        this.unsent.clear();
        this.stateTimer = setTimeout(() => this.stateDone(), STATE_TIMEOUT_MS);
        const { values, meta } = encodeList(this.fields.value.map((_, i) => this.states[i] ?? null));
        const message = { id: this.renderId, inputGroupKey: this.key, kind: "SET_STATE" as const, values, valuesMeta: meta };
        this.respond(message).then(
            (taken) => taken || this.stateFailed(),
            () => this.stateFailed(),
        );
    }

    private stateFailed(): void {
        this.fields.value.forEach((field, i) => (field.waiting.value = this.unsent.has(i)));
        this.stateDone();
    }

    private stateDone(): void {
        clearTimeout(this.stateTimer);
        this.stateInFlight = this.unsent.size > 0;
        if (this.stateInFlight) {
            this.stateTimer = setTimeout(() => this.sendState(), SECOND_RENDER_MS);
        }
    }
}
