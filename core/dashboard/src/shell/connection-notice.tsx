// SPDX-License-Identifier: MIT
// Owns the small box at the bottom right that tells about connections: the server's, and what a run or page reports.
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
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
const good = signal<string | null>(null);
let goodTimer: ReturnType<typeof setTimeout> | undefined;

/** Tells for a second that a trouble is over. */
export function announce(text: string): void {
    good.value = text;
    clearTimeout(goodTimer);
    goodTimer = setTimeout(() => (good.value = null), GOOD_MS);
}

export function ConnectionNotice() {
    const wasLost = useRef(false);
    const lost = socketState.value === "lost";
    const now: ConnectionTrouble | null = lost ? { text: `The connection to ${product.value} was lost.` } : trouble.value;
    useEffect(() => {
        if (wasLost.current && !lost) {
            announce("Connected!");
        }
        wasLost.current = lost;
    }, [lost]);
    return (
        <div class="connection" role="status">
            {now !== null && (
                <div class="connection-box">
                    {now.reconnect ? <Icon name="alert" /> : <Spinner small />}
                    <span>{now.text}</span>
                    {now.reconnect && <Button onClick={now.reconnect}>Reconnect</Button>}
                </div>
            )}
            {now === null && good.value !== null && (
                <div class="connection-box connection-good">
                    <Icon name="check" /> {good.value}
                </div>
            )}
        </div>
    );
}
