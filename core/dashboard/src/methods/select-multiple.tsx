// SPDX-License-Identifier: MIT
// Owns SELECT_MULTIPLE: one checkbox per option, in a fieldset.
import { defineMethod, type ViewProps } from "../forms/method";
import { inputBase, option, type Option, sameValue } from "../forms/shared-shapes";
import { type Infer, list, maybe, number, object, or } from "../forms/shape";
import { scalarText } from "../lib/format";

const shape = object({
    ...inputBase,
    options: list(option),
    defaultValue: or(list(option), []),
    minSelections: maybe(number),
    maxSelections: maybe(number),
});
type Props = Infer<typeof shape>;

interface Bounds {
    minSelections?: number;
    maxSelections?: number;
}

export function selectionProblem(count: number, { minSelections, maxSelections }: Bounds): string | undefined {
    if (count < (minSelections ?? 0)) {
        return `Please make at least ${minSelections} ${minSelections === 1 ? "selection" : "selections"}.`;
    }
    if (count > (maxSelections ?? Infinity)) {
        return `Please make no more than ${maxSelections} ${maxSelections === 1 ? "selection" : "selections"}.`;
    }
    return undefined;
}

export function selectionText(count: number, { minSelections: min, maxSelections: max }: Bounds): string | undefined {
    if (min !== undefined && max !== undefined) {
        return `Selected ${count} of ${min === max ? min : `${min}-${max}`}`;
    }
    return max !== undefined ? `Select up to ${max}` : min !== undefined ? `Select at least ${min}` : undefined;
}

function View({ field, props }: ViewProps<Props>) {
    const chosen = field.current<Option[]>() ?? [];
    const toggle = (one: Option, on: boolean) => {
        const rest = chosen.filter((other) => !sameValue(other.value, one.value));
        const next = on ? [...rest, one] : rest;
        field.set(next.length === 0 && field.optional.value ? undefined : next);
    };
    const counter = selectionText(chosen.length, props);
    return (
        <div class="checks">
            {props.options.length === 0 && <p class="muted">There is nothing to choose from.</p>}
            {props.options.map((one, i) => (
                <label key={i} class="check">
                    <input
                        type="checkbox"
                        id={`${field.id}-${String(one.value)}`}
                        value={String(one.value)}
                        checked={chosen.some((other) => sameValue(other.value, one.value))}
                        disabled={props.disabled}
                        {...(i === 0 ? { "data-autofocus-target": "" } : {})}
                        onChange={(event) => toggle(one, event.currentTarget.checked)}
                    />
                    <span>
                        {scalarText(one.label)}
                        {one.description && <span class="check-description">{one.description}</span>}
                    </span>
                </label>
            ))}
            {counter && (
                <p class="field-help" aria-live="polite">
                    {counter}
                </p>
            )}
        </div>
    );
}

export const selectMultiple = defineMethod<Props>({
    shape,
    View,
    labelFor: "group",
    initial: (props, optional) => {
        const isDefault = (one: Option) => props.defaultValue.some((other) => sameValue(other.value, one.value));
        const chosen = props.options.filter(isDefault);
        return chosen.length === 0 && optional ? undefined : chosen;
    },
    problem: (value, props) => selectionProblem((value as Option[]).length, props),
});
