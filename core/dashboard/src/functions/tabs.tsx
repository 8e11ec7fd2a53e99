// SPDX-License-Identifier: MIT
// Owns the head of the screens about functions: what they are called and the way between them.
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { type Place, callsPath, deploymentsPath, functionKeysPath, functionsPath, queuesPath } from "../lib/place";
import { place, session, setTitle } from "../lib/session";
import { Notice } from "../ui/notice";
import { Waiting } from "../ui/spinner";
import "../styles/run.css";
import "../history/history.css";
import "./functions.css";

export type Tab = "Functions" | "Deployments" | "Calls" | "Queues" | "Keys";

/** What somebody may do here; the server has the last word. */
export const may = () => session.value!.functions;

/** Each tab with its path and who sees it. */
const TABS: [Tab, (at: Place) => string, keyof ReturnType<typeof may>][] = [
    ["Functions", functionsPath, "mayLook"],
    ["Deployments", deploymentsPath, "mayOperate"],
    ["Calls", callsPath, "mayLook"],
    ["Queues", queuesPath, "mayLook"],
    ["Keys", functionKeysPath, "mayManageKeys"],
];

/** `within`: on the screen of one thing, a level below the tab. */
function Tabs({ tab, within }: { tab: Tab; within: boolean }) {
    const current = useRef<HTMLAnchorElement>(null);
    useEffect(() => current.current?.scrollIntoView({ block: "nearest", inline: "center" }), [tab]);
    return (
        <nav class="tabs" aria-label="Functions">
            {TABS.filter(([, , needed]) => may()[needed]).map(([name, path]) => (
                <a
                    key={name}
                    ref={name === tab ? current : undefined}
                    href={path(place.value)}
                    class="tab"
                    aria-current={name !== tab ? undefined : within ? "true" : "page"}
                >
                    {name}
                </a>
            ))}
        </nav>
    );
}

interface ScreenProps {
    tab: Tab;
    /** Of the window; the heading, too, where there is no other. */
    title?: string;
    heading?: ComponentChildren;
    error: string | null;
    waiting: boolean;
    actions?: ComponentChildren;
    children?: ComponentChildren;
}

/** A screen with its tabs; the content once there is some. */
export function Screen({ tab, title, heading, error, waiting, actions, children }: ScreenProps) {
    useEffect(() => setTitle(title ?? tab), [title ?? tab]);
    return (
        <>
            <Tabs tab={tab} within={title !== undefined} />
            <div class="screen-head">
                <h1 class="function-title">{heading ?? title ?? tab}</h1>
                {actions && <div class="row">{actions}</div>}
            </div>
            {error !== null && (
                <Notice tone="danger" title={error} role="alert">
                    {!waiting && <p>What is below was so a while ago.</p>}
                </Notice>
            )}
            {waiting ? error === null && <Waiting>Loading</Waiting> : children}
        </>
    );
}
