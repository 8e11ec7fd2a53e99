// SPDX-License-Identifier: MIT
// Owns the drawer at the bottom of a run: logs; in development also notifications and the last runs. Size and state are remembered.
import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { Icon } from "../ui/icon";
import { LogLines } from "./log-lines";
import { NotificationList } from "./notification-list";
import { RecentRuns } from "./recent-runs";
import type { Run } from "./run";

type Tab = "Logs" | "Notifications" | "History";

const KEY = "interlude.panel";
const MIN_PX = 100;

interface PanelState {
    expanded: boolean;
    height: number;
    tab: Tab;
}

function stored(): PanelState {
    const fallback: PanelState = { expanded: false, height: 200, tab: "Logs" };
    try {
        return { ...fallback, ...(JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<PanelState>) };
    } catch {
        return fallback;
    }
}

const panel = signal(stored());

function change(part: Partial<PanelState>): void {
    panel.value = { ...panel.value, ...part };
    localStorage.setItem(KEY, JSON.stringify(panel.value));
}

function startResize(event: PointerEvent): void {
    const handle = event.currentTarget as HTMLElement;
    const startY = event.clientY;
    const startHeight = panel.peek().height;
    handle.setPointerCapture(event.pointerId);
    handle.onpointermove = (move) => change({ height: clampHeight(startHeight + startY - move.clientY) });
    handle.onpointerup = () => (handle.onpointermove = null);
}

const clampHeight = (height: number) => Math.max(MIN_PX, Math.min(height, innerHeight - 160));

function resizeByKey(event: KeyboardEvent): void {
    const step = { ArrowUp: 24, ArrowDown: -24 }[event.key];
    if (step !== undefined) {
        event.preventDefault();
        change({ height: clampHeight(panel.peek().height + step) });
    }
}

interface TabButtonProps {
    tab: Tab;
    count: number;
}

function TabButton({ tab, count }: TabButtonProps) {
    const { expanded, tab: chosen } = panel.value;
    const isOpen = expanded && chosen === tab;
    return (
        <button
            type="button"
            class="panel-tab"
            data-pw-tab-id={tab}
            aria-expanded={isOpen}
            aria-controls="control-panel-body"
            onClick={() => change({ expanded: !isOpen, tab })}
        >
            {tab}
            {count > 0 && !isOpen && <span class="panel-count">{count}</span>}
        </button>
    );
}

export function ControlPanel({ run, slug }: { run: Run; slug: string }) {
    const { expanded, height, tab } = panel.value;
    const isConsole = run.place.mode === "console";
    const shown: Tab = isConsole ? tab : "Logs";
    const bodies: Record<Tab, ComponentChildren> = {
        Logs: <LogLines lines={run.logs.value} completed={run.phase.value === "completed"} />,
        Notifications: <NotificationList list={run.notifications.value} />,
        History: <RecentRuns slug={slug} />,
    };
    return (
        <>
            {expanded && <div style={{ height: `${height}px` }} />}
            <section
                class="panel"
                aria-label="Control panel"
                data-pw-control-panel
                data-pw-expanded={expanded}
                data-pw-selected={shown}
                data-pw-control-panel-expanded={expanded}
                data-pw-control-panel-selected={shown}
            >
                {expanded && (
                    <div
                        class="panel-handle"
                        role="separator"
                        aria-orientation="horizontal"
                        aria-label="Height of the panel"
                        aria-valuenow={height}
                        aria-valuemin={MIN_PX}
                        aria-valuemax={1000}
                        tabIndex={0}
                        onPointerDown={startResize}
                        onKeyDown={resizeByKey}
                    />
                )}
                <div class="panel-bar">
                    <TabButton tab="Logs" count={run.logs.value.length} />
                    {isConsole && <TabButton tab="Notifications" count={run.notifications.value.length} />}
                    {isConsole && <TabButton tab="History" count={0} />}
                    <button
                        type="button"
                        class="icon-button panel-toggle"
                        aria-label={expanded ? "Close panel" : "Open panel"}
                        onClick={() => change({ expanded: !expanded })}
                    >
                        <Icon name={expanded ? "chevronDown" : "arrowUp"} size={16} />
                    </button>
                </div>
                {expanded && (
                    <div class="panel-body" id="control-panel-body" tabIndex={0} role="group" aria-label={shown} style={{ height: `${height}px` }}>
                        {bodies[shown]}
                    </div>
                )}
            </section>
        </>
    );
}
