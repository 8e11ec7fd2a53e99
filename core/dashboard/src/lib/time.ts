// SPDX-License-Identifier: MIT
// Owns date objects without a time zone (io-methods 7.7): parsing, comparing, wording. Widgets are in methods/.

export interface DateParts {
    year: number;
    month: number;
    day: number;
}
export interface TimeParts {
    hour: number;
    minute: number;
}
export type Moment = Partial<DateParts> & Partial<TimeParts>;

const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/** A Date, or a text that is exactly what toISOString gives (older SDKs send those). */
export function toDate(value: unknown): Date | null {
    if (value instanceof Date) {
        return Number.isNaN(value.getTime()) ? null : value;
    }
    return typeof value === "string" && ISO.test(value) ? new Date(value) : null;
}

export function isRealDate({ year, month, day }: DateParts): boolean {
    const date = new Date(2000, 0, 1);
    date.setFullYear(year, month - 1, day);
    return date.getFullYear() === year && date.getMonth() === month - 1 && date.getDate() === day;
}

/** Reads `M/D/YYYY`; null when it is not a date of the calendar. */
export function parseDate(text: string): DateParts | null {
    const match = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text.trim());
    if (match === null) {
        return null;
    }
    const parts = { month: Number(match[1]), day: Number(match[2]), year: Number(match[3]) };
    return isRealDate(parts) ? parts : null;
}

const two = (n: number) => String(n).padStart(2, "0");

export const dateText = ({ year, month, day }: DateParts) => `${two(month)}/${two(day)}/${String(year).padStart(4, "0")}`;

export function hasDate(moment: Moment | null | undefined): moment is DateParts & Partial<TimeParts> {
    return moment?.year !== undefined && moment.month !== undefined && moment.day !== undefined;
}

export function hasTime(moment: Moment | null | undefined): moment is TimeParts & Partial<DateParts> {
    return moment?.hour !== undefined && moment.minute !== undefined;
}

/** Orders two moments by the parts they have; missing parts count as zero. */
export function compareMoments(a: Moment, b: Moment): number {
    const keys = ["year", "month", "day", "hour", "minute"] as const;
    for (const key of keys) {
        const difference = (a[key] ?? 0) - (b[key] ?? 0);
        if (difference !== 0) {
            return difference;
        }
    }
    return 0;
}

const longDate = new Intl.DateTimeFormat("en-US", { year: "numeric", month: "long", day: "numeric" });
const shortTime = new Intl.DateTimeFormat("en-US", { hour: "numeric", minute: "2-digit" });
const medium = new Intl.DateTimeFormat("en-US", {
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "numeric",
    minute: "2-digit",
});

function localDate(moment: Moment): Date {
    const date = new Date(2000, 0, 1, moment.hour ?? 0, moment.minute ?? 0);
    date.setFullYear(moment.year ?? 2000, (moment.month ?? 1) - 1, moment.day ?? 1);
    return date;
}

/** "January 1, 2000", "8:30 AM" or "Jan 1, 2000, 7:30 AM", whichever parts are there. */
export function momentText(moment: Moment): string {
    const format = hasDate(moment) ? (hasTime(moment) ? medium : longDate) : shortTime;
    return format.format(localDate(moment)).replace(/[\u202f\u00a0]/g, " ");
}

/** What is wrong with a moment outside [min, max], or undefined. */
export function rangeMessage(noun: "date" | "time", value: Moment, min?: Moment | null, max?: Moment | null): string | undefined {
    const low = min && compareMoments(value, min) < 0;
    const high = max && compareMoments(value, max) > 0;
    if (!low && !high) {
        return undefined;
    }
    if (min && max) {
        return `Please enter a ${noun} between ${momentText(min)} and ${momentText(max)}.`;
    }
    return min
        ? `Please enter a ${noun} later than or equal to ${momentText(min)}.`
        : `Please enter a ${noun} earlier than or equal to ${momentText(max!)}.`;
}
