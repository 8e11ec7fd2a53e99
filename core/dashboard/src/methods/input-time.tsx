// SPDX-License-Identifier: MIT
// Owns INPUT_TIME.
import { defineMethod, type ViewProps } from "../forms/method";
import { inputBase, timeParts } from "../forms/shared-shapes";
import { type Infer, maybe, object } from "../forms/shape";
import { rangeMessage, type TimeParts } from "../lib/time";
import { TimeSelects } from "./time-selects";

const shape = object({ ...inputBase, min: maybe(timeParts), max: maybe(timeParts), defaultValue: maybe(timeParts) });
type Props = Infer<typeof shape>;

function View({ field, props, editable, describedBy, invalid }: ViewProps<Props>) {
    return (
        <div class="iv-timepicker iv-timepicker-time">
            <div class="iv-datepicker input input-frame">
                <TimeSelects
                    id={field.id}
                    value={field.current<TimeParts>()}
                    disabled={!editable || props.disabled}
                    describedBy={describedBy}
                    invalid={invalid}
                    onChange={(value, touched) => (value || !touched ? field.set(value) : field.setBad("Please enter a valid time."))}
                />
            </div>
        </div>
    );
}

export const inputTime = defineMethod<Props>({
    shape,
    View,
    initial: (props) => props.defaultValue,
    problem: (value, props) => rangeMessage("time", value as TimeParts, props.min, props.max),
});
