// SPDX-License-Identifier: MIT
// Owns the view of the queues: what waits, for how long, what runs, dead letters; pause, purge, and bulk retry.
import { formatDuration, formatNumber, plural } from "../lib/format";
import { callsPath, functionPath } from "../lib/place";
import { place } from "../lib/session";
import { Button } from "../ui/button";
import { ask } from "../ui/dialog";
import { Ago } from "../ui/when";
import { type Act, useAct } from "./act";
import { askDelete, deletedWords, retriedWords } from "./dead-letters";
import { Fact } from "./fact";
import { usePolled } from "./poll";
import { Screen, may } from "./tabs";
import { type CallQueue, type CallbackQueue, type DeadFilter, type Lane, changeDead, changeQueue, getQueues, isCallQueue, isCallbackQueue } from "./wire";

/** States of calls as they are counted, with what people call them. */
const KINDS = { queued: "Waiting", running: "Running", retrying: "Retrying", dead: "Dead letters" } as const;
type Kind = keyof typeof KINDS;
const ORDER: Kind[] = ["running", "queued", "retrying", "dead"];

const sum = (lanes: Lane[], kind: Kind) => lanes.reduce((total, lane) => total + lane[kind], 0);
const ageWord = (lanes: Lane[]) => {
    const seconds = Math.max(0, ...lanes.map((lane) => lane.oldestSeconds));
    return seconds > 0 ? formatDuration(seconds * 1000) : "–";
};

/** How the calls of a queue stand, as one bar: who looks sees at once what most of them are. */
function Shares({ lanes }: { lanes: Lane[] }) {
    const parts = ORDER.map((kind) => [kind, sum(lanes, kind)] as const).filter(([, count]) => count > 0);
    return parts.length === 0 ? null : (
        <div class="shares" role="img" aria-label={parts.map(([kind, count]) => `${KINDS[kind]}: ${count}`).join(", ")}>
            {parts.map(([kind, count]) => (
                <span key={kind} class={`share share-${kind}`} style={{ flexGrow: count }} title={`${KINDS[kind]}: ${formatNumber(count)}`} />
            ))}
        </div>
    );
}

/** A number of calls, which leads to them. */
function Count({ count, of }: { count: number; of: { function?: string; queue: string; state: string } }) {
    return count === 0 ? <>0</> : <a href={callsPath(place.value, of)}>{formatNumber(count)}</a>;
}

function DeadCell({ lane, queue, act }: { lane: Lane; queue: string; act: Act }) {
    const of: DeadFilter = { function: lane.function, queue };
    const forget = async () => {
        if (await askDelete(`${plural(lane.dead, "dead letter")} of ${lane.function ?? queue}`)) {
            await act(async () => deletedWords(await changeDead("delete", of)));
        }
    };
    return (
        <span class="row">
            <Count count={lane.dead} of={{ function: lane.function ?? "", queue, state: "dead" }} />
            {lane.dead > 0 && may().mayOperate && (
                <>
                    <button type="button" class="text-button" onClick={() => act(async () => retriedWords(await changeDead("retry", of)))}>
                        Try again
                    </button>
                    <button type="button" class="text-button text-button-danger" onClick={forget}>
                        Delete
                    </button>
                </>
            )}
        </span>
    );
}

function LaneRow({ lane, queue, act }: { lane: Lane; queue: string; act: Act }) {
    const name = lane.function ?? "";
    return (
        <tr>
            <td>{name === "" ? <span class="muted">Messages</span> : <a href={functionPath(place.value, name)}>{name}</a>}</td>
            <td data-label="Waiting">
                <Count count={lane.queued} of={{ function: name, queue, state: "queued" }} />
            </td>
            <td data-label="Oldest">{ageWord([lane])}</td>
            <td data-label="Running">
                <Count count={lane.running} of={{ function: name, queue, state: "running" }} />
            </td>
            <td data-label="Retrying">
                <Count count={lane.retrying} of={{ function: name, queue, state: "retrying" }} />
            </td>
            <td data-label="Dead letters">
                <DeadCell lane={lane} queue={queue} act={act} />
            </td>
        </tr>
    );
}

