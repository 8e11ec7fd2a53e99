// SPDX-License-Identifier: MIT
// Owns what a method is to the form engine. Each method is one file in methods/; methods/registry.ts names them.
import type { ComponentType } from "preact";
import type { Field } from "./field";
import type { Shape } from "./shape";

export interface ViewProps<P> {
    field: Field;
    props: P;
    label: string;
    /** False for answered calls and while an answer is on its way. */
    editable: boolean;
    /** The call waits for this person now. */
    current: boolean;
    /** Ids of help and error texts, for aria-describedby. */
    describedBy: string | undefined;
    invalid: boolean;
}

export interface Method<P> {
    shape: Shape<P>;
    View: ComponentType<ViewProps<P>>;
    /** Display methods return null and never ask. */
    display?: boolean;
    /** A display that never waits to be seen, not even where others wait for Continue. */
    immediate?: boolean;
    /** Draws its own label, help and frame; the engine adds only the messages. */
    bare?: boolean;
    /** Answers by itself: no button row (CONFIRM). */
    exclusive?: boolean;
    /** Understands `isMultiple`: its value is then a list. */
    multiple?: boolean;
    /** Disables its controls itself, because some stay in use while an answer waits (stopping an upload). */
    ownDisabled?: boolean;
    /** "group": the label names a set of controls, not one input. */
    labelFor?: "group";
    /** First value; undefined = unset. */
    initial?(props: P, optional: boolean): unknown;
    /** What is wrong with a value that is set. */
    problem?(value: unknown, props: P): string | undefined;
    /** The rule in short, shown next to the label. */
    rule?(props: P): string | undefined;
    /** Id of the control the label points to, when it is not the field's own. */
    controlId?(fieldId: string): string;
}

export type AnyMethod = Method<unknown>;

/** Keeps the props type inside a method's file; the engine treats all alike. */
export function defineMethod<P>(method: Method<P>): AnyMethod {
    return method as AnyMethod;
}
