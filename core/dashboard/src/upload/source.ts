// SPDX-License-Identifier: MIT
// Owns what the props of UPLOAD_FILE say: who gives the addresses, which files may be picked.
import { inputBase } from "../forms/shared-shapes";
import { type Infer, list, object, or, type Shape, text } from "../forms/shape";
import type { UploadUrl } from "../lib/api";

/** Missing and null mean different things here: the server gives addresses, or the host will. */
function nullable<T>(shape: Shape<T>): Shape<T | null | undefined> {
    return (value, path, problems) => (value === undefined || value === null ? value : shape(value, path, problems));
}

export const uploadShape = object({
    ...inputBase,
    allowedExtensions: or(list(text), []),
    fileUrls: nullable(list(object({ uploadUrl: text, downloadUrl: text }))),
    uploadUrl: nullable(text),
    downloadUrl: nullable(text),
});
export type UploadProps = Infer<typeof uploadShape>;

/** "server", or what the host has given so far. */
export function hostUrls(props: UploadProps): "server" | UploadUrl[] {
    const { fileUrls, uploadUrl, downloadUrl } = props;
    if (fileUrls !== undefined) {
        return fileUrls ?? [];
    }
    if (uploadUrl === undefined && downloadUrl === undefined) {
        return "server";
    }
    return uploadUrl && downloadUrl ? [{ uploadUrl, downloadUrl }] : [];
}

const dotted = (extension: string) => (extension.startsWith(".") ? extension : `.${extension}`);

export const extensionsOf = (props: UploadProps) => props.allowedExtensions.map(dotted);

export const isAllowed = (name: string, extensions: string[]) =>
    extensions.length === 0 || extensions.some((extension) => name.toLowerCase().endsWith(extension.toLowerCase()));

/** State for the host; `name` and `type` repeat a lone file for old SDKs. */
export function stateOf(files: { name: string; type: string }[], multiple: boolean): object {
    const all = files.map(({ name, type }) => ({ name, type }));
    return multiple || all[0] === undefined ? { files: all } : { files: all, name: all[0].name, type: all[0].type };
}
