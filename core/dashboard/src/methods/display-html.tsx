// SPDX-License-Identifier: MIT
// Owns DISPLAY_HTML: sanitised, inside class prose.
import { defineMethod } from "../forms/method";
import { type Infer, object, text } from "../forms/shape";
import { Html } from "../ui/markdown";

const shape = object({ html: text });

export const displayHtml = defineMethod<Infer<typeof shape>>({
    shape,
    View: ({ label, props }) => (
        <>
            {label && <h4 class="display-label">{label}</h4>}
            <Html html={props.html} />
        </>
    ),
    display: true,
});
