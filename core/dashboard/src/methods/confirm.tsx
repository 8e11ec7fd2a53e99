// SPDX-License-Identifier: MIT
// Owns CONFIRM: an inline question with two buttons, replaced by the chosen word; in the paged way a dialog.
import type { Field } from "../forms/field";
import { defineMethod, type ViewProps } from "../forms/method";
import { theme as themeShape } from "../forms/shared-shapes";
import { type Infer, maybe, object, text } from "../forms/shape";
import { Button, lookOf } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { Icon } from "../ui/icon";
import { Markdown } from "../ui/markdown";

// theme is ours: the look of the button that says yes.
const shape = object({ helpText: maybe(text), theme: maybe(themeShape) });
type Props = Infer<typeof shape>;

function Buttons({ field, theme }: { field: Field; theme: Props["theme"] }) {
    const { call } = field;
    const sending = call.submitting.value;
    return (
        <div class="row">
            <Button
                look={lookOf(theme, "primary")}
                autofocus={call.paged}
                data-autofocus-target
                disabled={sending !== null}
                busy={sending === "Confirm"}
                onClick={() => call.answer("Confirm", true)}
            >
                Confirm
            </Button>
            <Button disabled={sending !== null} busy={sending === "Cancel"} onClick={() => call.answer("Cancel", false)}>
                Cancel
            </Button>
        </div>
    );
}

/** The paged way: over the page, and nothing but an answer closes it. */
function Modal({ field, props, label }: ViewProps<Props>) {
    return (
        <Dialog label={label} dismissible={false} onClose={() => undefined}>
            <div class="stack" data-io-confirm>
                <h2>{label}</h2>
                {props.helpText && <Markdown text={props.helpText} />}
                <Buttons field={field} theme={props.theme} />
            </div>
        </Dialog>
    );
}

function View(view: ViewProps<Props>) {
    const { field, props, label, current } = view;
    const chosen = field.call.answeredWith.value ?? null;
    const asks = current && chosen === null;
    if (field.call.paged) {
        return asks ? <Modal {...view} /> : null;
    }
    return (
        <div class={`confirm ${asks ? "" : "confirm-done"}`} data-io-confirm role="group" aria-labelledby={field.id}>
            <span class="confirm-icon">
                <Icon name={asks || chosen === null ? "info" : chosen === "Confirm" ? "check" : "close"} size={20} />
            </span>
            <div class="confirm-body">
                <h3 id={field.id}>{label}</h3>
                {asks && props.helpText && <Markdown text={props.helpText} />}
                {asks ? <Buttons field={field} theme={props.theme} /> : chosen !== null && <p class="muted">{chosen === "Confirm" ? "Confirmed" : "Canceled"}</p>}
            </div>
        </div>
    );
}

export const confirm = defineMethod<Props>({ shape, View, bare: true, exclusive: true });
