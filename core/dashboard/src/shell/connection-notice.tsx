// SPDX-License-Identifier: MIT
// Owns the small box at the bottom right that tells about connections: the server's, and what a run or page reports.
import { signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { product } from "../lib/session";
import { socketState } from "../lib/socket";
import { Button } from "../ui/button";
import { Icon } from "../ui/icon";
import { Spinner } from "../ui/spinner";

export interface ConnectionTrouble {
    text: string;
    reconnect?: () => void;
}

/** What the run or page on screen has to say; null when all is well. */
export const trouble = signal<ConnectionTrouble | null>(null);

const GOOD_MS = 1000;

export function ConnectionNotice() {
    const recovered = useSignal(false);
    const now: ConnectionTrouble | null =
        socketState.value === "lost" ? { text: `The connection to ${product.value} was lost.` } : trouble.value;
    const bad = now !== null;
    useEffect(() => {
        if (bad) {
            return () => {
                recovered.value = true;
                setTimeout(() => (recovered.value = false), GOOD_MS);
            };
        }
        return undefined;
    }, [bad]);
    return (
        <div class="connection" role="status">
            {bad && (
                <div class="connection-box">
                    {now.reconnect ? <Icon name="alert" /> : <Spinner small />}
                    <span>{now.text}</span>
                    {now.reconnect && <Button onClick={now.reconnect}>Reconnect</Button>}
                </div>
            )}
            {!bad && recovered.value && (
                <div class="connection-box connection-good">
                    <Icon name="check" /> Connected!
                </div>
            )}
        </div>
    );
}
