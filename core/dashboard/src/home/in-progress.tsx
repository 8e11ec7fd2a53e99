// SPDX-License-Identifier: MIT
// Owns the list of open background runs, which can be continued or cancelled.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { cancelTransaction, getTransactions } from "../lib/api";
import { formatAgo } from "../lib/format";
import { transactionPath } from "../lib/place";
import { place, session, transactionsVersion } from "../lib/session";
import type { TransactionSummary } from "../lib/wire";
import { Button, LinkButton } from "../ui/button";
import { ask } from "../ui/dialog";

async function cancel(run: TransactionSummary): Promise<void> {
    const yes = await ask("Cancel transaction", `"${run.name}" stops and everything it asked for is dropped.`, "Cancel transaction", true);
    if (yes) {
        await cancelTransaction(run.id).catch(() => undefined);
        transactionsVersion.value++;
    }
}

export function InProgress() {
    const runs = useSignal<TransactionSummary[]>([]);
    const { org, env } = place.value;
    useEffect(() => {
        getTransactions({ org, env, status: "open" })
            .then((page) => {
                const mine = session.peek()!.user.email;
                runs.value = page.transactions.filter((run) => run.backgroundable && run.user?.email === mine);
            })
            .catch(() => (runs.value = []));
    }, [org, env, transactionsVersion.value]);
    if (runs.value.length === 0) {
        return null;
    }
    return (
        <section class="home-section home-first" aria-labelledby="progress-title">
            <h2 id="progress-title">In progress</h2>
            <ul class="functions">
                {runs.value.map((run) => (
                    <li key={run.id} class="function">
                        <div class="grow">
                            <p class="route-name">{run.name}</p>
                            <p class="muted small">Started {formatAgo(run.createdAt)}</p>
                        </div>
                        {run.status === "AWAITING_INPUT" && <span class="badge badge-warning">Requires input</span>}
                        {run.status === "HOST_CONNECTION_DROPPED" && <span class="badge badge-warning">Connection lost</span>}
                        <Button look="quiet" onClick={() => cancel(run)}>
                            Cancel
                        </Button>
                        <LinkButton href={transactionPath(place.value, run.id)} look="primary">
                            Continue
                        </LinkButton>
                    </li>
                ))}
            </ul>
        </section>
    );
}
