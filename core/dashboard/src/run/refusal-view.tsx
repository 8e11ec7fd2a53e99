// SPDX-License-Identifier: MIT
// Owns what is shown when a run cannot start: not found, offline, not allowed, busy, disabled after crashes.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { homePath } from "../lib/place";
import { place } from "../lib/session";
import { Button, LinkButton } from "../ui/button";
import { Empty, Notice } from "../ui/notice";
import type { Refusal } from "./run";

const TITLES: Record<string, string> = {
    NOT_FOUND: "Action not found",
    OFFLINE: "Action not reachable",
    FORBIDDEN: "You may not run this action",
    BUSY: "Too busy right now",
    TOO_LARGE: "Parameters too long",
};

/** Trying again would change nothing. */
const FINAL = new Set(["NOT_FOUND", "FORBIDDEN", "TOO_LARGE"]);

function secondsUntil(at: number): number {
    return Math.max(0, Math.ceil((at - Date.now()) / 1000));
}

function Countdown({ refusal, retry }: { refusal: Refusal; retry?: () => void }) {
    const left = useSignal(secondsUntil(refusal.retryAt ?? 0));
    useEffect(() => {
        const timer = setInterval(() => (left.value = secondsUntil(refusal.retryAt ?? 0)), 250);
        return () => clearInterval(timer);
    }, [refusal]);
    const waiting = left.value > 0;
    return (
        <Notice
            tone="warning"
            role="alert"
            title="Disabled after crashes"
            actions={
                <Button look="primary" icon="refresh" disabled={waiting} onClick={retry}>
                    {waiting ? `Retry in ${left.value} s` : "Retry"}
                </Button>
            }
        >
            <p>{refusal.message}</p>
            <p class="muted">
                It is kept from starting for a moment so that it cannot crash in a loop. Nothing else is affected; a new version of its file is
                accepted at once.
            </p>
        </Notice>
    );
}

export function RefusalView({ refusal, retry }: { refusal: Refusal; retry?: () => void }) {
    if (refusal.code === "DISABLED") {
        return <Countdown refusal={refusal} retry={retry} />;
    }
    return (
        <Empty icon="alert" title={TITLES[refusal.code] ?? "Problem creating action"}>
            <p>{refusal.message}</p>
            <div class="row">
                {retry && !FINAL.has(refusal.code) && (
                    <Button look="primary" icon="refresh" onClick={retry}>
                        Try again
                    </Button>
                )}
                <LinkButton href={homePath(place.value)}>Return home</LinkButton>
            </div>
        </Empty>
    );
}
