// SPDX-License-Identifier: MIT
// Owns modal dialogs on the native element, and `ask`, which shows a question and resolves with the answer.
import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Button } from "./button";

interface DialogProps {
    label: string;
    onClose(): void;
    /** False: Escape does nothing. */
    dismissible?: boolean;
    class?: string;
    children: ComponentChildren;
}

export function Dialog({ label, onClose, dismissible = true, class: extra = "", children }: DialogProps) {
    const ref = useRef<HTMLDialogElement>(null);
    useEffect(() => {
        const dialog = ref.current!;
        dialog.showModal();
        return () => dialog.close();
    }, []);
    return (
        <div data-iv-dialog>
            <dialog
                ref={ref}
                class={`dialog ${extra}`}
                aria-label={label}
                onCancel={(event) => {
                    event.preventDefault();
                    if (dismissible) {
                        onClose();
                    }
                }}
                onClick={(event) => {
                    if (dismissible && event.target === ref.current) {
                        onClose();
                    }
                }}
            >
                <div class="dialog-body">{children}</div>
            </dialog>
        </div>
    );
}

interface Question {
    title: string;
    text: string;
    confirm: string;
    danger: boolean;
    resolve(answer: boolean): void;
}

const question = signal<Question | null>(null);

export function ask(title: string, text: string, confirm: string, danger = false): Promise<boolean> {
    return new Promise((resolve) => {
        question.value = { title, text, confirm, danger, resolve };
    });
}

/** Draws what `ask` asks; mounted once. */
export function QuestionHost() {
    const now = question.value;
    if (now === null) {
        return null;
    }
    const answer = (value: boolean) => {
        question.value = null;
        now.resolve(value);
    };
    return (
        <Dialog label={now.title} onClose={() => answer(false)}>
            <h2>{now.title}</h2>
            <p>{now.text}</p>
            <div class="row row-end">
                <Button onClick={() => answer(false)}>Cancel</Button>
                <Button look={now.danger ? "danger" : "primary"} onClick={() => answer(true)}>
                    {now.confirm}
                </Button>
            </div>
        </Dialog>
    );
}
