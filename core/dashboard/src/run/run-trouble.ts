// SPDX-License-Identifier: MIT
// Owns what the connection notice says about a run.
import { effect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { trouble } from "../shell/connection-notice";
import type { Run } from "./run";

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
                        : "The connection to this action was lost.",
            };
        case "invalid":
            return { text: "Received invalid message from action. Check the logs of the route.", reconnect };
        default:
            return null;
    }
}

export function useRunTrouble(run: Run): void {
    useEffect(() => {
        const end = effect(() => {
            trouble.value = describe(run);
        });
        return () => {
            end();
            trouble.value = null;
        };
    }, [run]);
}
