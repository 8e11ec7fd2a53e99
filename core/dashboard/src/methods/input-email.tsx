// SPDX-License-Identifier: MIT
// Owns INPUT_EMAIL.
import { defineMethod, type ViewProps } from "../forms/method";
import { inputBase } from "../forms/shared-shapes";
import { type Infer, maybe, object, text } from "../forms/shape";
import { setText, TextControl } from "./text-control";

const shape = object({ ...inputBase, placeholder: maybe(text), defaultValue: maybe(text) });
type Props = Infer<typeof shape>;

const ADDRESS = /^(?:"[^"\n]+"|[^\s<>()[\]\\.,;:@"]+(?:\.[^\s<>()[\]\\.,;:@"]+)*)@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+\p{L}[\p{L}\p{N}-]*[\p{L}\p{N}]$/u;

export const isEmail = (value: string) => ADDRESS.test(value);

function View(view: ViewProps<Props>) {
    const { field, props } = view;
    return (
        <TextControl
            view={view}
            type="email"
            inputMode="email"
            name={`${field.id}_search`}
            text={field.current<string>() ?? ""}
            hint={props.placeholder}
            disabled={props.disabled}
            onText={(text) => setText(field, text)}
        />
    );
}

export const inputEmail = defineMethod<Props>({
    shape,
    View,
    initial: (props) => props.defaultValue || undefined,
    problem: (value) => (isEmail(value as string) ? undefined : "Please enter a valid email address."),
});
