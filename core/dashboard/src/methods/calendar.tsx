// SPDX-License-Identifier: MIT
// Owns the month grid of a date box. Class flatpickr-day is an automation hook.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { compareMoments, type DateParts, momentText } from "../lib/time";
import { IconButton } from "../ui/button";

interface CalendarProps {
    value: DateParts | undefined;
    min?: DateParts;
    max?: DateParts;
    onPick(date: DateParts): void;
    onEscape(): void;
}

const WEEKDAYS = ["Su", "Mo", "Tu", "We", "Th", "Fr", "Sa"];
const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
const monthName = new Intl.DateTimeFormat("en-US", { month: "long", year: "numeric" });

function today(): DateParts {
    const now = new Date();
    return { year: now.getFullYear(), month: now.getMonth() + 1, day: now.getDate() };
}

function shift({ year, month, day }: DateParts, days: number): DateParts {
    const date = new Date(year, month - 1, day + days);
    return { year: date.getFullYear(), month: date.getMonth() + 1, day: date.getDate() };
}

function clamp(date: DateParts, min?: DateParts, max?: DateParts): DateParts {
    if (max && compareMoments(date, max) > 0) {
        return max;
    }
    return min && compareMoments(date, min) < 0 ? min : date;
}

export function Calendar({ value, min, max, onPick, onEscape }: CalendarProps) {
    const shown = useSignal(value ?? clamp(today(), min, max));
    const frame = useRef<HTMLDivElement>(null);
    const grid = useRef<HTMLDivElement>(null);
    useEffect(() => frame.current?.scrollIntoView({ block: "nearest" }), []);
    const { year, month } = shown.value;
    const count = new Date(year, month, 0).getDate();
    const blanks = new Date(year, month - 1, 1).getDay();
    const now = today();
    const turn = (months: number) => {
        const date = new Date(year, month - 1 + months, 1);
        shown.value = { year: date.getFullYear(), month: date.getMonth() + 1, day: 1 };
    };
    const onKeyDown = (event: KeyboardEvent) => {
        const step = STEPS[event.key];
        const day = (event.target as HTMLElement).dataset.day;
        if (event.key === "Escape") {
            event.stopPropagation();
            onEscape();
        } else if (step !== undefined && day !== undefined) {
            event.preventDefault();
            shown.value = shift({ year, month, day: Number(day) }, step);
            requestAnimationFrame(() => grid.current?.querySelector<HTMLElement>(`[data-day="${shown.value.day}"]`)?.focus());
        }
    };
    return (
        <div class="calendar" ref={frame} onKeyDown={onKeyDown} onPointerDown={(event) => event.preventDefault()}>
            <div class="calendar-head">
                <IconButton icon="chevronLeft" label="Previous month" onClick={() => turn(-1)} />
                <button type="button" class="text-button" title="Go to today" onClick={() => (shown.value = today())}>
                    {monthName.format(new Date(year, month - 1, 1))}
                </button>
                <IconButton icon="chevronRight" label="Next month" onClick={() => turn(1)} />
                <label>
                    <span class="visually-hidden">Year</span>
                    <input
                        type="number"
                        class="calendar-year"
                        value={year}
                        onPointerDown={(event) => event.stopPropagation()}
                        onChange={(event) => (shown.value = { ...shown.value, year: event.currentTarget.valueAsNumber || year })}
                    />
                </label>
            </div>
            <div class="calendar-grid" ref={grid}>
                {WEEKDAYS.map((day) => (
                    <span key={day} class="calendar-weekday" aria-hidden="true">
                        {day}
                    </span>
                ))}
                {Array.from({ length: blanks }, (_, i) => (
                    <span key={`blank-${i}`} />
                ))}
                {Array.from({ length: count }, (_, i) => {
                    const date = { year, month, day: i + 1 };
                    const isChosen = value !== undefined && compareMoments(value, date) === 0;
                    const outside = (min && compareMoments(date, min) < 0) || (max && compareMoments(date, max) > 0);
                    return (
                        <button
                            key={i}
                            type="button"
                            class="flatpickr-day"
                            data-day={i + 1}
                            disabled={Boolean(outside)}
                            aria-label={momentText(date)}
                            aria-pressed={isChosen}
                            aria-current={compareMoments(date, now) === 0 ? "date" : undefined}
                            tabIndex={isChosen || (!value && i === 0) ? 0 : -1}
                            onClick={() => onPick(date)}
                        >
                            {i + 1}
                        </button>
                    );
                })}
            </div>
        </div>
    );
}
