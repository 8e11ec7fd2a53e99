// SPDX-License-Identifier: MIT
// Owns moving between screens: programmatic navigation, repeated visits of one address, the "go back" target, leave warnings.
import { signal } from "@preact/signals";

type Go = (url: string, replace?: boolean) => void;

/** Grows with each navigation; screens that start something per visit depend on it. */
export const visit = signal(0);
/** Where "Go back" leads after a run; null means its parent. */
export const backTarget = signal<string | null>(null);
/** Asks before leaving; returns true to go on. Null: nothing would be lost. */
export const leaveGuard = signal<(() => Promise<boolean>) | null>(null);

const MARK = "data-io-link";
const QUEUED = "#queued=";
let go: Go = (url) => location.assign(url);

export const here = () => location.pathname + location.search;

export function setNavigator(navigator: Go): void {
    go = navigator;
}

/** The address of an action, for a run that takes an item of the queue. It is in the address so that other tabs know it, too. */
export const forQueued = (path: string, id: string) => path + QUEUED + id;

/** The item of the queue that this visit is about, until a run has taken it. */
export const queuedAction = () => (location.hash.startsWith(QUEUED) ? location.hash.slice(QUEUED.length) : undefined);

export function forgetQueuedAction(): void {
    history.replaceState(null, "", here());
}

function move(url: string, replace: boolean): void {
    go(url, replace);
    visit.value++;
}

export async function navigate(url: string, replace = false): Promise<void> {
    const guard = leaveGuard.peek();
    if (guard !== null && !(await guard())) {
        return;
    }
    backTarget.value = null;
    move(url, replace);
}

/** Follows a link or redirect made by a route: no leave warning, and the run it starts can go back here. */
export function navigateFromRoute(url: string, replace = false): void {
    leaveGuard.value = null;
    if (!replace) {
        backTarget.value = here();
    }
    move(url, replace);
}

function internalLink(event: MouseEvent): HTMLAnchorElement | null {
    if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) {
        return null;
    }
    const link = event.composedPath().find((node): node is HTMLAnchorElement => node instanceof HTMLAnchorElement);
    if (link === undefined || link.href === "" || link.origin !== location.origin || link.target !== "" || link.hasAttribute("download")) {
        return null;
    }
    return /^\/(dashboard|login)(\/|$)/.test(link.pathname) && !(link.getAttribute("href") ?? "").startsWith("#") ? link : null;
}

/** Follows clicks on internal links (the router's own handler is switched off), so that guards and repeated visits work. */
export function startNavigation(): void {
    addEventListener("click", (event) => {
        const link = internalLink(event);
        if (link === null) {
            return;
        }
        event.preventDefault();
        const url = link.pathname + link.search + link.hash;
        if (link.hasAttribute(MARK)) {
            navigateFromRoute(url);
        } else {
            void navigate(url);
        }
    });
    addEventListener("popstate", () => visit.value++);
    addEventListener("beforeunload", (event) => {
        if (leaveGuard.peek() !== null) {
            event.preventDefault();
        }
    });
}
