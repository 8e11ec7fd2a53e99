// SPDX-License-Identifier: MIT
// Owns the controls above the list of durable calls. What is chosen stands in the address.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { navigate } from "../lib/nav";
import { callPath, callsPath } from "../lib/place";
import { place } from "../lib/session";
import { STATES, stateWord } from "./state-badge";
import { type CallFilter, getFunctions, getQueues, isCallQueue } from "./wire";

interface Names {
    functions: string[];
    queues: string[];
}

/** What can be chosen, as of when the screen was opened. */
function useNames(): Names {
    const names = useSignal<Names>({ functions: [], queues: [] });
    useEffect(() => {
        Promise.all([getFunctions(), getQueues()])
            .then(([functions, queues]) => {
                names.value = { functions: functions.map((one) => one.name).sort(), queues: queues.filter(isCallQueue).map((one) => one.name) };
            })
            .catch(() => undefined); // the list says what is wrong
    }, []);
    return names.value;
}

interface ChoiceProps {
    label: string;
    all: string;
    value: string;
    options: readonly string[];
    word?(option: string): string;
    onChoose(option: string): void;
}

/** An address may name what is not there (any more): it stays one of the options. */
function Choice({ label, all, value, options, word = (option) => option, onChoose }: ChoiceProps) {
    const listed = value === "" || options.includes(value) ? options : [value, ...options];
    return (
        <select class="input input-small call-filter" aria-label={label} value={value} onChange={(event) => onChoose(event.currentTarget.value)}>
            <option value="">{all}</option>
            {listed.map((option) => (
                <option key={option} value={option}>
                    {word(option)}
                </option>
            ))}
        </select>
    );
}

function GoTo() {
    const submit = (event: SubmitEvent) => {
        event.preventDefault();
        const id = String(new FormData(event.currentTarget as HTMLFormElement).get("id")).trim();
        if (id !== "") {
            void navigate(callPath(place.value, id));
        }
    };
    return (
        <form class="call-filter" role="search" onSubmit={submit}>
            <input class="input input-small" name="id" type="search" aria-label="Go to the call with the id" placeholder="Call id, Enter" />
        </form>
    );
}

const stateWords: Record<string, string> = Object.fromEntries(STATES.map((state) => [state, stateWord(state)]));

export function FilterBar({ filter }: { filter: CallFilter }) {
    const names = useNames();
    const go = (part: CallFilter) => void navigate(callsPath(place.value, { ...filter, before: "", ...part }));
    return (
        <>
            <Choice label="Function" all="All functions" value={filter.function ?? ""} options={names.functions} onChoose={(name) => go({ function: name })} />
            <Choice label="Queue" all="All queues" value={filter.queue ?? ""} options={names.queues} onChoose={(queue) => go({ queue })} />
            <Choice label="State" all="All states" value={filter.state ?? ""} options={STATES} word={(state) => stateWords[state] ?? state} onChoose={(state) => go({ state })} />
            <GoTo />
        </>
    );
}
