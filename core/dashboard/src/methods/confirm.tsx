// SPDX-License-Identifier: MIT
// Owns CONFIRM: an inline question with two buttons, replaced by the chosen word.
import { defineMethod, type ViewProps } from "../forms/method";
import { type Infer, maybe, object, text } from "../forms/shape";
import { Button } from "../ui/button";
import { Icon } from "../ui/icon";
import { Markdown } from "../ui/markdown";

const shape = object({ helpText: maybe(text) });
type Props = Infer<typeof shape>;

function View({ field, props, label, current }: ViewProps<Props>) {
    const { call } = field;
    const chosen = call.answeredWith.value ?? null;
    const sending = call.submitting.value;
    const asks = current && chosen === null;
    return (
        <div class={`confirm ${asks ? "" : "confirm-done"}`} data-io-confirm role="group" aria-labelledby={field.id}>
            <span class="confirm-icon">
                <Icon name={asks || chosen === null ? "info" : chosen === "Confirm" ? "check" : "close"} size={20} />
            </span>
            <div class="confirm-body">
                <h3 id={field.id}>{label}</h3>
                {asks && props.helpText && <Markdown text={props.helpText} />}
                {asks ? (
                    <div class="row">
                        <Button
                            look="primary"
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
                ) : (
                    chosen !== null && <p class="muted">{chosen === "Confirm" ? "Confirmed" : "Canceled"}</p>
                )}
            </div>
        </div>
    );
}

export const confirm = defineMethod<Props>({ shape, View, bare: true, exclusive: true });
