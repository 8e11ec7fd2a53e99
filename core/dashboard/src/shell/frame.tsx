// SPDX-License-Identifier: MIT
// Owns what surrounds every screen: environment bar, top bar, problems, connection notice, command bar.
import { ErrorBoundary, lazy } from "preact-iso";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { colorOf, environment } from "../lib/session";
import { commandBarOpen } from "./command-state";
import { ConnectionNotice } from "./connection-notice";
import { ProblemsPanel } from "./problems-panel";
import { TopBar } from "./top-bar";

const CommandBar = lazy(() => import("./command-bar"));

let sequence = "";

function isTyping(target: EventTarget | null): boolean {
    return target instanceof Element && target.closest("input, textarea, select, [contenteditable], dialog") !== null;
}

function onKeyDown(event: KeyboardEvent): void {
    if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey) {
        event.preventDefault();
        commandBarOpen.value = !commandBarOpen.value;
        return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) {
        return;
    }
    if (event.key === "/") {
        event.preventDefault();
        commandBarOpen.value = true;
    }
    if (sequence === "g" && event.key === "h") {
        document.querySelector<HTMLElement>("[data-home-link]")?.click();
    }
    sequence = event.key;
}

function EnvironmentBar() {
    const now = environment.value;
    const color = colorOf(now);
    return now === null || color === "none" ? null : <div class={`environment-bar environment-${color}`}>{now.name}</div>;
}

export function Frame({ children }: { children: ComponentChildren }) {
    useEffect(() => {
        addEventListener("keydown", onKeyDown);
        return () => removeEventListener("keydown", onKeyDown);
    }, []);
    return (
        <div class="frame">
            <a class="skip-link" href="#content">
                Skip to content
            </a>
            <EnvironmentBar />
            <TopBar />
            <main class="content" id="content" tabIndex={-1}>
                <ProblemsPanel />
                {children}
            </main>
            <ConnectionNotice />
            <ErrorBoundary>{commandBarOpen.value && <CommandBar />}</ErrorBoundary>
        </div>
    );
}
