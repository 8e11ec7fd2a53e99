// SPDX-License-Identifier: MIT
// Owns INPUT_TEXT.
import { defineMethod, type ViewProps } from "../forms/method";
import { inputBase } from "../forms/shared-shapes";
import { boolean, type Infer, maybe, number, object, text } from "../forms/shape";
import { setText, TextControl } from "./text-control";

const shape = object({
    ...inputBase,
    placeholder: maybe(text),
    defaultValue: maybe(text),
    multiline: maybe(boolean),
    lines: maybe(number),
    minLength: maybe(number),
    maxLength: maybe(number),
});
type Props = Infer<typeof shape>;

function bounds({ minLength, maxLength }: Props): string | undefined {
    if (minLength !== undefined && maxLength !== undefined) {
        return `between ${minLength} and ${maxLength}`;
    }
    return minLength !== undefined ? `at least ${minLength}` : maxLength !== undefined ? `at most ${maxLength}` : undefined;
}

function View(view: ViewProps<Props>) {
    const { field, props, current } = view;
    const value = field.current<string>() ?? "";
    if (!props.multiline) {
        return (
            <TextControl view={view} text={value} hint={props.placeholder} disabled={props.disabled} onText={(t) => setText(field, t)} />
        );
    }
    return (
        <textarea
            class="input"
            id={field.id}
            rows={props.lines ?? 3}
            value={value}
            disabled={props.disabled}
            placeholder={current ? props.placeholder : undefined}
            aria-describedby={view.describedBy}
            aria-invalid={view.invalid || undefined}
            aria-required={!field.optional.value || undefined}
            data-autofocus-target
            onInput={(event) => setText(field, event.currentTarget.value)}
        />
    );
}

export const inputText = defineMethod<Props>({
    shape,
    View,
    initial: (props) => props.defaultValue || undefined,
    problem: (value, props) => {
        const length = [...(value as string)].length;
        const wrong = length < (props.minLength ?? 0) || length > (props.maxLength ?? Infinity);
        return wrong ? `Please enter a value with ${bounds(props)} characters.` : undefined;
    },
    rule: (props) => {
        const words = bounds(props);
        return words && `Must be ${words} characters`;
    },
});
