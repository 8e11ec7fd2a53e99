// SPDX-License-Identifier: MIT
// Owns INPUT_URL.
import { defineMethod, type ViewProps } from "../forms/method";
import { inputBase } from "../forms/shared-shapes";
import { type Infer, list, maybe, object, or, text } from "../forms/shape";
import { setText, TextControl } from "./text-control";

const shape = object({
    ...inputBase,
    placeholder: maybe(text),
    defaultValue: maybe(text),
    allowedProtocols: or(list(text), ["http", "https"]),
});
type Props = Infer<typeof shape>;

const bare = (protocol: string) => protocol.replace(/:.*$/, "").toLowerCase();

function wordList(words: string[]): string {
    return words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} or ${words[words.length - 1]}`;
}

export function urlProblem(value: string, protocols: string[]): string | undefined {
    let url: URL;
    try {
        url = new URL(value.trim());
    } catch {
        return "Please enter a valid URL.";
    }
    const allowed = protocols.map(bare);
    if (!allowed.includes(bare(url.protocol))) {
        return `The URL must begin with ${wordList(allowed)}.`;
    }
    return /^https?:$/.test(url.protocol) && url.hostname === "" ? "Please enter a valid URL." : undefined;
}

function View(view: ViewProps<Props>) {
    const { field, props } = view;
    return (
        <TextControl
            view={view}
            inputMode="url"
            text={field.current<string>() ?? ""}
            hint={props.placeholder}
            disabled={props.disabled}
            onText={(text) => setText(field, text)}
        />
    );
}

export const inputUrl = defineMethod<Props>({
    shape,
    View,
    initial: (props) => props.defaultValue || undefined,
    problem: (value, props) => urlProblem(value as string, props.allowedProtocols),
});
