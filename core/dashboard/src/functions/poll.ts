// SPDX-License-Identifier: MIT
// Owns looking again every two seconds while somebody sees the screen: numbers of functions change all the time.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

const PERIOD_MS = 2000;

export interface Polled<T> {
    value: T | null;
    error: string | null;
    again(): Promise<void>;
}

interface Known<T> {
    key: string;
    value: T | null;
    error: string | null;
}

/** `key` says what is looked at: another one begins anew. */
export function usePolled<T>(key: string, load: () => Promise<T>): Polled<T> {
    const known = useSignal<Known<T>>({ key, value: null, error: null });
    /** Answers may overtake each other; only that of the last question counts. */
    const question = useRef(0);
    const again = async () => {
        const mine = ++question.current;
        const value = known.peek().key === key ? known.peek().value : null;
        const next = await load().then(
            (loaded): Known<T> => ({ key, value: loaded, error: null }),
            (problem: Error): Known<T> => ({ key, value, error: problem.message }),
        );
        if (mine === question.current) {
            known.value = next;
        }
    };
    useEffect(() => {
        let gone = false;
        let timer: ReturnType<typeof setTimeout>;
        const turn = async () => {
            if (document.visibilityState === "visible") {
                await again();
            }
            if (!gone) {
                clearTimeout(timer);
                timer = setTimeout(turn, PERIOD_MS);
            }
        };
        const seen = () => {
            clearTimeout(timer);
            void turn();
        };
        void turn();
        document.addEventListener("visibilitychange", seen);
        return () => {
            gone = true;
            question.current++;
            clearTimeout(timer);
            document.removeEventListener("visibilitychange", seen);
        };
    }, [key]);
    const now = known.value.key === key ? known.value : { value: null, error: null };
    return { value: now.value, error: now.error, again };
}
