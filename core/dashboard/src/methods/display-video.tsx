// SPDX-License-Identifier: MIT
// Owns DISPLAY_VIDEO: a player with controls.
import { defineMethod, type ViewProps } from "../forms/method";
import { imageSize } from "../forms/shared-shapes";
import { boolean, type Infer, maybe, object, or, text } from "../forms/shape";
import { sizeClass } from "../ui/picture";

const shape = object({
    url: text,
    size: maybe(imageSize),
    width: maybe(imageSize),
    height: maybe(imageSize),
    loop: or(boolean, false),
    muted: or(boolean, false),
});
type Props = Infer<typeof shape>;

function View({ label, props }: ViewProps<Props>) {
    return (
        <>
            {label && <h4 class="display-label">{label}</h4>}
            <video
                class={sizeClass(props)}
                src={props.url}
                controls
                playsInline
                preload="metadata"
                loop={props.loop}
                muted={props.muted}
                aria-label={label || "Video"}
                data-pw-display-video
            />
        </>
    );
}

export const displayVideo = defineMethod<Props>({ shape, View, display: true });
