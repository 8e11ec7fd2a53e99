// SPDX-License-Identifier: MIT
// Owns CONFIRM_IDENTITY: nothing to see when identity was confirmed lately, else a dialog that asks for the password.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { defineMethod, type ViewProps } from "../forms/method";
import { type Infer, maybe, number, object } from "../forms/shape";
import { confirmIdentity, getIdentity, type Identity } from "../lib/api";
import { session } from "../lib/session";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { Icon } from "../ui/icon";
import { Notice } from "../ui/notice";
import { Waiting } from "../ui/spinner";

const shape = object({ gracePeriodMs: maybe(number) });
type Props = Infer<typeof shape>;

const TITLE = "Please confirm your identity to continue";

interface QuestionProps {
    label: string;
    method: Identity["method"];
    /** Resolves to what is wrong, or null. */
    verify(password: string): Promise<string | null>;
    cancel(): void;
    sending: boolean;
}

function Question({ label, method, verify, cancel, sending }: QuestionProps) {
    const password = useSignal("");
    const wrong = useSignal<string | null>(null);
    const busy = useSignal(false);
    const asksPassword = method === "password";
    const submit = async () => {
        if (busy.value || sending) {
            return;
        }
        busy.value = true;
        wrong.value = await verify(password.value);
        busy.value = false;
    };
    return (
        <Dialog label={TITLE} dismissible={false} onClose={cancel}>
            <div class="stack identity">
                <div class="identity-head">
                    <span class="confirm-icon">
                        <Icon name="shield" size={20} />
                    </span>
                    <h2>{TITLE}</h2>
                </div>
                <p>{label}</p>
                {asksPassword && (
                    <>
                        <label class="identity-field">
                            Email
                            <input class="input" type="email" autocomplete="username" readOnly value={session.value?.user.email ?? ""} />
                        </label>
                        <label class={`identity-field ${wrong.value === null ? "" : "has-error"}`}>
                            Password
                            <input
                                class="input"
                                type="password"
                                autocomplete="current-password"
                                autofocus
                                value={password.value}
                                aria-invalid={wrong.value !== null || undefined}
                                onInput={(event) => (password.value = event.currentTarget.value)}
                                onKeyDown={(event) => event.key === "Enter" && void submit()}
                            />
                        </label>
                    </>
                )}
                {wrong.value !== null && (
                    <p class="field-error" role="alert">
                        {wrong.value}
                    </p>
                )}
                <div class="row row-end">
                    <Button disabled={sending} onClick={cancel}>
                        Cancel
                    </Button>
                    <Button look="primary" autofocus={!asksPassword} busy={busy.value || sending} disabled={busy.value || sending} onClick={submit}>
                        Verify
                    </Button>
                </div>
            </div>
        </Dialog>
    );
}

function Outcome({ id, label, confirmed }: { id: string; label: string; confirmed: boolean }) {
    return (
        <div class="confirm confirm-done" role="group" aria-labelledby={id}>
            <span class="confirm-icon">
                <Icon name={confirmed ? "shield" : "close"} size={20} />
            </span>
            <div class="confirm-body">
                <h3 id={id}>{label}</h3>
                <p class="muted">{confirmed ? "Identity confirmed" : "Identity not confirmed"}</p>
            </div>
        </div>
    );
}

function View({ field, label, current }: ViewProps<Props>) {
    const { call } = field;
    const identity = useSignal<Identity | null>(null);
    const trouble = useSignal<string | null>(null);
    const chosen = call.answeredWith.value;
    const asks = current && chosen === null;
    const run = call.transactionId ?? "";
    const confirm = () => call.answer("Confirm", true);

    const look = async () => {
        trouble.value = null;
        try {
            identity.value = await getIdentity(run, call.key);
            if (identity.value.confirmed) {
                confirm();
            }
        } catch (error) {
            trouble.value = (error as Error).message;
        }
    };
    useEffect(() => {
        if (asks) {
            void look();
        }
    }, [asks]);
    const verify = async (password: string) => {
        try {
            if (!(await confirmIdentity(run, call.key, password))) {
                return "That is not your password.";
            }
        } catch (error) {
            return (error as Error).message;
        }
        confirm();
        return null;
    };

    if (!asks) {
        return chosen === null || call.paged ? null : <Outcome id={field.id} label={label} confirmed={chosen === "Confirm"} />;
    }
    if (trouble.value !== null) {
        return (
            <Notice tone="danger" title="Your identity could not be checked" role="alert" actions={<Button onClick={look}>Try again</Button>}>
                <p>{trouble.value}</p>
            </Notice>
        );
    }
    if (identity.value === null || identity.value.confirmed) {
        return <Waiting>Checking your identity...</Waiting>;
    }
    return (
        <Question
            label={label}
            method={identity.value.method}
            verify={verify}
            cancel={() => call.answer("Cancel", false)}
            sending={call.submitting.value !== null}
        />
    );
}

export const confirmIdentityMethod = defineMethod<Props>({ shape, View, bare: true, exclusive: true });
