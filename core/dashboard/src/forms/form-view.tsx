// SPDX-License-Identifier: MIT
// Owns drawing an IO call as a form: components in order, messages, buttons, keyboard. Focus and scrolling are settle.ts.
import { useEffect, useRef } from "preact/hooks";
import type { Choice } from "../lib/wire";
import { Button, lookOf } from "../ui/button";
import { Icon } from "../ui/icon";
import type { Call } from "./call";
import { FieldView } from "./field-view";
import { settle, showFirstProblem } from "./settle";

interface FormProps {
    call: Call;
    current: boolean;
    /** The call before this one took input: move this one into view. */
    scrollTo?: boolean;
    /** Something covers the form (loading): no buttons. */
    covered?: boolean;
    /** Pages show no buttons. */
    noButtons?: boolean;
}

export const isApple = /Mac|iPhone|iPad/.test(navigator.platform);

/** Enter means "submit" to browsers; here only Ctrl+Enter does, from anywhere in the call. On a file input it opens the chooser. */
function keepEnter(event: KeyboardEvent): void {
    const target = event.target;
    const isField = target instanceof HTMLInputElement ? target.type !== "file" : target instanceof HTMLSelectElement;
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && isField) {
        event.preventDefault();
    }
}

function ButtonRow({ call }: { call: Call }) {
    const sending = call.submitting.value;
    return (
        <div class="form-buttons">
            {call.buttons.value.map((choice, i) => (
                <Button
                    key={choice.value}
                    type={i === 0 ? "submit" : "button"}
                    look={lookOf(choice.theme, i === 0 ? "primary" : "secondary")}
                    data-pw="continue-button"
                    disabled={sending !== null}
                    busy={sending === choice.label}
                    onClick={(event) => {
                        event.preventDefault();
                        call.submit(choice);
                    }}
                >
                    {choice.label}
                    {i === 0 && <kbd data-keyboard-shortcut>{isApple ? "⌘↵" : "Ctrl+Enter"}</kbd>}
                </Button>
            ))}
            {call.progress.value !== "" && (
                <span class="muted small" role="status">
                    {call.progress.value}…
                </span>
            )}
        </div>
    );
}

function FormMessages({ call }: { call: Call }) {
    const message = call.formMessage.value;
    return (
        <>
            {message !== null && (
                <div class="form-error" data-pw="form-error" role="alert">
                    <Icon name="alert" />
                    <p data-pw="field-error">{message}</p>
                </div>
            )}
            {call.sendFailed.value && (
                <div class="form-error" role="alert">
                    <Icon name="alert" />
                    <p>The answer could not be delivered. Nothing is lost: try again.</p>
                </div>
            )}
        </>
    );
}

export function FormView({ call, current, scrollTo: mayScroll, covered, noButtons }: FormProps) {
    const form = useRef<HTMLFormElement>(null);
    const buttons = call.buttons.value;
    const showsButtons = current && !covered && !noButtons && buttons.length > 0;
    useEffect(() => {
        if (!current || noButtons) {
            return undefined;
        }
        if (call.paged) {
            scrollTo({ top: 0 });
        }
        return settle(form.current!, mayScroll === true);
    }, [current]);
    useEffect(() => {
        if (call.attempts.value > 0 && form.current) {
            showFirstProblem(form.current);
        }
    }, [call.attempts.value]);
    useEffect(() => {
        if (!showsButtons) {
            return undefined;
        }
        const onKey = (event: KeyboardEvent) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && document.querySelector("dialog[open]") === null) {
                event.preventDefault();
                call.submit(call.buttons.peek()[0] as Choice);
            }
        };
        addEventListener("keydown", onKey);
        return () => removeEventListener("keydown", onKey);
    }, [showsButtons]);
    const past = !current && call.answeredWith.value !== null && !call.exclusive.value;
    return (
        <form
            ref={form}
            class="io-call"
            noValidate
            autocomplete="off"
            onSubmit={(event) => event.preventDefault()}
            onKeyDown={keepEnter}
        >
            {call.fields.value.map((field) => (
                <FieldView key={field.id} field={field} current={current} editable={current && call.submitting.value === null} />
            ))}
            <FormMessages call={call} />
            {showsButtons && <ButtonRow call={call} />}
            {past && (
                <p class="answered">
                    <Icon name="check" size={16} /> {call.answeredWith.value}
                </p>
            )}
        </form>
    );
}
