// SPDX-License-Identifier: MIT
// Owns the files of one UPLOAD_FILE field: picked, addressed, sent, stored (io-methods 12). Drawing is methods/upload-file.tsx.
import { batch, effect, signal } from "@preact/signals";
import type { Field } from "../forms/field";
import { createUploads, type UploadUrl } from "../lib/api";
import { plural } from "../lib/format";
import { extensionsOf, hostUrls, isAllowed, stateOf, type UploadProps } from "./source";
import { sendFile } from "./transfer";

export type Phase = "empty" | "picked" | "sending" | "stored" | "failed";

/** How long a host may take to give addresses, and how long after a render that has none. */
const HOST_MS = 15_000;
const GRACE_MS = 2_000;

/** What the host gets for one file. */
export interface StoredFile {
    name: string;
    type: string;
    lastModified: number;
    size: number;
    url: string;
}

interface Addresses {
    urls: UploadUrl[];
    own: boolean;
}

/** One choice of files; a new one makes the old one void. */
class Pick {
    readonly aborter = new AbortController();
    readonly addresses: Promise<Addresses>;
    give!: (addresses: Addresses) => void;
    refuse!: (error: Error) => void;
    /** Set once sending has begun. */
    work: Promise<void> | null = null;
    timer: ReturnType<typeof setTimeout> | undefined;

    constructor(readonly files: File[]) {
        this.addresses = new Promise((give, refuse) => Object.assign(this, { give, refuse }));
        this.addresses.catch(() => undefined);
    }

    end(): void {
        clearTimeout(this.timer);
        this.aborter.abort();
        this.refuse(new Error("The upload was stopped."));
    }
}

export class Upload {
    readonly phase = signal<Phase>("empty");
    readonly files = signal<File[]>([]);
    /** From 0 to 1. */
    readonly progress = signal(0);
    readonly trouble = signal<string | null>(null);
    private pick: Pick | null = null;
    /** The host has been asked for addresses. */
    private asking = false;

    constructor(private readonly field: Field) {
        effect(() => {
            const { waiting, props, renders } = this.field;
            this.onHost(waiting.value, props.value as UploadProps, renders.value);
        });
    }

    choose(list: File[]): void {
        const props = this.field.props.peek() as UploadProps;
        const extensions = extensionsOf(props);
        const files = list.filter((file) => isAllowed(file.name, extensions));
        const words = extensions.join(", ");
        if (files.length === 0) {
            this.fail(list.length === 1 ? `Please select a file of type ${words}.` : `None of these files is of type ${words}.`, []);
        } else if (files.length > 1 && !this.field.multiple.peek()) {
            this.fail("Please select only one file.", []);
        } else {
            this.begin(files, props);
            const dropped = list.length - files.length;
            this.trouble.value = dropped > 0 ? `${plural(dropped, "file was", "files were")} left out: only ${words} can be uploaded here.` : null;
        }
    }

    /** Back to no file; what is on its way is stopped. */
    reset(): void {
        this.forget();
        batch(() => {
            this.phase.value = "empty";
            this.files.value = [];
            this.trouble.value = null;
        });
        this.field.set(undefined);
    }

    private forget(): void {
        this.pick?.end();
        this.pick = null;
        this.asking = false;
    }

    private begin(files: File[], props: UploadProps): void {
        this.forget();
        const pick = new Pick(files);
        this.pick = pick;
        batch(() => {
            this.phase.value = "picked";
            this.files.value = files;
            this.progress.value = 0;
            this.trouble.value = null;
        });
        this.field.setPending("Uploading files", () => this.work(pick));
        if (hostUrls(props) === "server") {
            this.useServer(pick);
        } else {
            this.field.setState(stateOf(files, this.field.multiple.peek()));
            this.asking = true;
            pick.timer = setTimeout(() => this.refuse(pick), HOST_MS);
        }
    }

    private refuse(pick: Pick): void {
        if (this.pick === pick && this.asking) {
            this.asking = false;
            pick.refuse(new Error("The action did not say where to put the file."));
            void this.work(pick);
        }
    }

    private useServer(pick: Pick): void {
        const { call, id } = this.field;
        const keys = pick.files.map((_, i) => `${id}-${i}`);
        createUploads(call.transactionId ?? "", call.key, keys).then(
            (urls) => pick.give({ urls, own: true }),
            (error: Error) => pick.refuse(error),
        );
        void this.work(pick);
    }

    /** A render came, or the state could not be delivered. */
    private onHost(waiting: boolean, props: UploadProps, _renders: number): void {
        const pick = this.pick;
        if (pick === null || !this.asking || waiting) {
            return;
        }
        const given = hostUrls(props);
        if (given !== "server" && given.length === 0) {
            // Perhaps the answer to another field's state; the real one may follow.
            clearTimeout(pick.timer);
            pick.timer = setTimeout(() => this.refuse(pick), GRACE_MS);
            return;
        }
        if (given === "server") {
            this.asking = false;
            clearTimeout(pick.timer);
            this.useServer(pick);
        } else if (given.length !== pick.files.length || given.some((one) => one.uploadUrl === "error")) {
            this.refuse(pick);
        } else {
            this.asking = false;
            clearTimeout(pick.timer);
            pick.give({ urls: given, own: false });
        }
    }

    /** Sends what was picked, once. */
    private work(pick: Pick): Promise<void> {
        pick.work ??= this.send(pick).catch((error: Error) => {
            if (this.pick === pick) {
                this.fail(error.message, pick.files);
            }
        });
        return pick.work;
    }

    private async send(pick: Pick): Promise<void> {
        const { urls, own } = await pick.addresses;
        const total = pick.files.reduce((sum, file) => sum + file.size, 0);
        let before = 0;
        if (this.pick === pick) {
            this.phase.value = "sending";
        }
        for (const [i, file] of pick.files.entries()) {
            const base = before;
            await sendFile(file, { url: urls[i]!.uploadUrl, own }, {
                signal: pick.aborter.signal,
                onProgress: (bytes) => {
                    this.progress.value = total === 0 ? 1 : Math.min(1, (base + bytes) / total);
                },
            });
            before += file.size;
        }
        const stored = pick.files.map(({ name, type, lastModified, size }, i): StoredFile => {
            return { name, type, lastModified, size, url: urls[i]!.downloadUrl };
        });
        batch(() => {
            this.phase.value = "stored";
            this.field.set(this.field.multiple.peek() ? stored : stored[0]);
        });
    }

    private fail(message: string, files: File[]): void {
        this.forget();
        batch(() => {
            this.phase.value = files.length > 0 ? "failed" : "empty";
            this.files.value = files;
            this.trouble.value = message;
        });
        this.field.setBad(message);
    }
}
