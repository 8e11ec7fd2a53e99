// SPDX-License-Identifier: MIT
// Owns copying text and saving it as a file.
import { useSignal } from "@preact/signals";
import { Icon } from "./icon";

export function saveFile(name: string, type: string, content: BlobPart): void {
    const url = URL.createObjectURL(new Blob([content], { type }));
    const link = document.createElement("a");
    link.href = url;
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** A file name made of a label: no path characters, never empty. */
export function fileName(label: string, extension: string): string {
    const name = label.replace(/[\\/:*?"<>|\p{Cc}]+/gu, " ").trim() || "download";
    return `${name}.${extension}`;
}

export async function copyText(text: string): Promise<void> {
    if (navigator.clipboard) {
        return navigator.clipboard.writeText(text);
    }
    // Plain http on another machine: only the old way is left.
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
}

interface CopyProps {
    text: string | (() => string);
    label?: string;
    /** True: an icon whose name is the label. */
    bare?: boolean;
    /** What exactly, where the label does not say. */
    title?: string;
}

export function CopyButton({ text, label = "Copy", bare = false, title }: CopyProps) {
    const copied = useSignal(false);
    const run = async () => {
        await copyText(typeof text === "string" ? text : text());
        copied.value = true;
        setTimeout(() => (copied.value = false), 1500);
    };
    return (
        <button type="button" class={bare ? "icon-button" : "text-button"} aria-label={title ?? (bare ? label : undefined)} title={title ?? (bare ? label : undefined)} onClick={run}>
            <Icon name={copied.value ? "check" : "copy"} size={16} />
            {!bare && (copied.value ? "Copied" : label)}
        </button>
    );
}
