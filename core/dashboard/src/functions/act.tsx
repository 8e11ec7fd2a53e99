// SPDX-License-Identifier: MIT
// Owns doing something at the request of a person: one thing at a time, what came of it, and the screen as it is afterwards.
import { useSignal } from "@preact/signals";
import type { VNode } from "preact";
import { Notice } from "../ui/notice";

/** Resolves with a sentence about what was done, "" if it is plain to see. */
export type Act = (change: () => Promise<string>) => Promise<void>;

interface Acting {
    act: Act;
    busy: boolean;
    /** What came of the last one. */
    told: VNode | null;
}

export function useAct(after: () => Promise<unknown>): Acting {
    const busy = useSignal(false);
    const told = useSignal<{ title: string; isBad: boolean } | null>(null);
    const act: Act = async (change) => {
        busy.value = true;
        told.value = null;
        try {
            const title = await change();
            told.value = title === "" ? null : { title, isBad: false };
        } catch (problem) {
            told.value = { title: (problem as Error).message, isBad: true };
        }
        busy.value = false;
        await after();
    };
    const now = told.value;
    return { act, busy: busy.value, told: now && <Notice tone={now.isBad ? "danger" : "good"} title={now.title} role={now.isBad ? "alert" : "status"} /> };
}
