// SPDX-License-Identifier: MIT
// Owns the colour scheme: what the system says unless the person chose light or dark. Colours themselves are in styles/tokens.css.
import { effect, signal } from "@preact/signals";

export type Scheme = "system" | "light" | "dark";

const KEY = "interlude.scheme";

function stored(): Scheme {
    const value = localStorage.getItem(KEY);
    return value === "light" || value === "dark" ? value : "system";
}

export const scheme = signal<Scheme>(stored());

export function startTheme(): void {
    effect(() => {
        const value = scheme.value;
        document.documentElement.dataset.scheme = value;
        if (value === "system") {
            localStorage.removeItem(KEY);
        } else {
            localStorage.setItem(KEY, value);
        }
    });
}
