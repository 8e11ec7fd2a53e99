// SPDX-License-Identifier: MIT
// Owns the list of durable calls with its filter, which stands in the address.
import { useSignal } from "@preact/signals";
import { useLocation } from "preact-iso";
import { useEffect } from "preact/hooks";
import { navigate } from "../lib/nav";
import { callsPath } from "../lib/place";
import { place } from "../lib/session";
import { Button } from "../ui/button";
import { Empty } from "../ui/notice";
import { CallTable } from "./call-table";
import { usePolled } from "./poll";
import { STATES, stateWord } from "./state-badge";
import { Screen } from "./tabs";
import { type AsyncCall, getCalls, getFunctions } from "./wire";

const PAGE = 50;

interface Older {
    list: AsyncCall[];
    next: number | null;
}

function Filter({ name, state, names }: { name: string; state: string; names: string[] }) {
    const go = (of: { function?: string; state?: string }) => void navigate(callsPath(place.value, { function: name, state, ...of }), true);
    const all = name !== "" && !names.includes(name) ? [name, ...names] : names;
    return (
        <>
            <select class="input input-small" aria-label="Function" value={name} onChange={(event) => go({ function: event.currentTarget.value })}>
                <option value="">All functions</option>
                {all.map((one) => (
                    <option key={one} value={one}>
                        {one}
                    </option>
                ))}
            </select>
            <select class="input input-small" aria-label="State" value={state} onChange={(event) => go({ state: event.currentTarget.value })}>
                <option value="">All states</option>
                {STATES.map((one) => (
                    <option key={one} value={one}>
                        {stateWord(one)}
                    </option>
                ))}
            </select>
        </>
    );
}

export default function CallList() {
    const { query } = useLocation();
    const name = query.function ?? "";
    const state = query.state ?? "";
    const key = `${name} ${state}`;
    const older = useSignal<Older | null>(null);
    const { value, error } = usePolled(key, async () => {
        const [page, functions] = await Promise.all([getCalls({ function: name, state, limit: PAGE }), getFunctions()]);
        return { ...page, names: functions.map((one) => one.name).sort() };
    });
    useEffect(() => void (older.value = null), [key]);

    const calls = [...(value?.calls ?? []), ...(older.value?.list ?? [])].filter((one, i, all) => all.findIndex((other) => other.id === one.id) === i);
    const next = older.value === null ? (value?.next ?? null) : older.value.next;
    const more = async () => {
        const page = await getCalls({ function: name, state, limit: PAGE, before: String(next) });
        older.value = { list: [...(older.value?.list ?? []), ...page.calls], next: page.next };
    };
    return (
        <Screen tab="Calls" error={error} waiting={value === null} actions={<Filter name={name} state={state} names={value?.names ?? []} />}>
            {calls.length === 0 ? (
                <Empty icon="history" title={key === " " ? "No asynchronous calls yet" : "No calls found"}>
                    <p>
                        Send a request to the address of a function with <code>/async</code> behind it: it is kept on disk, answered with 202, and run
                        with retries.
                    </p>
                </Empty>
            ) : (
                <CallTable calls={calls} />
            )}
            {next !== null && (
                <div class="history-more">
                    <Button onClick={more}>Show older calls</Button>
                </div>
            )}
        </Screen>
    );
}
