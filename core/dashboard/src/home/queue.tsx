// SPDX-License-Identifier: MIT
// Owns the queue: what code has put in front of this person, to begin, to go on with, or to drop.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { dequeue, getQueue } from "../lib/api";
import { forQueued } from "../lib/nav";
import { routePath, transactionPath } from "../lib/place";
import { decode } from "../lib/rich";
import { place, queueVersion, transactionsVersion } from "../lib/session";
import type { QueuedItem } from "../lib/wire";
import { Button, LinkButton } from "../ui/button";
import { ask } from "../ui/dialog";
import { Value } from "../ui/value";
import { Ago } from "../ui/when";

async function drop(item: QueuedItem): Promise<void> {
    if (await ask("Dequeue action", `"${item.name}" is taken off the queue for everybody.`, "Dequeue", true)) {
        await dequeue(item.id).catch(() => undefined);
        queueVersion.value++;
    }
}

function Params({ of }: { of: QueuedItem }) {
    const params = decode(of.params ?? {}, of.paramsMeta);
    const entries = typeof params === "object" && params !== null ? Object.entries(params) : [];
    return entries.length === 0 ? null : (
        <dl class="params">
            {entries.map(([name, value]) => (
                <div key={name}>
                    <dt>{name}</dt>
                    <dd>
                        <Value value={value} />
                    </dd>
                </div>
            ))}
        </dl>
    );
}

function Item({ item }: { item: QueuedItem }) {
    const at = place.value;
    return (
        <li class="function">
            <div class="grow">
                <p class="route-name">{item.name}</p>
                <p class="muted small">
                    Queued <Ago at={item.createdAt} /> {item.assignee === null ? "for anybody" : "for you"}
                </p>
                <Params of={item} />
            </div>
            <Button look="quiet" aria-label={`Dequeue ${item.name}`} onClick={() => drop(item)}>
                Dequeue
            </Button>
            <span data-pw="queued-action" data-pw-queued-action-slug={item.slug}>
                {item.transactionId === null ? (
                    <LinkButton href={forQueued(routePath(at, item.slug), item.id)} look="primary">
                        Begin
                    </LinkButton>
                ) : (
                    <LinkButton href={transactionPath(at, item.transactionId)} look="primary">
                        Continue
                    </LinkButton>
                )}
            </span>
        </li>
    );
}

export function Queue() {
    const items = useSignal<QueuedItem[]>([]);
    const { org, env } = place.value;
    useEffect(() => {
        let current = true;
        getQueue(org, env)
            .then((found) => current && (items.value = found.items))
            .catch(() => current && (items.value = []));
        return () => (current = false);
    }, [org, env, queueVersion.value, transactionsVersion.value]);
    if (items.value.length === 0) {
        return null;
    }
    return (
        <section class="home-section home-first" aria-labelledby="queue-title">
            <h2 id="queue-title">Queue</h2>
            <ul class="functions">
                {items.value.map((item) => (
                    <Item key={item.id} item={item} />
                ))}
            </ul>
        </section>
    );
}
