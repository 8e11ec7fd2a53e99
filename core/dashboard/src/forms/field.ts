// SPDX-License-Identifier: MIT
// Owns one component of an IO call: its decoded props, its value, its messages. Drawing is field-view.tsx.
import { batch, computed, signal } from "@preact/signals";
import { methods } from "../methods/registry";
import { decode } from "../lib/rich";
import type { WireComponent } from "../lib/wire";
import type { Call } from "./call";
import type { AnyMethod } from "./method";
import { check } from "./shape";

export type FieldValue =
    | { kind: "unset" }
    | { kind: "set"; value: unknown }
    | { kind: "bad"; message: string }
    /** The value is being made (an upload): `wait` ends when it is set, or fails when it will not be. */
    | { kind: "pending"; words: string; wait(): Promise<void> };

export const REQUIRED = "This field is required.";

export class Field {
    readonly id: string;
    readonly method: AnyMethod | undefined;
    readonly props = signal<unknown>({});
    readonly propProblems = signal<string[]>([]);
    readonly label = signal("");
    readonly optional = signal(false);
    readonly multiple = signal(false);
    readonly value = signal<FieldValue>({ kind: "unset" });
    readonly hostMessage = signal<string | null>(null);
    /** Grows with each render that concerns this field: answers to SET_STATE are recognised by it. */
    readonly renders = signal(0);
    /** True from SET_STATE until the next render. */
    readonly waiting = signal(false);
    stateful = false;
    private lastHostMessage: string | null = null;

    /** What is wrong now, whether or not it shows yet. */
    readonly problem = computed<string | undefined>(() => {
        const now = this.value.value;
        if (!this.interactive) {
            return undefined;
        }
        if (now.kind === "bad") {
            return now.message;
        }
        if (now.kind === "unset") {
            return this.optional.value ? undefined : REQUIRED;
        }
        if (now.kind === "pending") {
            return undefined;
        }
        return this.method?.problem?.(now.value, this.props.value);
    });

    readonly message = computed<string | undefined>(
        () => this.hostMessage.value ?? (this.call.showProblems.value ? this.problem.value : undefined),
    );

    constructor(
        readonly call: Call,
        readonly index: number,
        readonly methodName: string,
        wire: WireComponent,
    ) {
        this.id = `${methodName}-${index}-${call.key}`;
        this.method = methods[methodName];
        this.update(wire, true);
        const first = this.propProblems.value.length === 0 ? this.firstValue(wire) : undefined;
        if (first !== undefined) {
            this.value.value = { kind: "set", value: first };
        }
    }

    private firstValue(wire: WireComponent): unknown {
        if (!this.multiple.value) {
            return this.method?.initial?.(this.props.value, this.optional.value);
        }
        const defaults = wire.multipleProps?.defaultValue ?? [];
        return this.method?.multiple && defaults.length > 0 ? defaults : defaults[0];
    }

    get interactive(): boolean {
        return this.method !== undefined && !this.method.display && this.propProblems.value.length === 0;
    }

    /** `answered`: this render answers a RETURN, so its message is news even if the text is the old one. */
    update(wire: WireComponent, answered: boolean): void {
        batch(() => {
            this.label.value = wire.label ?? "";
            this.optional.value = wire.isOptional === true;
            this.multiple.value = wire.isMultiple === true;
            this.stateful = wire.isStateful === true;
            if (this.method !== undefined) {
                const checked = check(this.method.shape, decode(wire.props ?? {}, wire.propsMeta) ?? {});
                this.props.value = checked.value;
                this.propProblems.value = checked.problems;
            }
            const message = wire.validationErrorMessage ?? null;
            if (answered || message !== this.lastHostMessage) {
                this.hostMessage.value = message;
            }
            this.lastHostMessage = message;
            this.waiting.value = false;
            this.renders.value++;
        });
    }

    set(value: unknown): void {
        this.change(value === undefined ? { kind: "unset" } : { kind: "set", value });
    }

    /** The control holds something that is no value, for example letters in a number field. */
    setBad(message: string): void {
        this.change({ kind: "bad", message });
    }

    setPending(words: string, wait: () => Promise<void>): void {
        this.change({ kind: "pending", words, wait });
    }

    private change(value: FieldValue): void {
        batch(() => {
            this.value.value = value;
            this.hostMessage.value = null;
            this.call.touched.value = true;
        });
    }

    /** Sends component state (search text, table position) to the host. */
    setState(state: unknown): void {
        this.waiting.value = true;
        this.call.setState(this.index, state);
    }

    /** What RETURN carries for this field; undefined for a skipped one. */
    answer(): unknown {
        if (!this.interactive) {
            return null;
        }
        const value = this.current();
        return this.multiple.value && !this.method?.multiple && value !== undefined ? [value] : value;
    }

    current<T>(): T | undefined {
        const now = this.value.value;
        return now.kind === "set" ? (now.value as T) : undefined;
    }
}
