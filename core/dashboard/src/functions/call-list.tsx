// SPDX-License-Identifier: MIT
// Owns the list of durable calls: one page of it, which stands in the address like its filter.
import { useSignal } from "@preact/signals";
import { useLocation } from "preact-iso";
import { useEffect } from "preact/hooks";
import { callsPath } from "../lib/place";
import { place } from "../lib/session";
import { LinkButton } from "../ui/button";
import { Empty } from "../ui/notice";
import { FilterBar } from "./call-filter";
import { CallTable, type Choice } from "./call-table";
import { DeadLetters } from "./dead-letters";
import { usePolled } from "./poll";
import { Screen, may } from "./tabs";
import { type AsyncCall, type CallFilter, getCalls } from "./wire";

const PAGE = 50;

function Nothing({ filter }: { filter: CallFilter }) {
    if (filter.function || filter.queue || filter.state || filter.before) {
        return (
            <Empty icon="search" title="No calls found">
                <p>Calls that are over are kept for a while only; dead letters longer than others.</p>
                <LinkButton href={callsPath(place.value)}>All calls</LinkButton>
            </Empty>
        );
    }
    return (
        <Empty icon="history" title="No asynchronous calls yet">
            <p>
                Send a request to the address of a function with <code>/async</code> behind it: it is kept on disk, answered with 202, and run with
                retries.
            </p>
        </Empty>
    );
}

function Pages({ filter, next }: { filter: CallFilter; next: number | null }) {
    const at = place.value;
    return filter.before || next !== null ? (
        <nav class="row call-pages" aria-label="Pages">
            {filter.before && <LinkButton href={callsPath(at, { ...filter, before: "" })}>Newest calls</LinkButton>}
            {next !== null && <LinkButton href={callsPath(at, { ...filter, before: String(next) })}>Older calls</LinkButton>}
        </nav>
    ) : null;
}

/** Ticks of what is listed; another list begins without any. */
function useChoice(key: string, calls: AsyncCall[]): Choice {
    const ticked = useSignal<ReadonlySet<string>>(new Set());
    useEffect(() => void (ticked.value = new Set()), [key]);
    return {
        chosen: new Set(calls.map((call) => call.id).filter((id) => ticked.value.has(id))),
        choose(ids, isChosen) {
            const next = new Set(ticked.value);
            for (const id of ids) {
                next[isChosen ? "add" : "delete"](id);
            }
            ticked.value = next;
        },
    };
}

export default function CallList() {
    const { query } = useLocation();
    const filter: CallFilter = { function: query.function, queue: query.queue, state: query.state, before: query.before };
    const key = callsPath(place.value, filter);
    const { value, error, again } = usePolled(key, () => getCalls(filter, PAGE));
    const calls = value?.calls ?? [];
    const choice = useChoice(key, calls);
    const isBulk = filter.state === "dead" && may().mayOperate;
    return (
        <Screen tab="Calls" error={error} waiting={value === null} actions={<FilterBar filter={filter} />}>
            {isBulk && <DeadLetters filter={filter} chosen={choice.chosen} changed={again} />}
            {calls.length === 0 ? <Nothing filter={filter} /> : <CallTable calls={calls} choice={isBulk ? choice : undefined} />}
            <Pages filter={filter} next={value?.next ?? null} />
        </Screen>
    );
}
