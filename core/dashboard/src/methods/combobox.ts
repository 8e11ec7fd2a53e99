// SPDX-License-Identifier: MIT
// Owns how a text box with a list under it behaves: opening, closing, keys. Its look and its options are the caller's.
import { type Signal, useSignal } from "@preact/signals";
import { type RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";

interface ComboboxProps<T> {
    query: Signal<string>;
    /** What the list shows now. */
    shown: T[];
    usable: boolean;
    /** Index of the option that is focused when the list opens. */
    first?(): number;
    /** Tab takes the focused option along. */
    tabChooses: boolean;
    choose(option: T): void;
    /** Backspace in an empty box. */
    erase(): void;
}

export interface Combobox {
    open: Signal<boolean>;
    focused: Signal<number>;
    frame: RefObject<HTMLDivElement | null>;
    input: RefObject<HTMLInputElement | null>;
    close(): void;
    type(text: string): void;
    onClick(): void;
    onKeyDown(event: KeyboardEvent): void;
    onFocusOut(event: FocusEvent): void;
}

const STEPS: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };

export function useCombobox<T>({ query, shown, usable, first, tabChooses, choose, erase }: ComboboxProps<T>): Combobox {
    const open = useSignal(false);
    const focused = useSignal(0);
    const frame = useRef<HTMLDivElement>(null);
    const input = useRef<HTMLInputElement>(null);

    const close = () => {
        open.value = false;
        query.value = "";
    };
    const show = () => {
        if (usable && !open.value) {
            open.value = true;
            focused.value = first?.() ?? 0;
        }
    };
    const onKeyDown = (event: KeyboardEvent) => {
        const step = STEPS[event.key];
        const option = shown[focused.value];
        const chooses = event.key === "Enter" || (event.key === "Tab" && tabChooses);
        if (step !== undefined) {
            event.preventDefault();
            if (!open.value) {
                show();
            } else if (shown.length > 0) {
                focused.value = (focused.value + step + shown.length) % shown.length;
            }
        } else if (chooses && open.value && option !== undefined && !event.ctrlKey && !event.metaKey) {
            choose(option);
        } else if (event.key === "Escape" && open.value) {
            event.stopPropagation();
            close();
        } else if ((event.key === "Backspace" || event.key === "Delete") && query.value === "" && usable) {
            erase();
        }
    };
    useEffect(() => {
        if (!open.value) {
            return undefined;
        }
        const onOutside = (event: Event) => {
            if (!frame.current?.contains(event.target as Node)) {
                close();
            }
        };
        document.addEventListener("pointerdown", onOutside);
        return () => document.removeEventListener("pointerdown", onOutside);
    }, [open.value]);
    return {
        open,
        focused,
        frame,
        input,
        close,
        onKeyDown,
        type: (text) => {
            query.value = text;
            focused.value = 0;
            open.value = true;
        },
        onClick: () => {
            input.current?.focus();
            show();
        },
        onFocusOut: (event) => {
            if (!frame.current?.contains(event.relatedTarget as Node)) {
                close();
            }
        },
    };
}
