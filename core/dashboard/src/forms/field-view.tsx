// SPDX-License-Identifier: MIT
// Owns the frame of a component: label, rule, control, help, message; and the boxes for what cannot be drawn.
import { Component, type ComponentChildren } from "preact";
import { Notice } from "../ui/notice";
import { Markdown } from "../ui/markdown";
import { Tooltip } from "../ui/tooltip";
import type { Field } from "./field";

interface FrameProps {
    field: Field;
    editable: boolean;
    current: boolean;
}

/** A method that fails to draw must not take the other components with it. */
class DrawGuard extends Component<{ label: string; children: ComponentChildren }, { error: string | null }> {
    override state = { error: null };

    static override getDerivedStateFromError(error: unknown) {
        return { error: error instanceof Error ? error.message : String(error) };
    }

    override render() {
        return this.state.error === null ? (
            this.props.children
        ) : (
            <Notice tone="danger" title={`${this.props.label || "This component"} could not be drawn`} role="alert">
                <p>{this.state.error}</p>
            </Notice>
        );
    }
}

function PropProblems({ field }: { field: Field }) {
    return (
        <Notice tone="danger" title={field.label.value || field.methodName} role="alert">
            <p>The route sent values that {field.methodName} does not accept:</p>
            <ul class="bullets">
                {field.propProblems.value.map((line) => (
                    <li key={line}>
                        <code>{line}</code>
                    </li>
                ))}
            </ul>
            <p>Correct them in the code of the route; the rest of this form still works.</p>
        </Notice>
    );
}

function Message({ field }: { field: Field }) {
    const message = field.message.value;
    return message === undefined ? null : (
        <p class="field-error" data-pw="field-error" id={`${field.id}-error`} role="alert">
            {message}
        </p>
    );
}

/** A label reaches inputs by itself; other controls (a text editor) have to be told. */
function focusControl(id: string): void {
    const control = document.getElementById(id);
    if (control?.isContentEditable) {
        control.focus();
    }
}

export function FieldView({ field, editable, current }: FrameProps) {
    const method = field.method;
    if (method === undefined) {
        return (
            <Notice tone="danger" title={field.label.value || undefined} role="alert">
                <p>
                    This dashboard does not know how to draw <code>{field.methodName}</code>. The rest of this form still works.
                </p>
            </Notice>
        );
    }
    if (field.propProblems.value.length > 0) {
        return <PropProblems field={field} />;
    }
    const props = field.props.value as { helpText?: string };
    const message = field.message.value;
    const help = props.helpText;
    const describedBy = [help && `${field.id}-description`, message !== undefined && `${field.id}-error`].filter(Boolean).join(" ");
    const view = (
        <DrawGuard label={field.label.value}>
            <method.View
                field={field}
                props={props}
                label={field.label.value}
                editable={editable}
                current={current}
                describedBy={describedBy || undefined}
                invalid={message !== undefined}
            />
        </DrawGuard>
    );
    if (method.display) {
        return <div class="display">{view}</div>;
    }
    const frameClass = `field ${message !== undefined ? "has-error" : ""}`;
    if (method.bare) {
        return (
            <div class={frameClass} data-pw="field">
                {view}
                <Message field={field} />
            </div>
        );
    }
    const rule = method.rule?.(props);
    const group = method.labelFor === "group";
    const controlId = method.controlId?.(field.id) ?? field.id;
    const title = (
        <>
            {field.label.value}
            {field.optional.value && <span class="field-optional"> (optional)</span>}
        </>
    );
    return (
        <fieldset class={frameClass} data-pw="field" disabled={!editable && !method.ownDisabled} aria-describedby={group ? describedBy || undefined : undefined}>
            {group ? (
                <legend class="field-label">
                    {title} {rule && <Tooltip text={rule} />}
                </legend>
            ) : (
                <div class="field-label">
                    <label id={`${field.id}-label`} for={controlId} onClick={() => focusControl(controlId)}>
                        {title}
                    </label>
                    {rule && <Tooltip text={rule} />}
                </div>
            )}
            {view}
            {help && (
                <div class="field-help" id={`${field.id}-description`}>
                    <Markdown text={help} limited />
                </div>
            )}
            <Message field={field} />
        </fieldset>
    );
}
