// SPDX-License-Identifier: MIT
// Owns the two questions of a rich text: where a link leads, where an image is.
import { useSignal } from "@preact/signals";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { typedAddress } from "./schema";

interface AddressProps {
    title: string;
    /** The word on the button. */
    action: string;
    address?: string;
    /** Also asks for words that stand in for an image. */
    withText?: boolean;
    done(address: string, text: string): void;
    remove?(): void;
    close(): void;
}

export function AddressDialog({ title, action, address = "", withText = false, done, remove, close }: AddressProps) {
    const typed = useSignal(address);
    const text = useSignal("");
    const wrong = useSignal(false);
    const finish = () => {
        const found = typedAddress(typed.value);
        wrong.value = found === null;
        if (found !== null) {
            done(found, text.value.trim());
        }
    };
    const onKeyDown = (event: KeyboardEvent) => {
        if (event.key === "Enter") {
            event.preventDefault();
            finish();
        }
    };
    return (
        <Dialog label={title} onClose={close}>
            <div class="stack" onKeyDown={onKeyDown}>
                <h2>{title}</h2>
                <label class={`dialog-field ${wrong.value ? "has-error" : ""}`}>
                    Address
                    <input
                        class="input"
                        type="text"
                        inputMode="url"
                        autocomplete="off"
                        autofocus
                        placeholder="https://"
                        value={typed.value}
                        aria-invalid={wrong.value || undefined}
                        onInput={(event) => (typed.value = event.currentTarget.value)}
                    />
                    {wrong.value && (
                        <span class="field-error" role="alert">
                            Please enter a valid URL.
                        </span>
                    )}
                </label>
                {withText && (
                    <label class="dialog-field">
                        Description
                        <input class="input" type="text" value={text.value} onInput={(event) => (text.value = event.currentTarget.value)} />
                    </label>
                )}
                <div class="row row-end">
                    {remove && (
                        <Button look="quiet" icon="trash" onClick={remove}>
                            Remove link
                        </Button>
                    )}
                    <Button onClick={close}>Cancel</Button>
                    <Button look="primary" onClick={finish}>
                        {action}
                    </Button>
                </div>
            </div>
        </Dialog>
    );
}
