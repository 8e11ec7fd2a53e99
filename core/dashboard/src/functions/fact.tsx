// SPDX-License-Identifier: MIT
// Owns one line of a list of facts: a word and what it is.
import type { ComponentChildren } from "preact";

export function Fact({ name, isBad = false, children }: { name: string; isBad?: boolean; children: ComponentChildren }) {
    return (
        <div>
            <dt>{name}</dt>
            <dd class={isBad ? "danger-text" : ""}>{children}</dd>
        </div>
    );
}
