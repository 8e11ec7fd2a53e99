// SPDX-License-Identifier: MIT
// Owns how numbers, instants and names become text (US English, local time zone). Dates without a time zone are in time.ts.
import { toDate } from "./time";

const mediumDate = new Intl.DateTimeFormat("en-US", {
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "numeric",
    minute: "2-digit",
});
const exact = new Intl.DateTimeFormat("en-US", {
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "numeric",
    minute: "2-digit",
    second: "2-digit",
    fractionalSecondDigits: 3,
    timeZoneName: "short",
});
const clock = new Intl.DateTimeFormat("en-US", { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
const grouped = new Intl.NumberFormat("en-US", { maximumFractionDigits: 20 });
const relative = new Intl.RelativeTimeFormat("en-US", { numeric: "auto" });

const SECOND = 1000;
const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
    ["day", 86_400 * SECOND],
    ["hour", 3600 * SECOND],
    ["minute", 60 * SECOND],
    ["second", SECOND],
];

/** Narrow no-break spaces of newer ICU versions would break text comparisons. */
function plainSpaces(text: string): string {
    return text.replace(/[\u202f\u00a0]/g, " ");
}

export const formatInstant = (at: Date | number) => plainSpaces(mediumDate.format(at));
/** To the millisecond: for what is pointed at. */
export const formatExact = (at: number) => plainSpaces(exact.format(at));
export const formatClock = (at: number) => clock.format(at);
export const formatNumber = (value: number) => (Number.isFinite(value) ? grouped.format(value) : String(value));

export function formatAgo(at: number, now = Date.now()): string {
    const past = at - now;
    if (Math.abs(past) > 7 * 86_400 * SECOND) {
        return formatInstant(at);
    }
    for (const [unit, size] of STEPS) {
        if (Math.abs(past) >= size) {
            return relative.format(Math.round(past / size), unit);
        }
    }
    return "just now";
}

export function formatBytes(count: number): string {
    const units = ["B", "kB", "MB", "GB"];
    const step = count < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(count) / 3));
    return `${(count / 1000 ** step).toFixed(step === 0 ? 0 : 1)} ${units[step]}`;
}

/** "4.2 ms", "33 s", "1 min 30 s", "2 h", "3 d 4 h": two units at most, and none that is 0. */
export function formatDuration(ms: number): string {
    if (ms < 9950) {
        return ms < 1000 ? `${Math.max(0, Math.round(ms))} ms` : `${Number((ms / 1000).toFixed(1))} s`;
    }
    const seconds = Math.round(ms / 1000);
    const [days, hours, minutes] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60];
    const parts: [number, string][] = days > 0 ? [[days, "d"], [hours, "h"]] : hours > 0 ? [[hours, "h"], [minutes, "min"]] : [[minutes, "min"], [seconds % 60, "s"]];
    return parts
        .filter(([count]) => count > 0)
        .map(([count, unit]) => `${count} ${unit}`)
        .join(" ");
}

/** "340 µs", "4.2 ms"; what is longer as any duration. */
export function formatMicros(us: number): string {
    if (us < 1000) {
        return `${Math.round(us)} µs`;
    }
    return us < 9950 ? `${(us / 1000).toFixed(1)} ms` : formatDuration(us / 1000);
}

export function personName(person: { email: string; firstName: string | null; lastName: string | null } | null): string {
    const name = [person?.firstName, person?.lastName].filter(Boolean).join(" ");
    return name || person?.email || "Nobody";
}

/** The text of a scalar as people read it: option labels, select values, scalar results. */
export function scalarText(value: unknown): string {
    const date = toDate(value);
    if (date !== null) {
        return formatInstant(date);
    }
    switch (typeof value) {
        case "string":
            return value;
        case "number":
            return formatNumber(value);
        case "bigint":
            return `${value}n`;
        case "boolean":
            return String(value);
        default:
            return value === null || value === undefined ? "" : jsonText(value);
    }
}

function plain(_key: string, value: unknown): unknown {
    if (typeof value === "bigint") {
        return `${value}n`;
    }
    if (value instanceof Map) {
        return Object.fromEntries(value);
    }
    return value instanceof Set ? [...value] : value;
}

export const jsonText = (value: unknown) => JSON.stringify(value, plain, 2) ?? "";

const STATUS: Record<string, string> = {
    PENDING: "Starting",
    RUNNING: "Running",
    AWAITING_INPUT: "Requires input",
    HOST_CONNECTION_DROPPED: "Connection lost",
    CLIENT_CONNECTION_DROPPED: "Closed",
    SUCCESS: "Completed",
    FAILURE: "Error",
    CANCELED: "Canceled",
    REDIRECTED: "Redirected",
};

/** The word for a run: its result if there is one, else where it stands. */
export function statusWord(status: string, resultStatus: string | null): string {
    const key = resultStatus ?? status;
    const word = STATUS[key] ?? key.toLowerCase().replace(/_/g, " ");
    return word.charAt(0).toUpperCase() + word.slice(1);
}

export function plural(count: number, one: string, many = `${one}s`): string {
    return `${formatNumber(count)} ${count === 1 ? one : many}`;
}
