// SPDX-License-Identifier: MIT
// Owns the single-line text box that text, email, URL and number inputs share.
import type { Field } from "../forms/field";
import type { ViewProps } from "../forms/method";

interface TextControlProps {
    view: Pick<ViewProps<unknown>, "field" | "current" | "describedBy" | "invalid">;
    text: string;
    hint?: string;
    type?: "text" | "email";
    inputMode?: "numeric" | "decimal" | "email" | "url";
    pattern?: string;
    name?: string;
    disabled: boolean;
    onText(text: string): void;
}

export function TextControl({ view, text, hint, type = "text", onText, ...rest }: TextControlProps) {
    return (
        <input
            {...rest}
            type={type as "text"}
            autocomplete="off"
            autocorrect="off"
            class="input"
            id={view.field.id}
            value={text}
            placeholder={view.current ? hint : undefined}
            aria-describedby={view.describedBy}
            aria-invalid={view.invalid || undefined}
            aria-required={!view.field.optional.value || undefined}
            data-autofocus-target
            onInput={(event) => onText(event.currentTarget.value)}
        />
    );
}

/** Empty text means unset. */
export function setText(field: Field, text: string): void {
    field.set(text === "" ? undefined : text);
}
