// SPDX-License-Identifier: MIT
// Owns UPLOAD_FILE: the drop zone. What happens to the files is upload/upload.ts.
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { defineMethod, type ViewProps } from "../forms/method";
import { formatBytes } from "../lib/format";
import { Button } from "../ui/button";
import { Icon, type IconName } from "../ui/icon";
import { extensionsOf, type UploadProps, uploadShape } from "../upload/source";
import { type Phase, type StoredFile, Upload } from "../upload/upload";
import "../styles/input.css";

const ICONS: Record<Phase, IconName> = { empty: "upload", picked: "file", sending: "file", stored: "check", failed: "alert" };

type Named = Pick<StoredFile, "name" | "size">;

function titleOf(count: number, multiple: boolean): string {
    if (count === 0) {
        return multiple ? "Select files or drag and drop" : "Select a file or drag and drop";
    }
    return count === 1 ? "File selected" : `${count} files selected`;
}

function FileNames({ files }: { files: Named[] }) {
    return (
        <ul class="drop-files">
            {files.map((file, i) => (
                <li key={i}>
                    <span class="truncate" title={file.name}>
                        {file.name}
                    </span>
                    <span class="muted">{formatBytes(file.size)}</span>
                </li>
            ))}
        </ul>
    );
}

function Progress({ part, name }: { part: number; name: string }) {
    return (
        <div class="drop-progress">
            <progress class="progress" value={part} max={1} aria-label={`Uploading ${name}`} />
            <span class="muted small">{Math.floor(part * 100)}%</span>
        </div>
    );
}

function View({ field, props, label, editable, current, describedBy, invalid }: ViewProps<UploadProps>) {
    const kept = useRef<Upload | undefined>(undefined);
    const upload = (kept.current ??= new Upload(field));
    const over = useSignal(false);
    const input = useRef<HTMLInputElement>(null);
    const multiple = field.multiple.value;
    const phase = upload.phase.value;
    const stored = [field.current<StoredFile>() ?? []].flat();
    const files: Named[] = upload.files.value.length > 0 ? upload.files.value : stored;
    const shown = phase === "empty" && stored.length > 0 ? "stored" : phase;
    const usable = editable && !props.disabled;
    const takes = usable && phase !== "sending";
    const begun = shown === "sending" || shown === "stored" || shown === "failed";

    const choose = (list: FileList | null | undefined) => {
        if (takes && list && list.length > 0) {
            upload.choose([...list]);
        }
    };
    const reset = () => {
        upload.reset();
        requestAnimationFrame(() => input.current?.focus());
    };
    return (
        <div
            class={`drop-zone drop-${shown} ${over.value && takes ? "drop-over" : ""}`}
            onDragOver={(event) => {
                event.preventDefault();
                over.value = true;
            }}
            onDragLeave={() => (over.value = false)}
            onDrop={(event) => {
                event.preventDefault();
                over.value = false;
                choose(event.dataTransfer?.files);
            }}
        >
            <span class="drop-icon">
                <Icon name={ICONS[shown]} size={20} />
            </span>
            <div class="drop-body">
                <p class="drop-title" aria-live="polite">
                    {current || files.length > 0 ? titleOf(files.length, multiple) : "No file"}
                </p>
                {files.length > 0 && <FileNames files={files} />}
                {phase === "sending" && <Progress part={upload.progress.value} name={label} />}
                {upload.trouble.value !== null && !invalid && (
                    <p class="field-error" role="alert">
                        {upload.trouble.value}
                    </p>
                )}
                {current && begun && (
                    <div class="row drop-actions">
                        {phase === "sending" ? (
                            <Button icon="stop" onClick={reset}>
                                Stop uploading
                            </Button>
                        ) : (
                            <Button icon="refresh" disabled={!usable} onClick={reset}>
                                {multiple ? "Select new files" : "Select a new file"}
                            </Button>
                        )}
                    </div>
                )}
            </div>
            {current && (
                <input
                    ref={input}
                    type="file"
                    id={field.id}
                    class="drop-input"
                    multiple={multiple}
                    accept={extensionsOf(props).join(",") || undefined}
                    disabled={!takes}
                    aria-describedby={describedBy}
                    aria-invalid={invalid || undefined}
                    aria-required={!field.optional.value || undefined}
                    data-autofocus-target
                    onChange={(event) => {
                        choose(event.currentTarget.files);
                        event.currentTarget.value = "";
                    }}
                />
            )}
        </div>
    );
}

export const uploadFile = defineMethod<UploadProps>({
    shape: uploadShape,
    View,
    multiple: true,
    ownDisabled: true,
    rule: (props) => (props.allowedExtensions.length > 0 ? `Must be a file of type ${extensionsOf(props).join(", ")}` : undefined),
});
