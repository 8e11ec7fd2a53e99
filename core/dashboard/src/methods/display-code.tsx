// SPDX-License-Identifier: MIT
// Owns DISPLAY_CODE.
import { defineMethod } from "../forms/method";
import { type Infer, maybe, object, text } from "../forms/shape";
import { CodeBlock } from "../ui/code-block";

const shape = object({ code: text, language: maybe(text) });

export const displayCode = defineMethod<Infer<typeof shape>>({
    shape,
    View: ({ label, props }) => <CodeBlock code={props.code} language={props.language} name={label || undefined} />,
    display: true,
});
