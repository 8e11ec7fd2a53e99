// SPDX-License-Identifier: MIT
// Owns INPUT_BOOLEAN: a checkbox with its label at the right. It is never missing.
import { defineMethod, type ViewProps } from "../forms/method";
import { inputBase } from "../forms/shared-shapes";
import { boolean, type Infer, object, or } from "../forms/shape";
import { Markdown } from "../ui/markdown";

const shape = object({ ...inputBase, defaultValue: or(boolean, false) });
type Props = Infer<typeof shape>;

function View({ field, props, label, editable, describedBy, invalid }: ViewProps<Props>) {
    return (
        <>
            <label class="check" for={field.id}>
                <input
                    type="checkbox"
                    id={field.id}
                    checked={field.current<boolean>() === true}
                    disabled={!editable || props.disabled}
                    aria-describedby={describedBy}
                    aria-invalid={invalid || undefined}
                    data-autofocus-target
                    onChange={(event) => field.set(event.currentTarget.checked)}
                />
                <span>
                    {label}
                    {field.optional.value && <span class="field-optional"> (optional)</span>}
                </span>
            </label>
            {props.helpText && (
                <div class="field-help check-help" id={`${field.id}-description`}>
                    <Markdown text={props.helpText} limited />
                </div>
            )}
        </>
    );
}

export const inputBoolean = defineMethod<Props>({ shape, View, bare: true, initial: (props) => props.defaultValue });
