// SPDX-License-Identifier: MIT
// Owns one recorded step: the form as it was asked, with what was answered, read-only.
import { useMemo } from "preact/hooks";
import { Call } from "../forms/call";
import { FormView } from "../forms/form-view";
import { formatDuration } from "../lib/format";
import { decode } from "../lib/rich";
import type { Step } from "../lib/wire";

/** Nobody listens to a recorded form. */
const nobody = () => Promise.resolve(false);

function recordedCall({ render, response }: Step): Call | null {
    if (render === null) {
        return null;
    }
    const call = new Call(render, nobody);
    const values = response === null ? [] : (decode(response.values, response.valuesMeta) as unknown[]);
    // The last answer was taken; what was wrong with one before it no longer is.
    const passed = response?.kind === "RETURN";
    if (passed) {
        call.formMessage.value = null;
    }
    call.fields.value.forEach((field, i) => {
        const value = values[i];
        if (passed) {
            field.hostMessage.value = null;
        }
        if (response !== null && field.interactive) {
            field.value.value = value === undefined || value === null ? { kind: "unset" } : { kind: "set", value };
        }
    });
    if (response !== null) {
        const confirmed = call.exclusive.value ? (values[0] === true ? "Confirm" : "Cancel") : null;
        const pressed = call.buttons.value.find((button) => button.value === response.choice)?.label;
        call.answeredWith.value = response.kind === "CANCELED" ? "Canceled" : (confirmed ?? pressed ?? response.choice ?? null);
    }
    return call;
}

export function StepView({ step }: { step: Step }) {
    const call = useMemo(() => recordedCall(step), [step]);
    const { renderedAt, answeredAt } = step;
    return (
        <li class="history-step">
            {call === null ? <p class="muted">What was shown here has not been kept.</p> : <FormView call={call} current={false} />}
            {renderedAt !== null && answeredAt !== null && (
                <p class="muted small">Answered after {formatDuration(answeredAt - renderedAt)}</p>
            )}
        </li>
    );
}
