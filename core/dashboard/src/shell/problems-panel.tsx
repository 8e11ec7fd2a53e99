// SPDX-License-Identifier: MIT
// Owns the problems of development: compiler messages with source and caret, refused modules, clashes, crashes.
import { signal } from "@preact/signals";
import { formatAgo, plural } from "../lib/format";
import { visit } from "../lib/nav";
import { problems } from "../lib/session";
import type { Diagnostic, Problem } from "../lib/wire";
import { CopyButton } from "../ui/copy";
import { Icon } from "../ui/icon";

type Shown = "relevant" | "all" | "none";

/** "relevant": all on the list of routes, elsewhere those of the route on screen. A new problem returns to it. */
const shown = signal<Shown>("relevant");

/** The slug of the route on screen; null on the list of routes. */
function slugOnScreen(): string | null {
    visit.value;
    const match = /^\/dashboard\/[^/]+(?:\/develop)?\/actions(?:\/(.+))?$/.exec(location.pathname);
    return match === null ? "" : match[1] === undefined ? null : decodeURIComponent(match[1]);
}

/** A file that never compiled has no route yet, but its path says which it will be. */
function slugOf({ slug, file }: Problem): string {
    return slug ?? file.replace(/^routes\//, "").replace(/(\/index)?\.\w+$/, "");
}

function shownProblems(): Problem[] {
    const slug = slugOnScreen();
    const all = problems.value;
    return shown.value === "none" ? [] : shown.value === "all" || slug === null ? all : all.filter((problem) => slugOf(problem) === slug);
}

export function ProblemsButton() {
    const count = problems.value.length;
    const open = shownProblems().length === count;
    return count === 0 ? null : (
        <button type="button" class="problems-button" aria-expanded={open} onClick={() => (shown.value = open ? "none" : "all")}>
            <Icon name="alert" size={16} /> {count} <span class="problems-word">{count === 1 ? "problem" : "problems"}</span>
        </button>
    );
}

const KINDS: Record<Problem["kind"], string> = {
    compile: "Does not compile",
    module: "Cannot be loaded",
    clash: "Two files, one address",
    crash: "Crashed",
};

let known = new Set<string>();

problems.subscribe((now) => {
    if (now.some((problem) => !known.has(problem.id))) {
        shown.value = "relevant";
    }
    known = new Set(now.map((problem) => problem.id));
});

function where(d: Diagnostic): string {
    return `${d.file}:${d.line}:${d.column}`;
}

function DiagnosticView({ diagnostic }: { diagnostic: Diagnostic }) {
    const tone = diagnostic.severity === "error" ? "danger" : diagnostic.severity === "warning" ? "warning" : "info";
    const margin = String(diagnostic.line);
    return (
        <li class="diagnostic">
            <p class="row">
                <span class={`badge badge-${tone}`}>{diagnostic.severity}</span>
                <span class="mono grow">{where(diagnostic)}</span>
                <CopyButton bare text={where(diagnostic)} label={`Copy ${where(diagnostic)}`} />
            </p>
            <p>{diagnostic.message}</p>
            {diagnostic.source && (
                <pre class="source" tabIndex={0} role="group" aria-label="Source line">
                    <span class="source-line">{margin} │ </span>
                    {diagnostic.source}
                    {"\n"}
                    <span class="source-line">{" ".repeat(margin.length)} │ </span>
                    <span class="source-caret">{diagnostic.caret}</span>
                </pre>
            )}
        </li>
    );
}

function ProblemView({ problem }: { problem: Problem }) {
    return (
        <li class="problem">
            <p class="row">
                <strong>{KINDS[problem.kind] ?? problem.kind}</strong>
                <span class="grow">
                    <code>{problem.file}</code>
                </span>
                <span class="muted small">{formatAgo(problem.at)}</span>
            </p>
            <p>{problem.message}</p>
            {problem.diagnostics.length > 0 && (
                <ul class="stack">
                    {problem.diagnostics.map((diagnostic, i) => (
                        <DiagnosticView key={i} diagnostic={diagnostic} />
                    ))}
                </ul>
            )}
            <p class="muted small">
                {problem.stillServing
                    ? "The last good version is still serving. Save the file again and it is replaced at once."
                    : "Nothing serves this address until the file is fixed."}
            </p>
        </li>
    );
}

export function ProblemsPanel() {
    const list = shownProblems();
    if (list.length === 0) {
        return null;
    }
    return (
        <section class="problems" aria-labelledby="problems-title">
            <div class="problems-head">
                <Icon name="alert" />
                <h2 id="problems-title">{plural(list.length, "problem")}</h2>
                <button type="button" class="icon-button" aria-label="Hide problems" onClick={() => (shown.value = "none")}>
                    <Icon name="close" />
                </button>
            </div>
            <ul>
                {list.map((problem) => (
                    <ProblemView key={problem.id} problem={problem} />
                ))}
            </ul>
        </section>
    );
}
