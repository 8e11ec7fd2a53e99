// SPDX-License-Identifier: MIT
// Owns the small "i" that explains a rule on hover, focus and tap.
import { useId } from "preact/hooks";
import { Icon } from "./icon";

export function Tooltip({ text }: { text: string }) {
    const id = useId();
    return (
        <span class="tooltip">
            <button type="button" class="tooltip-button" aria-label="Rule" aria-describedby={id}>
                <Icon name="info" size={15} />
            </button>
            <span class="tooltip-text" role="tooltip" id={id}>
                {text}
            </span>
        </span>
    );
}
