// SPDX-License-Identifier: MIT
// Owns sending one file to one address by PUT: progress, parts for this server, stopping. Where to send it is decided elsewhere.

/** The most that this server takes in one request. */
export const PART_BYTES = 8 * 1024 * 1024;

export class UploadError extends Error {}

interface Target {
    url: string;
    /** This server takes parts and is reached at the address this page came from, whatever it calls itself. */
    own: boolean;
}

export interface Watch {
    signal: AbortSignal;
    onProgress(bytes: number): void;
}

/** This server's addresses are absolute for hosts; the page may know it by another name, and may only talk to its own origin. */
export function ownPath(url: string): string {
    const { pathname, search } = new URL(url, location.href);
    return pathname + search;
}

/** Where the next part begins after `Range: bytes=0-N`; the end of the last part when the server does not say. */
export function nextOffset(range: string | null, end: number): number {
    const match = /^bytes=0-(\d+)$/.exec(range ?? "");
    return match ? Number(match[1]) + 1 : end;
}

function wordsOf(request: XMLHttpRequest): string {
    try {
        const { detail, title } = JSON.parse(request.responseText) as { detail?: string; title?: string };
        return detail ?? title ?? `The server answered ${request.status}.`;
    } catch {
        return `The server answered ${request.status}.`;
    }
}

/** The browser itself adds the type of the body; nothing else is added, as addresses made by hosts may be signed for less. */
function put(url: string, body: Blob, range: string | null, watch: Watch): Promise<XMLHttpRequest> {
    return new Promise((resolve, reject) => {
        const request = new XMLHttpRequest();
        const stop = () => request.abort();
        request.open("PUT", url);
        if (range !== null) {
            request.setRequestHeader("content-range", range);
        }
        request.upload.onprogress = (event) => watch.onProgress(event.loaded);
        request.onload = () => resolve(request);
        request.onerror = () => reject(new UploadError("The connection was lost."));
        request.onabort = () => reject(new UploadError("The upload was stopped."));
        request.onloadend = () => watch.signal.removeEventListener("abort", stop);
        watch.signal.addEventListener("abort", stop);
        watch.signal.throwIfAborted();
        request.send(body);
    });
}

const isStored = (request: XMLHttpRequest) => request.status >= 200 && request.status < 300;

async function sendParts(file: File, url: string, watch: Watch): Promise<void> {
    for (let start = 0; start < file.size; ) {
        const end = Math.min(start + PART_BYTES, file.size);
        const sent = start;
        const onProgress = (bytes: number) => watch.onProgress(sent + bytes);
        const range = `bytes ${start}-${end - 1}/${file.size}`;
        const answer = await put(url, file.slice(start, end, file.type), range, { signal: watch.signal, onProgress });
        if (isStored(answer)) {
            return;
        }
        const next = answer.status === 308 ? nextOffset(answer.getResponseHeader("range"), end) : start;
        if (next <= start) {
            throw new UploadError(wordsOf(answer));
        }
        start = next;
    }
    throw new UploadError("The server did not say that the file is complete.");
}

export async function sendFile(file: File, { url, own }: Target, watch: Watch): Promise<void> {
    const target = own ? ownPath(url) : url;
    if (own && file.size > PART_BYTES) {
        return sendParts(file, target, watch);
    }
    const answer = await put(target, file, null, watch);
    if (!isStored(answer)) {
        throw new UploadError(wordsOf(answer));
    }
}
