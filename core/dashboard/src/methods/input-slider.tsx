// SPDX-License-Identifier: MIT
// Owns INPUT_SLIDER: a range and an editable box that show one number. It is unset until somebody touches it.
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { defineMethod, type ViewProps } from "../forms/method";
import { inputBase } from "../forms/shared-shapes";
import { type Infer, maybe, number, object } from "../forms/shape";
import { formatNumber } from "../lib/format";
import { decimalPlaces, INVALID, numberProblem, parseNumber } from "./input-number";
import "../styles/input.css";

const shape = object({ ...inputBase, min: number, max: number, step: maybe(number), defaultValue: maybe(number) });
type Props = Infer<typeof shape>;

/** Digits that follow each other within this time make one number. */
const TYPING_MS = 1500;
const MOVES = /^(Arrow|Page)|^(Home|End)$/;

const decimals = (props: Props) => Math.max(decimalPlaces(props.step ?? 1), decimalPlaces(props.min));
const bounds = (props: Props) => ({ min: props.min, max: props.max, decimals: decimals(props) });

/** The nearest value that the range can stand on, without the noise of binary fractions. */
export function onStep(value: number, { min, max, step = 1 }: { min: number; max: number; step?: number }): number {
    if (step <= 0) {
        return value;
    }
    const last = min + Math.floor((max - min) / step + 1e-9) * step;
    const near = min + Math.round((value - min) / step) * step;
    return Number(Math.min(near, last).toFixed(Math.max(decimalPlaces(step), decimalPlaces(min))));
}

/** What is typed settles on a step; what is out of bounds stays, to be told about. */
const settled = (value: number, props: Props) => (numberProblem(value, bounds(props)) === undefined ? onStep(value, props) : value);

function View({ field, props, label, editable, describedBy, invalid }: ViewProps<Props>) {
    const value = field.current<number>();
    const typed = useSignal(value === undefined ? "" : String(value));
    const lastKey = useRef(0);
    const disabled = !editable || props.disabled;

    const type = (text: string) => {
        typed.value = text;
        const read = parseNumber(text);
        if (read !== undefined) {
            field.set(settled(read, props));
        } else if (text.trim() === "") {
            field.set(undefined);
        } else {
            field.setBad(INVALID);
        }
    };
    /** The box shows what the value is when it is left; meanwhile it shows what is typed. */
    const settle = () => {
        const read = parseNumber(typed.value);
        if (read !== undefined && settled(read, props) !== read) {
            type(String(settled(read, props)));
        }
    };
    const onRangeKey = (event: KeyboardEvent) => {
        if (/^[\d.]$/.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) {
            event.preventDefault();
            const continues = event.timeStamp - lastKey.current < TYPING_MS;
            lastKey.current = event.timeStamp;
            type((continues ? typed.value : "") + event.key);
        }
    };
    /** Also where nothing moves: the lower bound can only be chosen by going where the range already is. */
    const touch = (event: { currentTarget: HTMLInputElement }) => type(event.currentTarget.value);
    const at = Math.min(props.max, Math.max(props.min, value ?? props.min));
    const shared = { disabled, "aria-describedby": describedBy, "aria-invalid": invalid || undefined };
    return (
        <div class="slider">
            <div class="slider-track">
                <input
                    {...shared}
                    type="range"
                    id={`${field.id}-range`}
                    aria-label={label}
                    aria-valuetext={value === undefined ? "Not set" : undefined}
                    class={value === undefined ? "slider-unset" : ""}
                    min={props.min}
                    max={props.max}
                    step={props.step ?? 1}
                    value={at}
                    style={{ "--at": `${props.max > props.min ? (100 * (at - props.min)) / (props.max - props.min) : 0}%` }}
                    data-autofocus-target
                    onInput={touch}
                    onPointerUp={touch}
                    onKeyDown={onRangeKey}
                    onKeyUp={(event) => MOVES.test(event.key) && touch(event)}
                    onBlur={settle}
                />
                <div class="slider-bounds" aria-hidden="true">
                    <span>{formatNumber(props.min)}</span>
                    <span>{formatNumber(props.max)}</span>
                </div>
            </div>
            <input
                {...shared}
                type="text"
                inputMode={decimals(props) === 0 ? "numeric" : "decimal"}
                id={field.id}
                class="input slider-box"
                autocomplete="off"
                tabIndex={-1}
                aria-required={!field.optional.value || undefined}
                value={typed.value}
                onFocus={(event) => event.currentTarget.select()}
                onInput={(event) => type(event.currentTarget.value)}
                onBlur={settle}
            />
        </div>
    );
}

export const inputSlider = defineMethod<Props>({
    shape,
    View,
    initial: (props) => props.defaultValue,
    problem: (value, props) => numberProblem(value as number, bounds(props)),
    rule: (props) => `Must be between ${props.min} and ${props.max}`,
});
