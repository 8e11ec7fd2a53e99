// SPDX-License-Identifier: MIT
// Owns what the connection notice says about a run.
import { effect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { announce, trouble } from "../shell/connection-notice";
import type { HostTrouble, Run } from "./run";

function describe(run: Run): typeof trouble.value {
    const reconnect = () => run.reconnect();
    switch (run.hostTrouble.value) {
        case "usurped":
            return { text: "This transaction was opened in another window.", reconnect };
        case "host-dropped":
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

export function useRunTrouble(run: Run): void {
    useEffect(() => {
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
            end();
            trouble.value = null;
        };
    }, [run]);
}
