// SPDX-License-Identifier: MIT
// Owns the choice between grid and list, remembered in this browser.
import { signal } from "@preact/signals";
import { Icon, type IconName } from "../ui/icon";

export type View = "grid" | "list";

const KEY = "interlude.view";

export const view = signal<View>(localStorage.getItem(KEY) === "list" ? "list" : "grid");

const CHOICES: [View, string, IconName][] = [
    ["grid", "Grid", "grid"],
    ["list", "List", "list"],
];

function choose(value: View): void {
    view.value = value;
    localStorage.setItem(KEY, value);
}

export function ViewSwitch() {
    return (
        <div class="segmented" role="group" aria-label="View as">
            {CHOICES.map(([value, label, icon]) => (
                <button key={value} type="button" aria-pressed={view.value === value} onClick={() => choose(value)}>
                    <Icon name={icon} size={16} /> {label}
                </button>
            ))}
        </div>
    );
}
