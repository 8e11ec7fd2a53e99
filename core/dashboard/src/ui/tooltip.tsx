// SPDX-License-Identifier: MIT
// Owns the small sign that explains something on hover, focus and tap: a rule ("i"), or what went wrong.
import { useId } from "preact/hooks";
import { Icon } from "./icon";

export function Tooltip({ text, error = false }: { text: string; error?: boolean }) {
    const id = useId();
    return (
        <span class={error ? "tooltip tooltip-error" : "tooltip"}>
            <button type="button" class="tooltip-button" aria-label={error ? "Error" : "Rule"} aria-describedby={id}>
                <Icon name={error ? "alert" : "info"} size={error ? 18 : 15} />
            </button>
            <span class="tooltip-text" role="tooltip" id={id}>
                {text}
            </span>
        </span>
    );
}