function Lanes({ queue, act }: { queue: CallQueue; act: Act }) {
    return (
        <table class="history">
            <thead>
                <tr>
                    {["Function", "Waiting", "Oldest", "Running", "Retrying", "Dead letters"].map((name) => (
                        <th key={name} scope="col">
                            {name}
                        </th>
                    ))}
                </tr>
            </thead>
            <tbody>
                {queue.functions.map((lane) => (
                    <LaneRow key={lane.function ?? ""} lane={lane} queue={queue.name} act={act} />
                ))}
            </tbody>
        </table>
    );
}

function Controls({ queue, act }: { queue: CallQueue; act: Act }) {
    const { name, isPaused } = queue;
    const waiting = sum(queue.functions, "queued") + sum(queue.functions, "retrying");
    const pause = () => act(async () => (await changeQueue(name, isPaused ? "resume" : "pause"), isPaused ? `${name} goes on.` : `${name} is paused: calls are taken and wait.`));
    const purge = async () => {
        if (await ask(`Empty the queue ${name}?`, `${plural(waiting, "call")} ${waiting === 1 ? "is" : "are"} cancelled: what waits for its turn, and what waits to be tried again. What runs goes on.`, "Empty it", true)) {
            await act(async () => (await changeQueue(name, "purge"), `The queue ${name} is empty.`));
        }
    };
    return (
        <>
            <Button onClick={pause}>{isPaused ? "Resume" : "Pause"}</Button>
            <Button onClick={purge} disabled={waiting === 0}>
                Empty
            </Button>
        </>
    );
}

function QueueCard({ queue, act }: { queue: CallQueue; act: Act }) {
    const { name, isPaused, pausedSince, functions: lanes } = queue;
    const dead = sum(lanes, "dead");
    return (
        <section class="queue-card" data-queue={name} aria-labelledby={`queue-${name}`}>
            <div class="queue-head">
                <h2 id={`queue-${name}`}>{name}</h2>
                {isPaused && <span class="badge badge-warning">Paused</span>}
                {pausedSince !== null && (
                    <span class="muted small">
                        <Ago at={pausedSince} />
                    </span>
                )}
                <span class="grow" />
                {may().mayOperate && <Controls queue={queue} act={act} />}
            </div>
            <dl class="facts">
                <Fact name="Waiting">{formatNumber(sum(lanes, "queued"))}</Fact>
                <Fact name="Oldest">{ageWord(lanes)}</Fact>
                <Fact name="Running">{formatNumber(sum(lanes, "running"))}</Fact>
                <Fact name="Retrying">{formatNumber(sum(lanes, "retrying"))}</Fact>
                <Fact name="Dead letters" isBad={dead > 0}>
                    {formatNumber(dead)}
                </Fact>
            </dl>
            <Shares lanes={lanes} />
            {lanes.length > 0 && <Lanes queue={queue} act={act} />}
        </section>
    );
}

function Callbacks({ queue }: { queue: CallbackQueue }) {
    return (
        <section class="queue-card" data-queue={queue.name} aria-labelledby="queue-callbacks">
            <div class="queue-head">
                <h2 id="queue-callbacks">Callbacks</h2>
            </div>
            <dl class="facts">
                <Fact name="Waiting">{formatNumber(queue.waiting)}</Fact>
                {queue.nextAttemptAt !== null && (
                    <Fact name="Next">
                        <Ago at={queue.nextAttemptAt} />
                    </Fact>
                )}
            </dl>
        </section>
    );
}

export default function QueueList() {
    const { value, error, again } = usePolled("queues", getQueues);
    const { act, told } = useAct(again);
    const queues = [...(value ?? [])].sort((a, b) => a.name.localeCompare(b.name));
    return (
        <Screen tab="Queues" error={error} waiting={value === null}>
            {told}
            {queues.filter(isCallQueue).map((queue) => (
                <QueueCard key={queue.name} queue={queue} act={act} />
            ))}
            {queues.filter(isCallbackQueue).map((queue) => (
                <Callbacks key={queue.name} queue={queue} />
            ))}
        </Screen>
    );
}
