// SPDX-License-Identifier: MIT
// Owns INPUT_DATETIME: date box and time selects in one frame; all five parts are needed.
import { useRef } from "preact/hooks";
import { defineMethod, type ViewProps } from "../forms/method";
import { inputBase, momentParts } from "../forms/shared-shapes";
import { type Infer, maybe, object } from "../forms/shape";
import { type DateParts, type Moment, rangeMessage, type TimeParts } from "../lib/time";
import { DateBox } from "./date-box";
import { TimeSelects } from "./time-selects";

const shape = object({ ...inputBase, min: maybe(momentParts), max: maybe(momentParts), defaultValue: maybe(momentParts) });
type Props = Infer<typeof shape>;

interface Halves {
    date: DateParts | undefined;
    time: TimeParts | undefined;
    /** Something is typed or chosen, complete or not. */
    dateTouched: boolean;
    timeTouched: boolean;
}

const datePart = (m: DateParts | undefined) => m && { year: m.year, month: m.month, day: m.day };
const timePart = (m: TimeParts | undefined) => m && { hour: m.hour, minute: m.minute };

function View({ field, props, editable, describedBy, invalid }: ViewProps<Props>) {
    const start = field.current<DateParts & TimeParts>();
    const touched = start !== undefined;
    const halves = useRef<Halves>({ date: datePart(start), time: timePart(start), dateTouched: touched, timeTouched: touched });
    const update = () => {
        const { date, time, dateTouched, timeTouched } = halves.current;
        if (date && time) {
            field.set({ ...date, ...time });
        } else if (dateTouched || timeTouched) {
            field.setBad("Please enter a valid date.");
        } else {
            field.set(undefined);
        }
    };
    const disabled = !editable || props.disabled;
    const shared = { disabled, describedBy, invalid };
    return (
        <div class="iv-timepicker iv-timepicker-datetime">
            <div class="iv-datepicker input input-frame">
                <DateBox
                    {...shared}
                    id={field.id}
                    value={halves.current.date}
                    min={datePart(props.min)}
                    max={datePart(props.max)}
                    required={!field.optional.value}
                    onChange={(value, typed) => {
                        halves.current.date = value;
                        halves.current.dateTouched = typed !== "";
                        update();
                    }}
                />
                <TimeSelects
                    {...shared}
                    id={`${field.id}-hour`}
                    value={halves.current.time}
                    onChange={(value, chosen) => {
                        halves.current.time = value;
                        halves.current.timeTouched = chosen;
                        update();
                    }}
                />
            </div>
        </div>
    );
}

export const inputDatetime = defineMethod<Props>({
    shape,
    View,
    initial: (props) => props.defaultValue,
    problem: (value, props) => rangeMessage("date", value as Moment, props.min, props.max),
});
