// SPDX-License-Identifier: MIT
// Owns views that are loaded when first drawn: a placeholder that keeps the focus, and what to do when loading fails.
import { type ComponentType } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { Button } from "./button";
import { Notice } from "./notice";

/** `load` imports the module; `placeholder` is the class that gives the waiting box its size. */
export function lazyView<P extends object>(load: () => Promise<ComponentType<P>>, placeholder: string): ComponentType<P> {
    let loaded: ComponentType<P> | null = null;
    return function Lazy(props: P) {
        const ready = useSignal(loaded !== null);
        const failed = useSignal(false);
        const frame = useRef<HTMLDivElement>(null);
        const hadFocus = useRef(false);
        const start = () => {
            failed.value = false;
            load().then(
                (view) => {
                    loaded = view;
                    hadFocus.current = frame.current !== null && document.activeElement === frame.current.firstElementChild;
                    ready.value = true;
                },
                () => (failed.value = true),
            );
        };
        useEffect(() => {
            if (!ready.value) {
                start();
            }
        }, []);
        useLayoutEffect(() => {
            if (ready.value && hadFocus.current) {
                hadFocus.current = false;
                frame.current?.querySelector<HTMLElement>("[data-autofocus-target]")?.focus();
            }
        }, [ready.value]);
        const View = loaded;
        if (failed.value) {
            return (
                <Notice tone="danger" role="alert" actions={<Button onClick={start}>Try again</Button>}>
                    <p>This part of the dashboard could not be loaded.</p>
                </Notice>
            );
        }
        return (
            <div ref={frame} class="lazy">
                {View === null ? <div class={`skeleton ${placeholder}`} tabIndex={-1} data-autofocus-target /> : <View {...props} />}
            </div>
        );
    };
}
