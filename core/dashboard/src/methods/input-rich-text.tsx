// SPDX-License-Identifier: MIT
// Owns INPUT_RICH_TEXT: the editor while it is asked, sanitised prose afterwards. The editor itself is editor/rich-editor.tsx.
import { defineMethod, type ViewProps } from "../forms/method";
import { inputBase } from "../forms/shared-shapes";
import { type Infer, maybe, object, text } from "../forms/shape";
import { lazyView } from "../ui/lazy";
import { Html } from "../ui/markdown";
import "../styles/input.css";

const shape = object({ ...inputBase, placeholder: maybe(text), defaultValue: maybe(text) });
export type RichTextProps = Infer<typeof shape>;

const Editor = lazyView<ViewProps<RichTextProps>>(async () => (await import("../editor/rich-editor")).RichEditor, "editor-skeleton");

/** Blocks without text or picture are no answer. */
export const isBlankHtml = (html: string) => !/<img\b/i.test(html) && html.replace(/<[^>]*>|&nbsp;/gi, "").trim() === "";

function View(view: ViewProps<RichTextProps>) {
    const html = view.field.current<string>();
    if (view.current) {
        return <Editor {...view} />;
    }
    return <div class="answer">{html === undefined ? <p class="muted">Nothing</p> : <Html html={html} />}</div>;
}

export const inputRichText = defineMethod<RichTextProps>({
    shape,
    View,
    initial: ({ defaultValue }) => (defaultValue === undefined || isBlankHtml(defaultValue) ? undefined : defaultValue),
});
