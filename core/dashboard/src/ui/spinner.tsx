// SPDX-License-Identifier: MIT
// Owns the spinner.

export function Spinner({ small = false, label }: { small?: boolean; label?: string }) {
    return (
        <span class={small ? "spinner spinner-small" : "spinner"} data-pw-spinner role={label ? "status" : undefined}>
            {label && <span class="visually-hidden">{label}</span>}
        </span>
    );
}

/** A spinner in the middle of an empty area, with words next to it. */
export function Waiting({ children }: { children: string }) {
    return (
        <p class="waiting" role="status">
            <Spinner /> {children}
        </p>
    );
}
