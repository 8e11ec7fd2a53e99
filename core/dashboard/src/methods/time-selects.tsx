// SPDX-License-Identifier: MIT
// Owns the three selects for a time of day: hour, minute, am/pm.
import { useSignal } from "@preact/signals";
import type { TimeParts } from "../lib/time";

interface TimeProps {
    /** Id of the hour select; minute and am/pm add a suffix. */
    id: string;
    value: Partial<TimeParts> | undefined;
    disabled: boolean;
    describedBy?: string;
    invalid: boolean;
    /** undefined until hour and minute are chosen; `touched` tells a half-chosen time from an empty one. */
    onChange(value: TimeParts | undefined, touched: boolean): void;
}

const HOURS = Array.from({ length: 12 }, (_, i) => i + 1);
const MINUTES = Array.from({ length: 60 }, (_, i) => i);

interface Parts {
    hour: string;
    minute: string;
    half: string;
}

function split(value: Partial<TimeParts> | undefined): Parts {
    const { hour, minute } = value ?? {};
    return {
        hour: hour === undefined ? "" : String(hour % 12 || 12),
        minute: minute === undefined ? "" : String(minute),
        half: (hour ?? 0) >= 12 ? "pm" : "am",
    };
}

function join({ hour, minute, half }: Parts): TimeParts | undefined {
    return hour === "" || minute === "" ? undefined : { hour: (Number(hour) % 12) + (half === "pm" ? 12 : 0), minute: Number(minute) };
}

export function TimeSelects({ id, value, disabled, describedBy, invalid, onChange }: TimeProps) {
    const parts = useSignal(split(value));
    const change = (part: keyof Parts, text: string) => {
        parts.value = { ...parts.value, [part]: text };
        onChange(join(parts.value), parts.value.hour !== "" || parts.value.minute !== "");
    };
    const common = (part: keyof Parts) => ({
        class: "time-select",
        value: parts.value[part],
        disabled,
        "aria-describedby": describedBy,
        "aria-invalid": invalid || undefined,
        onChange: (event: { currentTarget: HTMLSelectElement }) => change(part, event.currentTarget.value),
        onKeyDown: (event: KeyboardEvent) => {
            if (event.key === "Backspace" && part !== "half") {
                event.preventDefault();
                change(part, "");
            }
        },
    });
    return (
        <div class="time-selects">
            <select id={id} aria-label="Hour" data-autofocus-target {...common("hour")}>
                <option value="">HH</option>
                {HOURS.map((hour) => (
                    <option key={hour} value={hour}>
                        {hour}
                    </option>
                ))}
            </select>
            <span aria-hidden="true">:</span>
            <select id={`${id}-minute`} aria-label="Minute" {...common("minute")}>
                <option value="">MM</option>
                {MINUTES.map((minute) => (
                    <option key={minute} value={minute}>
                        {String(minute).padStart(2, "0")}
                    </option>
                ))}
            </select>
            <select id={`${id}-half`} aria-label="am or pm" {...common("half")}>
                <option value="am">AM</option>
                <option value="pm">PM</option>
            </select>
        </div>
    );
}
