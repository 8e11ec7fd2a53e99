// SPDX-License-Identifier: MIT
// Owns the keys that callers of private functions show: listing, making and deleting them.
import { useSignal } from "@preact/signals";
import { Created } from "../keys/new-key-dialog";
import { formatNumber } from "../lib/format";
import { Button } from "../ui/button";
import { Dialog, ask } from "../ui/dialog";
import { Empty, Notice } from "../ui/notice";
import { Ago } from "../ui/when";
import { type Act, useAct } from "./act";
import { usePolled } from "./poll";
import { Screen } from "./tabs";
import { type FunctionKey, type NewKey, createFunctionKey, deleteFunctionKey, getFunctionKeys } from "./wire";
import "../keys/keys.css";

const PERIODS = ["DAY", "WEEK", "MONTH"];

const nameOf = (key: FunctionKey) => key.label ?? key.prefix;

function Limits({ of }: { of: FunctionKey }) {
    if (of.rate === undefined && of.quota === undefined) {
        return <>No limits</>;
    }
    return (
        <>
            {of.rate !== undefined && <p>{`${formatNumber(of.rate)} a second, ${formatNumber(of.burst ?? 0)} at once`}</p>}
            {of.quota !== undefined && (
                <p>
                    {`${formatNumber(of.used ?? 0)} of ${formatNumber(of.quota)} this ${of.period?.toLowerCase()}`}
                    <meter class="key-quota" min={0} max={of.quota} high={0.9 * of.quota} optimum={0} value={of.used ?? 0} aria-hidden="true" />
                </p>
            )}
        </>
    );
}

function Row({ of, act }: { of: FunctionKey; act: Act }) {
    const name = nameOf(of);
    const remove = async () => {
        if (await ask("Delete key", `Callers that show "${name}" are refused from now on.`, "Delete", true)) {
            await act(async () => (await deleteFunctionKey(of.id), `The key ${name} is deleted.`));
        }
    };
    return (
        <tr data-key={name}>
            <td>
                <strong>{of.label ?? "(Unnamed)"}</strong> <code class="muted">{of.prefix}…</code> {!of.isEnabled && <span class="badge badge-warning">Off</span>}
            </td>
            <td data-label="For">{of.service === null ? "Functions of routes/" : `${of.service} · ${of.stage}`}</td>
            <td data-label="Limits">
                <Limits of={of} />
            </td>
            <td data-label="Created">
                <Ago at={of.createdAt} />
            </td>
            <td class="key-actions">
                {of.service === null ? (
                    <button type="button" class="text-button text-button-danger" aria-label={`Delete ${name}`} onClick={remove}>
                        Delete
                    </button>
                ) : (
                    <span class="muted small">from its file</span>
                )}
            </td>
        </tr>
    );
}

function Limit({ label, name }: { label: string; name: string }) {
    return (
        <label class="stack key-field">
            {label}
            <input class="input" name={name} type="number" min={1} />
        </label>
    );
}

/** What was typed: numbers that are missing are left out, and so are limits that need them. */
function read(form: HTMLFormElement): NewKey {
    const data = new FormData(form);
    const number = (name: string) => (data.get(name) ? Number(data.get(name)) : undefined);
    const rate = number("rate");
    const quota = number("quota");
    return {
        label: String(data.get("label")).trim(),
        ...(rate === undefined ? {} : { rate, burst: number("burst") ?? Math.max(1, Math.ceil(rate)) }),
        ...(quota === undefined ? {} : { quota, period: String(data.get("period")) }),
    };
}

function NewKeyDialog({ close, created }: { close(): void; created(): Promise<void> }) {
    const secret = useSignal<string | null>(null);
    const error = useSignal<string | null>(null);
    const busy = useSignal(false);
    const submit = async (event: SubmitEvent) => {
        event.preventDefault();
        busy.value = true;
        try {
            secret.value = (await createFunctionKey(read(event.currentTarget as HTMLFormElement))).key;
            await created();
        } catch (problem) {
            error.value = (problem as Error).message;
        }
        busy.value = false;
    };
    if (secret.value !== null) {
        return <Created title="Key created" secret={secret.value} close={close} />;
    }
    return (
        <Dialog label="Create a key for callers" onClose={close}>
            <h2>Create a key for callers</h2>
            <form class="stack" onSubmit={submit}>
                <label class="stack key-field">
                    Label
                    <input class="input" name="label" required placeholder="Who will use it" />
                </label>
                <Limit label="Requests a second (empty: no limit)" name="rate" />
                <Limit label="At once" name="burst" />
                <Limit label="Quota (empty: none)" name="quota" />
                <label class="stack key-field">
                    Quota per
                    <select class="input" name="period">
                        {PERIODS.map((period) => (
                            <option key={period} value={period}>
                                {period.charAt(0) + period.slice(1).toLowerCase()}
                            </option>
                        ))}
                    </select>
                </label>
                {error.value !== null && <Notice tone="danger" title={error.value} role="alert" />}
                <div class="row row-end">
                    <Button onClick={close}>Cancel</Button>
                    <Button look="primary" type="submit" busy={busy.value} disabled={busy.value}>
                        Create key
                    </Button>
                </div>
            </form>
        </Dialog>
    );
}

function Table({ keys, act }: { keys: FunctionKey[]; act: Act }) {
    return (
        <table class="history">
            <thead>
                <tr>
                    <th scope="col">Label</th>
                    <th scope="col">For</th>
                    <th scope="col">Limits</th>
                    <th scope="col">Created</th>
                    <td>
                        <span class="visually-hidden">Delete</span>
                    </td>
                </tr>
            </thead>
            <tbody>
                {keys.map((key) => (
                    <Row key={key.id} of={key} act={act} />
                ))}
            </tbody>
        </table>
    );
}

export default function KeyList() {
    const { value, error, again } = usePolled("keys", getFunctionKeys);
    const creating = useSignal(false);
    const { act, told } = useAct(again);
    const create = (
        <Button icon="plus" onClick={() => (creating.value = true)}>
            Create key
        </Button>
    );
    return (
        <Screen tab="Keys" error={error} waiting={value === null} actions={value !== null && value.length > 0 && create}>
            {told}
            {value?.length === 0 ? (
                <Empty icon="key" title="No keys for callers">
                    <p>Private functions answer only who sends a key in the header x-api-key. Services declare theirs in serverless.yml.</p>
                    {create}
                </Empty>
            ) : (
                <Table keys={value ?? []} act={act} />
            )}
            {creating.value && <NewKeyDialog close={() => (creating.value = false)} created={again} />}
        </Screen>
    );
}
