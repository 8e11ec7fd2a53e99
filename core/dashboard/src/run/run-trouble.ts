// SPDX-License-Identifier: MIT
// Owns what the connection notice says about a run.
import { effect, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { findRoute } from "../lib/route-tree";
import { routes } from "../lib/session";
import { announce, trouble } from "../shell/connection-notice";
import type { HostTrouble, Run } from "./run";

/** A host that comes back with its runs says so sooner than this after its routes are there again. */
const ELSEWHERE_MS = 3000;
/** True when the action is served again, but not by the host that knows this run. */
const elsewhere = signal(false);

function watchElsewhere(run: Run, slug: string): () => void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = effect(() => {
        const isServed = findRoute(routes.value ?? [], slug)?.status === "ONLINE";
        clearTimeout(timer);
        if (run.hostTrouble.value === "host-dropped" && isServed) {
            timer = setTimeout(() => (elsewhere.value = true), ELSEWHERE_MS);
        } else {
            elsewhere.value = false;
        }
    });
    return () => {
        clearTimeout(timer);
        end();
    };
}

function describe(run: Run): typeof trouble.value {
    const reconnect = () => run.reconnect();
    switch (run.hostTrouble.value) {
        case "usurped":
            return { text: "This transaction was opened in another window.", reconnect };
        case "host-dropped":
            if (elsewhere.value) {
                return { text: "The host that began this run is gone, and another one serves the action now. A new transaction works." };
            }
            return {
                text:
                    run.place.mode === "console"
                        ? "Waiting for your development host to come back."
                        : "The connection to this action was lost. It goes on here when its host is back.",
            };
        case "host-missing":
            return { text: "The host of this action does not answer. Is its process running?" };
        case "invalid":
            return { text: "Received invalid message from action. Check the logs of the route.", reconnect };
        default:
            return null;
    }
}

export function useRunTrouble(run: Run, slug: string): void {
    useEffect(() => {
        const endWatch = watchElsewhere(run, slug);
        let before: HostTrouble = "none";
        const end = effect(() => {
            const now = run.hostTrouble.value;
            trouble.value = describe(run);
            if (now === "none" && before !== "none" && before !== "invalid" && run.phase.peek() === "running") {
                announce(before === "usurped" ? "Connected!" : "The host is back.");
            }
            before = now;
        });
        return () => {
            endWatch();
            end();
            trouble.value = null;
        };
    }, [run]);
}
