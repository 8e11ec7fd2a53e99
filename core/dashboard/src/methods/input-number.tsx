// SPDX-License-Identifier: MIT
// Owns INPUT_NUMBER: reading what was typed, checking it, the box with currency and prefix.
import { useSignal } from "@preact/signals";
import { defineMethod, type ViewProps } from "../forms/method";
import { inputBase } from "../forms/shared-shapes";
import { type Infer, maybe, number, object, oneOf, text } from "../forms/shape";
import { TextControl } from "./text-control";

const SYMBOLS = { USD: "$", CAD: "$", AUD: "$", EUR: "€", GBP: "£", CNY: "¥", JPY: "¥" } as const;

const shape = object({
    ...inputBase,
    min: maybe(number),
    max: maybe(number),
    prepend: maybe(text),
    placeholder: maybe(text),
    defaultValue: maybe(number),
    decimals: maybe(number),
    currency: maybe(oneOf("USD", "CAD", "AUD", "EUR", "GBP", "CNY", "JPY")),
});
type Props = Infer<typeof shape>;

export const INVALID = "Please enter a valid number.";

/** Commas group digits and are ignored. */
export function parseNumber(typed: string): number | undefined {
    const plain = typed.replace(/,/g, "").trim();
    // Adding zero makes 0 of -0, which is no JSON number.
    return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) ? Number(plain) + 0 : undefined;
}

export function decimalPlaces(value: number): number {
    const [mantissa = "", exponent = "0"] = String(value).split("e");
    return Math.max(0, (mantissa.split(".")[1] ?? "").length - Number(exponent));
}

const allowedDecimals = (props: { decimals?: number; currency?: string }) => props.decimals ?? (props.currency ? 2 : 0);

export function numberProblem(value: number, props: { min?: number; max?: number; decimals?: number; currency?: string }): string | undefined {
    const { min, max } = props;
    if (!Number.isFinite(value)) {
        return INVALID;
    }
    if (value < (min ?? -Infinity) || value > (max ?? Infinity)) {
        if (min !== undefined && max !== undefined) {
            return `Please enter a number between ${min} and ${max}.`;
        }
        return min !== undefined
            ? `Please enter a number greater than or equal to ${min}.`
            : `Please enter a number less than or equal to ${max}.`;
    }
    const places = allowedDecimals(props);
    if (decimalPlaces(value) > places) {
        return places === 0 ? "Please enter a whole number." : `Please enter a number with up to ${places} decimal places.`;
    }
    return undefined;
}

function rule({ min, max }: Props): string | undefined {
    if (min !== undefined && max !== undefined) {
        return `Must be between ${min} and ${max}`;
    }
    return min !== undefined ? `Must be at least ${min}` : max !== undefined ? `Must be at most ${max}` : undefined;
}

function View(view: ViewProps<Props>) {
    const { field, props } = view;
    const start = field.current<number>();
    const typed = useSignal(start === undefined ? "" : String(start));
    const symbol = props.prepend ?? (props.currency && SYMBOLS[props.currency]);
    const onText = (text: string) => {
        typed.value = text;
        const value = parseNumber(text);
        if (text.trim() === "") {
            field.set(undefined);
        } else if (value === undefined) {
            field.setBad(INVALID);
        } else {
            field.set(value);
        }
    };
    const whole = allowedDecimals(props) === 0;
    return (
        <div class="affix-frame number-frame" style={{ "--affix": `${symbol?.length ?? 0}ch` }}>
            {symbol && <span class="affix">{symbol}</span>}
            <TextControl
                view={view}
                inputMode={whole ? "numeric" : "decimal"}
                pattern={whole ? "[0-9,\\-]*" : undefined}
                text={typed.value}
                hint={props.placeholder}
                disabled={props.disabled}
                onText={onText}
            />
            {props.currency && <span class="affix affix-end">{props.currency}</span>}
        </div>
    );
}

export const inputNumber = defineMethod<Props>({
    shape,
    View,
    initial: (props) => props.defaultValue,
    problem: (value, props) => numberProblem(value as number, props),
    rule,
});
