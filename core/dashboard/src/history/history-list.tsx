// SPDX-License-Identifier: MIT
// Owns the list of past runs: filter, environment, pages by cursor.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { getTransactions } from "../lib/api";
import { personName } from "../lib/format";
import { here, navigate } from "../lib/nav";
import { historyPath, transactionPath } from "../lib/place";
import { place, session, setTitle, transactionsVersion } from "../lib/session";
import type { TransactionSummary } from "../lib/wire";
import { placeOf } from "../shell/top-bar";
import { Button } from "../ui/button";
import { Empty, Notice } from "../ui/notice";
import { Waiting } from "../ui/spinner";
import { Ago } from "../ui/when";
import { StatusBadge } from "./status-badge";
import "../styles/run.css";
import "./history.css";

const PAGE = 50;
const DEBOUNCE_MS = 300;

interface Loaded {
    list: TransactionSummary[];
    next: string | null;
}

function Row({ run }: { run: TransactionSummary }) {
    const at = place.value;
    return (
        <tr>
            <td>
                <a class="history-name" href={transactionPath(at, run.id)}>
                    {run.name}
                </a>
                <span class="muted small mono">{run.slug}</span>
            </td>
            <td>
                <Ago at={run.createdAt} />
            </td>
            <td>
                {personName(run.user)}
                {run.user?.firstName && <span class="muted small history-email">{run.user.email}</span>}
            </td>
            <td>
                <StatusBadge status={run.status} resultStatus={run.resultStatus} />
            </td>
        </tr>
    );
}

function EnvironmentSelect() {
    const all = session.value!.environments;
    if (all.length < 2) {
        return null;
    }
    return (
        <select
            class="input input-small history-env"
            aria-label="Environment"
            value={place.value.env}
            onChange={(event) => {
                const chosen = all.find((env) => env.slug === event.currentTarget.value)!;
                void navigate(historyPath(placeOf(chosen)));
            }}
        >
            {all.map((env) => (
                <option key={env.id} value={env.slug}>
                    {env.name}
                </option>
            ))}
        </select>
    );
}

function Nothing({ filtered, clear }: { filtered: boolean; clear(): void }) {
    return filtered ? (
        <Empty icon="search" title="No transactions found">
            <p>No run matches. Names, addresses, people and status words are searched.</p>
            <Button onClick={clear}>Clear search</Button>
        </Empty>
    ) : (
        <Empty icon="history" title="No transactions yet">
            <p>Each run of an action is kept here with what was asked, what was answered, its logs and its result. Run one to see it.</p>
        </Empty>
    );
}

export default function HistoryList() {
    const params = new URLSearchParams(location.search);
    const slug = params.get("slug") ?? undefined;
    const query = useSignal(params.get("s") ?? "");
    const typed = useSignal(query.value);
    const loaded = useSignal<Loaded | null>(null);
    const error = useSignal<string | null>(null);
    const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
    const { org, env } = place.value;

    const load = async (before?: string) => {
        try {
            const page = await getTransactions({ org, env, q: query.value, slug, before, limit: PAGE });
            const known = before === undefined ? [] : (loaded.value?.list ?? []);
            loaded.value = { list: [...known, ...page.transactions], next: page.next };
            error.value = null;
        } catch (problem) {
            error.value = (problem as Error).message;
        }
    };
    useEffect(() => setTitle("History"), []);
    useEffect(() => void load(), [org, env, slug, query.value, transactionsVersion.value]);

    const search = (text: string) => {
        typed.value = text;
        clearTimeout(timer.current);
        timer.current = setTimeout(() => {
            query.value = text;
            const url = new URL(here(), location.origin);
            if (text === "") {
                url.searchParams.delete("s");
            } else {
                url.searchParams.set("s", text);
            }
            history.replaceState(null, "", url);
        }, DEBOUNCE_MS);
    };
    const now = loaded.value;
    return (
        <>
            <div class="screen-head">
                <div>
                    <h1>History</h1>
                </div>
                <div class="row">
                    <input
                        class="input input-small history-filter"
                        type="text"
                        placeholder="Filter"
                        aria-label="Filter"
                        value={typed.value}
                        onInput={(event) => search(event.currentTarget.value)}
                    />
                    <EnvironmentSelect />
                </div>
            </div>
            {error.value !== null && <Notice tone="danger" title={error.value} role="alert" />}
            {now === null && error.value === null && <Waiting>Loading history</Waiting>}
            {now?.list.length === 0 && <Nothing filtered={query.value !== "" || slug !== undefined} clear={() => search("")} />}
            {now !== null && now.list.length > 0 && (
                <table class="history">
                    <thead>
                        <tr>
                            <th scope="col">Action</th>
                            <th scope="col">Ran at</th>
                            <th scope="col">Ran by</th>
                            <th scope="col">Status</th>
                        </tr>
                    </thead>
                    <tbody>
                        {now.list.map((run) => (
                            <Row key={run.id} run={run} />
                        ))}
                    </tbody>
                </table>
            )}
            {now?.next && (
                <div class="history-more">
                    <Button onClick={() => load(now.next!)}>Show older runs</Button>
                </div>
            )}
        </>
    );
}
