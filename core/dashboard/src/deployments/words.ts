// SPDX-License-Identifier: MIT
// Owns how versions and changes of a service are said: short names, sentences of the history, what differs between two.
import { formatNumber, plural } from "../lib/format";
import type { Change, Modules, Sample, Stage, Version, Watch } from "./wire";

/** "1795219350611-9f2c41aa": the part that tells it from others. */
export const shortName = (version: string) => version.slice(version.indexOf("-") + 1);

/** The server's sentence, with versions by their short names. */
export const shortReason = (reason: string) => reason.replace(/\b\d{10,}-([0-9a-f]{8})\b/g, "$1");

export function contents(version: Version): string {
    const [functions, routes] = [Object.keys(version.functions).length, Object.keys(version.routes).length];
    return [plural(functions, "function"), ...(routes > 0 ? [plural(routes, "route")] : [])].join(", ");
}

/** " by ann"; nothing for what the server did by itself. */
export const byWhom = (name: string | null | undefined) => (name ? ` by ${name}` : "");

/** What was done, without when and by whom. `of`: that version, as long as it is kept. */
export function changeWord(change: Change, of?: Version): string {
    const name = change.version === null ? "" : ` ${shortName(change.version)}`;
    switch (change.action) {
        case "deploy":
            return `Deployed${name}`;
        case "rollback":
            return `Rolled back to${name}`;
        case "prune":
            return "Deleted old versions";
        case "remove":
            return "Removed";
        case "function":
            return of?.function ? `Replaced ${of.function}:${name}` : `Replaced one function:${name}`;
        case "return":
            return `Went back by itself to${name}`;
    }
}

/** The watch window in which this version failed when it was live last; undefined: it did not. */
export function failedWatch(stage: Stage, version: Version): Watch | undefined {
    const watched = stage.changes.find((one) => one.watch !== null && one.version === version.version)?.watch;
    return watched?.state === "returned" ? watched : undefined;
}

export interface Difference {
    name: string;
    kind: "changes" | "comes" | "goes";
}

function between(now: Modules, then: Modules, what: string): Difference[] {
    const names = [...new Set([...Object.keys(now), ...Object.keys(then)])].sort();
    return names.flatMap((name): Difference[] => {
        const [before, after] = [now[name], then[name]];
        if (before && after) {
            return before.sha256 === after.sha256 ? [] : [{ name: what + name, kind: "changes" }];
        }
        return [{ name: what + name, kind: after ? "comes" : "goes" }];
    });
}

/** The functions and routes that are others once `then` is live in the place of `now`. */
export const differences = (now: Version, then: Version): Difference[] => [
    ...between(now.functions, then.functions, ""),
    ...between(now.routes, then.routes, ""),
];

/** The whole window, what is still to come too: a picture of it has its length from the beginning. */
export function wholeWindow(watch: Watch): Sample[] {
    const last = watch.samples.at(-1)?.second ?? 0;
    const seconds = Math.max((watch.untilMs - watch.sinceMs) / 1000, last + 1);
    const whole = Array.from({ length: Math.ceil(seconds / watch.step) }, (_, i): Sample => ({ second: i * watch.step, requests: 0, errors: 0 }));
    for (const sample of watch.samples) {
        whole[Math.floor(sample.second / watch.step)] = sample;
    }
    return whole;
}

export const hasWindow = (watch: Watch | null): watch is Watch => watch !== null && watch.untilMs > watch.sinceMs;

export function watchSentence(watch: Watch): string {
    const failed = watch.errors === 0 ? "none failed" : `${formatNumber(watch.errors)} failed`;
    return watch.requests === 0 ? "no requests" : `${plural(watch.requests, "request")}, ${failed}`;
}
