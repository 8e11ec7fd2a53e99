// SPDX-License-Identifier: MIT
// Owns the class names of image sizes; they are automation hooks (w-img-medium and alike).
import type { ImageProps } from "../forms/shared-shapes";

export function sizeClass(image: Pick<ImageProps, "size" | "width" | "height">): string {
    const width = image.width ?? image.size;
    const height = image.height ?? image.size;
    return ["io-image", width && `w-img-${width}`, height && `h-img-${height}`].filter(Boolean).join(" ");
}
