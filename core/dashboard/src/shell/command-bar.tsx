// SPDX-License-Identifier: MIT
// Owns the command bar: one box that finds routes and screens by name or slug, driven by the keyboard.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { navigate } from "../lib/nav";
import { historyPath, homePath, keysPath, routePath } from "../lib/place";
import { environment, place, product, routes, session } from "../lib/session";
import { dropConnection } from "../lib/socket";
import { Dialog } from "../ui/dialog";
import { Icon, type IconName } from "../ui/icon";
import { commandBarOpen } from "./command-state";
import { placeOf } from "./top-bar";
import "./command-bar.css";

interface Command {
    section: string;
    label: string;
    detail?: string;
    icon: IconName;
    run(): void;
}

const go = (url: string) => () => void navigate(url);

function routeCommands(): Command[] {
    const at = place.value;
    const all = (routes.value ?? []).filter((route) => route.kind !== "function" && route.status !== "OFFLINE");
    const sorted = [...all].sort((a, b) => Number(b.kind === "page") - Number(a.kind === "page") || a.slug.localeCompare(b.slug));
    return sorted.map((route) => ({
        section: route.kind === "page" ? "Pages" : "Actions",
        label: route.name,
        detail: route.slug,
        icon: route.kind === "page" ? "page" : "play",
        run: go(routePath(at, route.slug)),
    }));
}

function navigationCommands(): Command[] {
    const at = place.value;
    const others = session.value!.environments.filter((env) => env.slug !== environment.value?.slug);
    const mayHaveKeys = session.value!.user.role !== "member";
    return [
        { section: "Navigation", label: "Dashboard", icon: "grid", run: go(homePath(at)) },
        { section: "Navigation", label: "History", icon: "history", run: go(historyPath(at)) },
        ...(mayHaveKeys ? [{ section: "Navigation", label: "Keys", icon: "key" as const, run: go(keysPath(at)) }] : []),
        ...others.map((env) => ({
            section: "Environments",
            label: `Switch to ${env.name} environment`,
            icon: "bolt" as const,
            run: go(homePath(placeOf(env))),
        })),
        ...(session.value!.mode === "dev"
            ? [{ section: product.value, label: `Simulate ${product.value} restart`, icon: "refresh" as const, run: dropConnection }]
            : []),
    ];
}

function matching(query: string): Command[] {
    const all = [...routeCommands(), ...navigationCommands()];
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    return all.filter((command) => {
        const text = `${command.label} ${command.detail ?? ""}`.toLowerCase();
        return words.every((word) => text.includes(word));
    });
}

function Results({ list, chosen, choose }: { list: Command[]; chosen: number; choose(command: Command): void }) {
    const box = useRef<HTMLDivElement>(null);
    useEffect(() => box.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" }), [chosen]);
    return (
        <div ref={box} class="command-results" id="command-results" role="listbox" aria-label="Results" data-pw-command-bar-results>
            {list.map((command, i) => (
                <div key={`${command.section}/${command.label}/${command.detail ?? ""}`} role="presentation">
                    {list[i - 1]?.section !== command.section && (
                        <p class="command-section" role="presentation">
                            {command.section}
                        </p>
                    )}
                    <div
                        id={`command-${i}`}
                        class="command"
                        role="option"
                        aria-selected={i === chosen}
                        onPointerDown={(event) => event.preventDefault()}
                        onClick={() => choose(command)}
                    >
                        <Icon name={command.icon} size={16} />
                        <span class="grow truncate">{command.label}</span>
                        {command.detail && <span class="command-detail truncate">{command.detail}</span>}
                    </div>
                </div>
            ))}
        </div>
    );
}

export default function CommandBar() {
    const query = useSignal("");
    const chosen = useSignal(0);
    const input = useRef<HTMLInputElement>(null);
    const list = matching(query.value);
    const close = () => (commandBarOpen.value = false);
    const choose = (command: Command | undefined) => {
        if (command) {
            close();
            command.run();
        }
    };
    useEffect(() => input.current?.focus(), []);
    const onKeyDown = (event: KeyboardEvent) => {
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (step !== undefined && list.length > 0) {
            event.preventDefault();
            chosen.value = (chosen.value + step + list.length) % list.length;
        } else if (event.key === "Enter") {
            event.preventDefault();
            choose(list[chosen.value]);
        }
    };
    return (
        <Dialog label="Search" onClose={close} class="command-bar">
            <div class="command-head">
                <Icon name="search" />
                <input
                    ref={input}
                    class="command-input"
                    type="text"
                    role="combobox"
                    aria-label="Search for actions or navigate"
                    aria-expanded="true"
                    aria-controls="command-results"
                    aria-activedescendant={list.length > 0 ? `command-${chosen.value}` : undefined}
                    autocomplete="off"
                    placeholder="Search for actions or navigate"
                    data-pw-command-bar-input
                    value={query.value}
                    onInput={(event) => {
                        query.value = event.currentTarget.value;
                        chosen.value = 0;
                    }}
                    onKeyDown={onKeyDown}
                />
                <kbd>Esc</kbd>
            </div>
            {list.length > 0 ? (
                <Results list={list} chosen={chosen.value} choose={choose} />
            ) : (
                <p class="command-none" role="status">
                    No results
                </p>
            )}
        </Dialog>
    );
}
