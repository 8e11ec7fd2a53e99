// SPDX-License-Identifier: MIT
// Owns a secret on screen: its beginning, the rest behind a button, and copying it without showing it.
import { useSignal } from "@preact/signals";
import { Button } from "./button";
import { CopyButton } from "./copy";

const CLEAR = 12;

export const masked = (value: string) => value.slice(0, CLEAR) + "•".repeat(CLEAR);

export function Secret({ value }: { value: string }) {
    const shown = useSignal(false);
    return (
        <p class="secret">
            <code class="grow">{shown.value ? value : masked(value)}</code>
            <Button look="quiet" onClick={() => (shown.value = !shown.value)}>
                {shown.value ? "Hide" : "Show"}
            </Button>
            <CopyButton text={value} />
        </p>
    );
}
