// SPDX-License-Identifier: MIT
// Owns the Keys page: the personal development key and the live keys of the organization.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ApiError, deleteKey, getKeys } from "../lib/api";
import { EndpointLine } from "../home/connect-host";
import { formatAgo, formatInstant } from "../lib/format";
import { place, session, setTitle } from "../lib/session";
import type { LiveKey } from "../lib/wire";
import { Button } from "../ui/button";
import { ask } from "../ui/dialog";
import { Empty, Notice } from "../ui/notice";
import { Secret } from "../ui/secret";
import { Waiting } from "../ui/spinner";
import { NewKeyDialog } from "./new-key-dialog";
import "./keys.css";

interface Loaded {
    developmentKey: string | null;
    keys: LiveKey[];
}

function DevelopmentKey({ value }: { value: string | null }) {
    return (
        <section class="stack" aria-labelledby="development-title">
            <div>
                <h2 id="development-title">Personal development key</h2>
                <p class="muted">Hosts that you start with this key register their routes in your development environment.</p>
            </div>
            {value === null ? (
                <Notice>
                    <p>You have no development key. An administrator creates one with:</p>
                    <p>
                        <code>interlude keys create --dev {session.value!.user.email}</code>
                    </p>
                </Notice>
            ) : (
                <Secret value={value} />
            )}
        </section>
    );
}

function KeyRow({ of, changed }: { of: LiveKey; changed(): void }) {
    const remove = async () => {
        const name = of.label || of.prefix;
        if (await ask("Delete key", `Hosts that use "${name}" are disconnected and cannot come back with it.`, "Delete", true)) {
            await deleteKey(of.id).catch(() => undefined);
            changed();
        }
    };
    return (
        <tr>
            <td>
                <strong>{of.label || "(Unnamed)"}</strong>
                <code class="key-prefix">{of.prefix}…</code>
            </td>
            <td>{session.value!.environments.find((env) => env.slug === of.environment)?.name ?? of.environment}</td>
            <td>{formatInstant(of.createdAt)}</td>
            <td>{of.lastUsedAt === null ? "Never" : formatAgo(of.lastUsedAt)}</td>
            <td class="key-actions">
                <button type="button" class="text-button text-button-danger" aria-label={`Delete ${of.label || of.prefix}`} onClick={remove}>
                    Delete
                </button>
            </td>
        </tr>
    );
}

function LiveKeys({ keys, changed }: { keys: LiveKey[]; changed(): void }) {
    const creating = useSignal(false);
    const create = (
        <Button icon="plus" onClick={() => (creating.value = true)}>
            Create live key
        </Button>
    );
    return (
        <section class="stack" aria-labelledby="live-title">
            <div class="row">
                <div class="grow">
                    <h2 id="live-title">Live mode keys</h2>
                    <p class="muted">Hosts with a live key serve everybody in the organization.</p>
                </div>
                {keys.length > 0 && create}
            </div>
            {keys.length === 0 ? (
                <Empty icon="key" title="No live keys">
                    <p>Create one when your routes are ready for others, and give it to the host that serves them.</p>
                    {create}
                </Empty>
            ) : (
                <div class="keys-scroll" tabIndex={0} role="region" aria-label="Live mode keys">
                    <table class="keys">
                        <thead>
                            <tr>
                                <th scope="col">Label</th>
                                <th scope="col">Environment</th>
                                <th scope="col">Created</th>
                                <th scope="col">Last used</th>
                                <td>
                                    <span class="visually-hidden">Delete</span>
                                </td>
                            </tr>
                        </thead>
                        <tbody>
                            {keys.map((key) => (
                                <KeyRow key={key.id} of={key} changed={changed} />
                            ))}
                        </tbody>
                    </table>
                </div>
            )}
            {creating.value && <NewKeyDialog close={() => (creating.value = false)} created={changed} />}
        </section>
    );
}

export default function Keys() {
    const loaded = useSignal<Loaded | null>(null);
    const error = useSignal<Error | null>(null);
    const load = () =>
        getKeys(place.peek().org)
            .then((found) => (loaded.value = found))
            .catch((problem: Error) => (error.value = problem));
    useEffect(() => {
        setTitle("Keys");
        void load();
    }, []);
    if (error.value !== null) {
        const forbidden = error.value instanceof ApiError && error.value.status === 403;
        return <Notice tone="danger" title={forbidden ? "Only developers and administrators may see keys." : error.value.message} role="alert" />;
    }
    if (loaded.value === null) {
        return <Waiting>Loading keys</Waiting>;
    }
    return (
        <>
            <div class="screen-head">
                <h1>Keys</h1>
            </div>
            <div class="stack keys-page">
                <section class="stack" aria-labelledby="endpoint-title">
                    <div>
                        <h2 id="endpoint-title">Endpoint</h2>
                        <p class="muted">Where hosts in Node or Python connect, with one of the keys below.</p>
                    </div>
                    <EndpointLine />
                </section>
                <DevelopmentKey value={loaded.value.developmentKey} />
                <LiveKeys keys={loaded.value.keys} changed={load} />
            </div>
        </>
    );
}
