// SPDX-License-Identifier: MIT
// Owns the view of the queues: what waits, for how long, what runs, dead letters; pause, purge, and bulk retry.
import { useSignal } from "@preact/signals";
import { formatDuration, formatInstant, formatNumber, plural } from "../lib/format";
import { callsPath, functionPath } from "../lib/place";
import { place } from "../lib/session";
import { Button } from "../ui/button";
import { ask } from "../ui/dialog";
import { Notice } from "../ui/notice";
import { usePolled } from "./poll";
import { Screen } from "./tabs";
import { type Lane, type Queue, changeDead, changeQueue, getQueues } from "./wire";

type Act = (change: () => Promise<string>) => Promise<void>;

const sum = (lanes: Lane[], of: "queued" | "retrying" | "running" | "dead") => lanes.reduce((total, lane) => total + lane[of], 0);

function Figure({ name, value, warn = false, href }: { name: string; value: string; warn?: boolean; href?: string }) {
    return (
        <div>
            <dt>{name}</dt>
            <dd class={warn ? "danger-text" : ""}>{href ? <a href={href}>{value}</a> : value}</dd>
        </div>
    );
}

/** How the calls of a queue stand, as one bar: who looks sees at once what most of them are. */
function Shares({ lanes }: { lanes: Lane[] }) {
    const parts = (["running", "queued", "retrying", "dead"] as const).map((of) => [of, sum(lanes, of)] as const);
    const all = parts.reduce((total, [, count]) => total + count, 0);
    return all === 0 ? null : (
        <div class="shares" role="img" aria-label={parts.map(([of, count]) => `${count} ${of}`).join(", ")}>
            {parts.map(([of, count]) => count > 0 && <span key={of} class={`share share-${of}`} style={{ flexGrow: count }} />)}
        </div>
    );
}

function Lanes({ lanes, act }: { lanes: Lane[]; act: Act }) {
    const at = place.value;
    const again = (name: string) => act(async () => `${plural(await changeDead("retry", name), "dead letter")} of ${name} will run again.`);
    const forget = async (name: string) => {
        if (await ask("Forget these dead letters?", `All dead letters of ${name} are deleted. This cannot be undone.`, "Delete", true)) {
            await act(async () => `${plural(await changeDead("delete", name), "dead letter")} of ${name} deleted.`);
        }
    };
    return (
        <table class="history">
            <thead>
                <tr>
                    <th scope="col">Function</th>
                    <th scope="col">Waiting</th>
                    <th scope="col">Oldest</th>
                    <th scope="col">Running</th>
                    <th scope="col">Retrying</th>
                    <th scope="col">Dead letters</th>
                </tr>
            </thead>
            <tbody>
                {lanes.map((lane) => {
                    const name = lane.function ?? "";
                    return (
                        <tr key={name}>
                            <td>{lane.function === null ? <span class="muted">Messages</span> : <a href={functionPath(at, name)}>{name}</a>}</td>
                            <td data-label="Waiting">{formatNumber(lane.queued)}</td>
                            <td data-label="Oldest">{lane.oldestSeconds > 0 ? formatDuration(lane.oldestSeconds * 1000) : ""}</td>
                            <td data-label="Running">{formatNumber(lane.running)}</td>
                            <td data-label="Retrying">{formatNumber(lane.retrying)}</td>
                            <td data-label="Dead letters">
                                {lane.dead === 0 ? (
                                    "0"
                                ) : (
                                    <span class="row">
                                        <a href={callsPath(at, { function: name, state: "dead" })}>{formatNumber(lane.dead)}</a>
                                        <button type="button" class="text-button" onClick={() => again(name)}>
                                            Try again
                                        </button>
                                        <button type="button" class="text-button text-button-danger" onClick={() => forget(name)}>
                                            Delete
                                        </button>
                                    </span>
                                )}
                            </td>
                        </tr>
                    );
                })}
            </tbody>
        </table>
    );
}

function QueueCard({ queue, act }: { queue: Queue; act: Act }) {
    const lanes = queue.functions ?? [];
    const waiting = sum(lanes, "queued");
    const oldest = Math.max(0, ...lanes.map((lane) => lane.oldestSeconds));
    const dead = sum(lanes, "dead");
    const pause = () => act(async () => (await changeQueue(queue.name, queue.isPaused ? "resume" : "pause"), ""));
    const purge = async () => {
        if (await ask(`Empty the queue ${queue.name}?`, `${plural(waiting, "call")} that wait are cancelled.`, "Empty it", true)) {
            await act(async () => (await changeQueue(queue.name, "purge"), `The queue ${queue.name} is empty.`));
        }
    };
    return (
        <section class="queue-card" data-queue={queue.name} aria-labelledby={`queue-${queue.name}`}>
            <div class="queue-head">
                <h2 id={`queue-${queue.name}`}>{queue.name}</h2>
                {queue.isPaused && <span class="badge badge-warning">Paused</span>}
                <span class="grow" />
                <Button onClick={pause}>{queue.isPaused ? "Resume" : "Pause"}</Button>
                <Button onClick={purge} disabled={waiting === 0}>
                    Empty
                </Button>
            </div>
            <dl class="facts">
                <Figure name="Waiting" value={formatNumber(waiting)} />
                <Figure name="Oldest" value={oldest > 0 ? formatDuration(oldest * 1000) : "–"} />
                <Figure name="Running" value={formatNumber(sum(lanes, "running"))} />
                <Figure name="Retrying" value={formatNumber(sum(lanes, "retrying"))} />
                <Figure name="Dead letters" value={formatNumber(dead)} warn={dead > 0} />
            </dl>
            <Shares lanes={lanes} />
            {lanes.length > 0 && <Lanes lanes={lanes} act={act} />}
        </section>
    );
}

function Callbacks({ queue }: { queue: Queue }) {
    return (
        <section class="queue-card" data-queue={queue.name}>
            <div class="queue-head">
                <h2>Callbacks</h2>
            </div>
            <dl class="facts">
                <Figure name="Waiting" value={formatNumber(queue.waiting ?? 0)} />
                {queue.nextAttemptAt ? <Figure name="Next" value={formatInstant(queue.nextAttemptAt)} /> : null}
            </dl>
        </section>
    );
}

export default function QueueList() {
    const { value, error, again } = usePolled("queues", getQueues);
    const said = useSignal<string>("");
    const refused = useSignal<string | null>(null);
    const act: Act = async (change) => {
        try {
            said.value = await change();
            refused.value = null;
        } catch (problem) {
            refused.value = (problem as Error).message;
        }
        await again();
    };
    return (
        <Screen tab="Queues" error={refused.value ?? error} waiting={value === null}>
            {said.value !== "" && <Notice tone="good" title={said.value} role="status" />}
            {(value ?? []).map((queue) =>
                queue.functions ? <QueueCard key={queue.name} queue={queue} act={act} /> : <Callbacks key={queue.name} queue={queue} />,
            )}
        </Screen>
    );
}
