// SPDX-License-Identifier: MIT
// Owns DISPLAY_IMAGE. SDKs put the image into the props themselves; newer ones nest it under "image".
import { defineMethod, type ViewProps } from "../forms/method";
import { image, imageSize } from "../forms/shared-shapes";
import { type Infer, maybe, object, text } from "../forms/shape";
import { sizeClass } from "../ui/picture";

const shape = object({
    url: maybe(text),
    alt: maybe(text),
    size: maybe(imageSize),
    width: maybe(imageSize),
    height: maybe(imageSize),
    image: maybe(image),
});
type Props = Infer<typeof shape>;

function View({ label, props }: ViewProps<Props>) {
    const picture = props.image ?? { ...props, url: props.url ?? null };
    return (
        <>
            {label && <h4 class="display-label">{label}</h4>}
            {picture.url ? (
                <img class={sizeClass(picture)} src={picture.url} alt={picture.alt ?? ""} data-pw-display-image />
            ) : (
                <p class="muted">No picture.</p>
            )}
        </>
    );
}

export const displayImage = defineMethod<Props>({ shape, View, display: true });
