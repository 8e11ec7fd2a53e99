// SPDX-License-Identifier: MIT
// Owns INPUT_DATE.
import { defineMethod, type ViewProps } from "../forms/method";
import { dateParts, inputBase } from "../forms/shared-shapes";
import { type Infer, maybe, object } from "../forms/shape";
import { type DateParts, rangeMessage } from "../lib/time";
import { DateBox } from "./date-box";

const shape = object({ ...inputBase, min: maybe(dateParts), max: maybe(dateParts), defaultValue: maybe(dateParts) });
type Props = Infer<typeof shape>;

function View({ field, props, editable, describedBy, invalid }: ViewProps<Props>) {
    return (
        <div class="iv-timepicker iv-timepicker-date">
            <div class="iv-datepicker input input-frame">
                <DateBox
                    id={field.id}
                    value={field.current<DateParts>()}
                    min={props.min}
                    max={props.max}
                    disabled={!editable || props.disabled}
                    describedBy={describedBy}
                    invalid={invalid}
                    required={!field.optional.value}
                    onChange={(value, typed) => (value || typed === "" ? field.set(value) : field.setBad("Please enter a valid date."))}
                />
            </div>
        </div>
    );
}

export const inputDate = defineMethod<Props>({
    shape,
    View,
    initial: (props) => props.defaultValue,
    problem: (value, props) => rangeMessage("date", value as DateParts, props.min, props.max),
});
