// SPDX-License-Identifier: MIT
// Owns what is done with many dead letters at once: those that were ticked, or all that the filter names.
import { plural } from "../lib/format";
import { Button } from "../ui/button";
import { ask } from "../ui/dialog";
import { useAct } from "./act";
import { usePolled } from "./poll";
import { type CallFilter, type DeadFilter, changeDead, getQueues, isCallQueue, retryCall } from "./wire";

async function countDead({ function: name, queue }: DeadFilter): Promise<number> {
    return (await getQueues())
        .filter(isCallQueue)
        .filter((one) => !queue || one.name === queue)
        .flatMap((one) => one.functions)
        .filter((lane) => !name || lane.function === name)
        .reduce((sum, lane) => sum + lane.dead, 0);
}

/** One after the other; who was faster with one of them is no trouble. How many there were. */
async function retryEach(ids: string[]): Promise<number> {
    let count = 0;
    for (const id of ids) {
        count += await retryCall(id).then(
            () => 1,
            () => 0,
        );
    }
    return count;
}

export const retriedWords = (count: number) => `${plural(count, "call")} will run again.`;
export const deletedWords = (count: number) => `${plural(count, "dead letter")} deleted.`;

export const askDelete = (what: string) => ask("Delete dead letters?", `${what}: they are forgotten, with what was sent. This cannot be undone.`, "Delete", true);

interface DeadLettersProps {
    filter: CallFilter;
    chosen: ReadonlySet<string>;
    /** The list is another one now. */
    changed(): Promise<void>;
}

export function DeadLetters({ filter, chosen, changed }: DeadLettersProps) {
    const of: DeadFilter = { function: filter.function || undefined, queue: filter.queue };
    const { value: count, again } = usePolled(`${filter.function} ${filter.queue}`, () => countDead(of));
    const { act, busy, told } = useAct(() => Promise.all([again(), changed()]));
    const retryAll = () => act(async () => retriedWords(await changeDead("retry", of)));
    const retryChosen = () => act(async () => retriedWords(await retryEach([...chosen])));
    const deleteAll = async () => {
        if (await askDelete(`All ${plural(count ?? 0, "dead letter")} of this list`)) {
            await act(async () => deletedWords(await changeDead("delete", of)));
        }
    };
    return (
        <>
            {told}
            {count !== null && count > 0 && (
                <div class="row dead-bar">
                    <strong class="grow">{plural(count, "dead letter")}</strong>
                    {chosen.size > 0 && (
                        <Button look="primary" icon="refresh" busy={busy} disabled={busy} onClick={retryChosen}>
                            {`Try ${chosen.size} again`}
                        </Button>
                    )}
                    <Button icon="refresh" disabled={busy} onClick={retryAll}>
                        Try all again
                    </Button>
                    <Button icon="trash" disabled={busy} onClick={deleteAll}>
                        Delete all
                    </Button>
                </div>
            )}
        </>
    );
}
