// SPDX-License-Identifier: MIT
// Owns the three progress displays, which only old SDKs send: steps, spinner, list.
import { defineMethod, type ViewProps } from "../forms/method";
import { any, boolean, type Infer, list, maybe, number, object, or, text } from "../forms/shape";
import { Icon } from "../ui/icon";
import { Spinner } from "../ui/spinner";

const stepsShape = object({
    steps: object({ completed: number, total: number }),
    currentStep: maybe(text),
    subTitle: maybe(text),
});
type Steps = Infer<typeof stepsShape>;

function StepsView({ label, props }: ViewProps<Steps>) {
    const { completed, total } = props.steps;
    return (
        <div class="progress-display">
            <h3>{label}</h3>
            {props.subTitle && <p class="muted">{props.subTitle}</p>}
            <p class="progress-line small">
                <span class="grow">{props.currentStep}</span>
                <span class="muted">
                    {completed}/{total}
                </span>
            </p>
            <progress class="progress" max={Math.max(total, 1)} value={completed} aria-label={label || "Progress"} />
        </div>
    );
}

function IndeterminateView({ label }: ViewProps<unknown>) {
    return (
        <div class="loading" role="status">
            <Spinner />
            <h3>{label}</h3>
        </div>
    );
}

const listShape = object({
    items: list(object({ label: text, isComplete: or(boolean, false), resultDescription: maybe(text) })),
});
type List = Infer<typeof listShape>;

function ItemMark({ state }: { state: "done" | "now" | "later" }) {
    if (state === "now") {
        return <Spinner small label="In progress" />;
    }
    return (
        <span class={`progress-mark progress-${state}`} role="img" aria-label={state === "done" ? "Done" : "Not started"}>
            {state === "done" ? <Icon name="check" size={16} /> : "–"}
        </span>
    );
}

/** At work is the first item after the last one that is done. */
function ListView({ label, props }: ViewProps<List>) {
    const now = props.items.map((item) => item.isComplete).lastIndexOf(true) + 1;
    return (
        <div class="progress-display">
            {label && <h3>{label}</h3>}
            <ul class="progress-list">
                {props.items.map((item, i) => (
                    <li key={i}>
                        <ItemMark state={item.isComplete ? "done" : i === now ? "now" : "later"} />
                        <span>
                            {item.label}
                            {item.resultDescription && <span class="muted small progress-result">{item.resultDescription}</span>}
                        </span>
                    </li>
                ))}
            </ul>
        </div>
    );
}

export const displayProgressSteps = defineMethod<Steps>({ shape: stepsShape, View: StepsView, display: true, immediate: true });
export const displayProgressIndeterminate = defineMethod<unknown>({ shape: any, View: IndeterminateView, display: true, immediate: true });
export const displayProgressList = defineMethod<List>({ shape: listShape, View: ListView, display: true });
