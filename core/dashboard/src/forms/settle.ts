// SPDX-License-Identifier: MIT
// Owns what a form does by itself: it moves into view when it appears or has a problem, and takes the focus. A person is quicker:
// what they hold neither moves nor loses the focus.

const FOCUS_MS = 200;
const SCROLL_MS = 100;
/** No smooth scroll takes longer. */
const GLIDE_MS = 1000;
const GAP_PX = 8;
const TOP_BAR_PX = 56;

let glidesUntil = 0;

/** A click is made of two moments; what moves between them would be another target. */
function halt(): void {
    if (performance.now() < glidesUntil) {
        scrollTo({ top: scrollY, behavior: "instant" });
    }
}

function motion(): ScrollBehavior {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
        return "instant";
    }
    glidesUntil = performance.now() + GLIDE_MS;
    addEventListener("pointerdown", halt, { capture: true, once: true });
    return "smooth";
}

/** Not when somebody has gone to a field elsewhere: what they type must not land in the first one. */
function focusFirst(form: HTMLElement): void {
    const active = document.activeElement;
    if (active === null || active === document.body || active.id === "content" || !active.isConnected) {
        form.querySelector<HTMLElement>("[data-autofocus-target]:not(:disabled)")?.focus({ preventScroll: true });
    }
}

function moveIntoView(form: HTMLElement): void {
    const active = document.activeElement;
    if (active instanceof HTMLElement && active.closest(".io-call") !== null && !form.contains(active)) {
        active.blur();
    }
    form.scrollIntoView({ behavior: motion(), block: "start" });
}

const TAKEN = ["pointerdown", "keydown", "focusin"];

/** The form has become current. Returns what ends it early. */
export function settle(form: HTMLElement, moves: boolean): () => void {
    const timers = [setTimeout(() => (stop(), focusFirst(form)), FOCUS_MS)];
    if (moves) {
        timers.push(setTimeout(() => moveIntoView(form), SCROLL_MS));
    }
    const stop = () => {
        timers.forEach(clearTimeout);
        TAKEN.forEach((type) => form.removeEventListener(type, stop));
    };
    TAKEN.forEach((type) => form.addEventListener(type, stop));
    return stop;
}

export function showFirstProblem(form: HTMLElement): void {
    const frame = form.querySelector<HTMLElement>(".has-error");
    if (frame === null) {
        return;
    }
    const top = frame.getBoundingClientRect().top + scrollY - TOP_BAR_PX - GAP_PX;
    scrollTo({ top, behavior: motion() });
    const first = frame.querySelector("[data-autofocus-target]") ?? frame.querySelector("input, select, textarea, button:not(.tooltip-button)");
    (first as HTMLElement | null)?.focus({ preventScroll: true });
}
