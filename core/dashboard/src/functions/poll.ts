// SPDX-License-Identifier: MIT
// Owns looking again every two seconds while somebody sees the screen: numbers of functions change all the time.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

const PERIOD_MS = 2000;

export interface Polled<T> {
    value: T | null;
    error: string | null;
    again(): Promise<void>;
}

/** `key` says what is looked at: another one begins anew. */
export function usePolled<T>(key: string, load: () => Promise<T>): Polled<T> {
    const value = useSignal<T | null>(null);
    const error = useSignal<string | null>(null);
    const again = async () => {
        try {
            value.value = await load();
            error.value = null;
        } catch (problem) {
            error.value = (problem as Error).message;
        }
    };
    useEffect(() => {
        let gone = false;
        let timer: ReturnType<typeof setTimeout>;
        const turn = async () => {
            if (document.visibilityState === "visible" || value.value === null) {
                await again();
            }
            if (!gone) {
                timer = setTimeout(turn, PERIOD_MS);
            }
        };
        value.value = null;
        void turn();
        return () => {
            gone = true;
            clearTimeout(timer);
        };
    }, [key]);
    return { value: value.value, error: error.value, again };
}
