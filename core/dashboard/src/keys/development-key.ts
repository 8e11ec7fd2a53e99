// SPDX-License-Identifier: MIT
// Owns asking for the development key of whoever looks.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { getKeys } from "../lib/api";
import { place, session } from "../lib/session";

export const mayHaveKeys = () => session.value!.user.role !== "member";

/** Null where there is none, or none for this environment. */
export function useDevelopmentKey(): string | null {
    const key = useSignal<string | null>(null);
    const { org, mode } = place.value;
    useEffect(() => {
        if (mode === "console" && mayHaveKeys()) {
            getKeys(org)
                .then((found) => (key.value = found.developmentKey))
                .catch(() => undefined);
        }
    }, [org, mode]);
    return key.value;
}
