// SPDX-License-Identifier: MIT
// Owns the notice for a handler that computes without asking, with the button that ends its runner.
import { plural } from "../lib/format";
import { Button } from "../ui/button";
import { ask } from "../ui/dialog";
import { Notice } from "../ui/notice";
import type { Busy } from "./run";

export function BusyNotice({ busy, stop }: { busy: Busy; stop(): void }) {
    const others = busy.others.map((other) => (other.user ? `${other.name} (${other.user})` : other.name));
    const confirmStop = async () => {
        const also = others.length === 0 ? "Nobody else is in this runner." : `This also ends: ${others.join(", ")}.`;
        if (await ask("Stop this run?", `The runner process is ended at once. ${also}`, "Stop", true)) {
            stop();
        }
    };
    return (
        <Notice
            tone="warning"
            role="status"
            title={`This action is busy: it has computed for ${plural(Math.round(busy.cpuSeconds), "second")} without asking or showing anything.`}
            actions={
                <Button look="danger" icon="stop" onClick={confirmStop}>
                    Stop
                </Button>
            }
        >
            {others.length === 0 ? (
                <p>It may finish by itself. Stopping ends its runner; nobody else is in there.</p>
            ) : (
                <>
                    <p>It may finish by itself. Stopping ends its runner, and with it these other runs:</p>
                    <ul class="bullets">
                        {others.map((other, i) => (
                            <li key={i}>{other}</li>
                        ))}
                    </ul>
                </>
            )}
        </Notice>
    );
}
