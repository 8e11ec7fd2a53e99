// SPDX-License-Identifier: MIT
// Owns the head of the screens about functions: what they are called and the way between them.
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { callsPath, deploymentsPath, functionKeysPath, functionsPath, queuesPath } from "../lib/place";
import { place, setTitle } from "../lib/session";
import { Notice } from "../ui/notice";
import { Waiting } from "../ui/spinner";
import "../styles/run.css";
import "../history/history.css";
import "./functions.css";

export type Tab = "Functions" | "Deployments" | "Calls" | "Queues" | "Keys";

const PATHS = { Functions: functionsPath, Deployments: deploymentsPath, Calls: callsPath, Queues: queuesPath, Keys: functionKeysPath };

interface ScreenProps {
    tab: Tab;
    title?: string;
    error: string | null;
    waiting: boolean;
    actions?: ComponentChildren;
    children?: ComponentChildren;
}

/** A screen with its tabs; the content once there is some. */
export function Screen({ tab, title, error, waiting, actions, children }: ScreenProps) {
    const at = place.value;
    useEffect(() => setTitle(title ?? tab), [title ?? tab]);
    return (
        <>
            <nav class="tabs" aria-label="Functions">
                {(Object.keys(PATHS) as Tab[]).map((name) => (
                    <a key={name} href={PATHS[name](at)} class="tab" aria-current={name === tab ? (title === undefined ? "page" : "true") : undefined}>
                        {name}
                    </a>
                ))}
            </nav>
            <div class="screen-head">
                <h1 class="function-title">{title ?? tab}</h1>
                {actions && <div class="row">{actions}</div>}
            </div>
            {error !== null && <Notice tone="danger" title={error} role="alert" />}
            {waiting && error === null ? <Waiting>Loading</Waiting> : children}
        </>
    );
}
