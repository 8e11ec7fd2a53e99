// SPDX-License-Identifier: MIT
// Owns the text box for a date, with its ghost pattern, and the calendar that opens below it.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { type DateParts, dateText, parseDate } from "../lib/time";
import { Icon } from "../ui/icon";
import { Calendar } from "./calendar";

const PATTERN = "MM/DD/YYYY";
const OPEN_MS = 100;

interface DateBoxProps {
    id: string;
    value: DateParts | undefined;
    min?: DateParts;
    max?: DateParts;
    disabled: boolean;
    describedBy?: string;
    invalid: boolean;
    required: boolean;
    /** undefined: empty or not a date yet; `typed` tells which. */
    onChange(value: DateParts | undefined, typed: string): void;
}

/** Month and day alone mean this year. */
function withYear(text: string): DateParts | null {
    return /^\d{1,2}\/\d{1,2}\/?$/.test(text) ? parseDate(`${text.replace(/\/$/, "")}/${new Date().getFullYear()}`) : parseDate(text);
}

export function DateBox({ id, value, min, max, disabled, describedBy, invalid, required, onChange }: DateBoxProps) {
    const typed = useSignal(value ? dateText(value) : "");
    const open = useSignal(false);
    const frame = useRef<HTMLDivElement>(null);
    const input = useRef<HTMLInputElement>(null);
    const opening = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

    const type = (text: string) => {
        typed.value = text.replace(/[^\d/]/g, "").slice(0, PATTERN.length);
        input.current!.value = typed.value;
        open.value = true;
        onChange(parseDate(typed.value) ?? undefined, typed.value);
    };
    const pick = (date: DateParts | null) => {
        typed.value = date ? dateText(date) : "";
        onChange(date ?? undefined, typed.value);
    };
    const close = () => {
        clearTimeout(opening.current);
        open.value = false;
    };
    const leave = (event: FocusEvent) => {
        if (!frame.current?.contains(event.relatedTarget as Node | null)) {
            close();
            const date = parseDate(typed.value);
            if ((date ? dateText(date) : "") !== typed.value) {
                pick(date);
            }
        }
    };
    const openSoon = () => {
        clearTimeout(opening.current);
        opening.current = setTimeout(() => (open.value = true), OPEN_MS);
    };
    const onKeyDown = (event: KeyboardEvent) => {
        if (event.key === "Enter" && open.value && !event.ctrlKey && !event.metaKey) {
            const full = withYear(typed.value);
            if (full) {
                pick(full);
            }
            close();
        } else if (event.key === "Escape") {
            if (open.value) {
                event.stopPropagation();
            }
            close(); // also what is about to open
        } else if (event.key === "ArrowDown" && event.altKey) {
            open.value = true;
        }
    };
    useEffect(() => () => clearTimeout(opening.current), []);

    return (
        <div class="date-box" ref={frame} onFocusOut={leave}>
            <div class="date-text">
                <span class="ghost" aria-hidden="true">
                    <span>{typed.value}</span>
                    {PATTERN.slice(typed.value.length)}
                </span>
                <input
                    ref={input}
                    id={id}
                    type="text"
                    inputMode="numeric"
                    autocomplete="off"
                    maxLength={PATTERN.length}
                    value={typed.value}
                    disabled={disabled}
                    aria-describedby={describedBy}
                    aria-invalid={invalid || undefined}
                    aria-required={required || undefined}
                    data-autofocus-target
                    onInput={(event) => type(event.currentTarget.value)}
                    onFocus={openSoon}
                    onKeyDown={onKeyDown}
                />
            </div>
            {typed.value !== "" && !disabled && (
                <button type="button" class="select-button" aria-label="Clear date" onClick={() => pick(null)}>
                    <Icon name="close" size={15} />
                </button>
            )}
            <button
                type="button"
                class="select-button"
                aria-label="Choose a date"
                aria-expanded={open.value}
                disabled={disabled}
                onClick={() => {
                    clearTimeout(opening.current);
                    open.value = !open.value;
                }}
            >
                <Icon name="calendar" size={17} />
            </button>
            {open.value && (
                <Calendar
                    value={parseDate(typed.value) ?? undefined}
                    min={min}
                    max={max}
                    onPick={(date) => {
                        pick(date);
                        close();
                    }}
                    onEscape={() => {
                        close();
                        input.current?.focus();
                        clearTimeout(opening.current);
                    }}
                />
            )}
        </div>
    );
}
