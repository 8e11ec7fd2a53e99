// SPDX-License-Identifier: MIT
// Owns DISPLAY_MARKDOWN: the text is the label.
import { defineMethod } from "../forms/method";
import { any } from "../forms/shape";
import { Markdown } from "../ui/markdown";

export const displayMarkdown = defineMethod<unknown>({
    shape: any,
    View: ({ label }) => <Markdown text={label} />,
    display: true,
});
