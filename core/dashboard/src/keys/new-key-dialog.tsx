// SPDX-License-Identifier: MIT
// Owns creating a live key: its label and environment, then the key itself, which is shown this once.
import { useSignal } from "@preact/signals";
import { createKey } from "../lib/api";
import { DEVELOPMENT } from "../lib/place";
import { place, session } from "../lib/session";
import { Button } from "../ui/button";
import { CopyButton } from "../ui/copy";
import { Dialog } from "../ui/dialog";
import { Notice } from "../ui/notice";

/** The key itself, this once. */
export function Created({ title, secret, close }: { title: string; secret: string; close(): void }) {
    return (
        <Dialog label={title} onClose={close} dismissible={false} class="dialog-wide">
            <h2>{title}</h2>
            <p>Copy it now: it is kept as a hash and cannot be shown again.</p>
            <p class="secret">
                <code class="grow">{secret}</code>
                <CopyButton text={secret} />
            </p>
            <div class="row row-end">
                <Button look="primary" onClick={close}>
                    OK
                </Button>
            </div>
        </Dialog>
    );
}

export function NewKeyDialog({ close, created }: { close(): void; created(): void }) {
    const environments = session.value!.environments.filter((env) => env.slug !== DEVELOPMENT);
    const label = useSignal("");
    const environment = useSignal(environments[0]?.slug ?? "production");
    const secret = useSignal<string | null>(null);
    const error = useSignal<string | null>(null);
    const busy = useSignal(false);
    const submit = async (event: SubmitEvent) => {
        event.preventDefault();
        busy.value = true;
        try {
            secret.value = (await createKey(place.value.org, label.value.trim(), environment.value)).key;
            created();
        } catch (problem) {
            error.value = (problem as Error).message;
        }
        busy.value = false;
    };
    if (secret.value !== null) {
        return <Created title="Live key created" secret={secret.value} close={close} />;
    }
    return (
        <Dialog label="Create a live mode key" onClose={close}>
            <h2>Create a live mode key</h2>
            <form class="stack" onSubmit={submit}>
                <label class="stack key-field">
                    Label
                    <input
                        class="input"
                        name="label"
                        required
                        placeholder="Where it will be used"
                        value={label.value}
                        onInput={(event) => (label.value = event.currentTarget.value)}
                    />
                </label>
                {environments.length > 1 && (
                    <label class="stack key-field">
                        Environment
                        <select class="input" value={environment.value} onChange={(event) => (environment.value = event.currentTarget.value)}>
                            {environments.map((env) => (
                                <option key={env.id} value={env.slug}>
                                    {env.name}
                                </option>
                            ))}
                        </select>
                    </label>
                )}
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
