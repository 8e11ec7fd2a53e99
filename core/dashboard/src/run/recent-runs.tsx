// SPDX-License-Identifier: MIT
// Owns the last runs of this action, for the control panel.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { getTransactions } from "../lib/api";
import { formatAgo, statusWord } from "../lib/format";
import { transactionPath } from "../lib/place";
import { place, transactionsVersion } from "../lib/session";
import type { TransactionSummary } from "../lib/wire";

const COUNT = 20;

export function RecentRuns({ slug }: { slug: string }) {
    const runs = useSignal<TransactionSummary[]>([]);
    const at = place.value;
    useEffect(() => {
        getTransactions({ org: at.org, env: at.env, slug, limit: COUNT })
            .then((page) => (runs.value = page.transactions))
            .catch(() => (runs.value = []));
    }, [slug, transactionsVersion.value]);
    if (runs.value.length === 0) {
        return <p class="muted small">No runs yet.</p>;
    }
    return (
        <ul class="recent">
            {runs.value.map((run) => (
                <li key={run.id} class="row">
                    <a href={transactionPath(at, run.id)}>{formatAgo(run.createdAt)}</a>
                    <span class="muted small">{statusWord(run.status, run.resultStatus)}</span>
                </li>
            ))}
        </ul>
    );
}
