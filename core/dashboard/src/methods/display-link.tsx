// SPDX-License-Identifier: MIT
// Owns DISPLAY_LINK: a link that looks like a button.
import { defineMethod } from "../forms/method";
import { link, theme } from "../forms/shared-shapes";
import { type Infer, maybe, object, text } from "../forms/shape";
import { ItemButton, lookOf } from "../ui/button";

const shape = object({ theme: maybe(theme), link: maybe(object({ ...link, download: maybe(text) })), ...link, download: maybe(text) });

export const displayLink = defineMethod<Infer<typeof shape>>({
    shape,
    View: ({ label, props }) => (
        <ItemButton item={{ ...props, ...props.link, label }} look={lookOf(props.theme, "primary")} download={props.link?.download ?? props.download} />
    ),
    display: true,
});
