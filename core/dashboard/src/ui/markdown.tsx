// SPDX-License-Identifier: MIT
// Owns drawing markdown and sanitised HTML; the heavy part is loaded when the first such text appears.
import { useLayoutEffect, useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { copyText, fileName, saveFile } from "./copy";
import { tokenize } from "./highlight";

type Sanitizer = typeof import("./sanitize");

let loaded: Sanitizer | null = null;
let loading: Promise<Sanitizer> | null = null;

function load(): Promise<Sanitizer> {
    loading ??= import("./sanitize").then((module) => (loaded = module));
    return loading;
}

function textButton(label: string, run: () => void): HTMLButtonElement {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "text-button";
    button.textContent = label;
    button.addEventListener("click", run);
    return button;
}

/** Colours fenced code and gives it Copy and Download; the text of `pre code` stays exactly the source. */
function decorateCode(root: HTMLElement): void {
    for (const code of root.querySelectorAll<HTMLElement>("pre > code")) {
        const source = code.textContent ?? "";
        const language = /language-([\w+-]+)/.exec(code.className)?.[1];
        code.replaceChildren(
            ...tokenize(source, language).map((token) => {
                const span = document.createElement("span");
                span.className = `token-${token.kind}`;
                span.textContent = token.text;
                return span;
            }),
        );
        const pre = code.parentElement as HTMLElement;
        pre.tabIndex = 0;
        const bar = document.createElement("div");
        bar.className = "code-tools";
        bar.append(
            textButton("Copy", () => void copyText(source)),
            textButton("Download", () => saveFile(fileName("code", language ?? "txt"), "text/plain", source)),
        );
        pre.before(bar);
    }
}

interface HtmlProps {
    source: string;
    kind: "markdown" | "limited" | "html";
}

function SafeHtml({ source, kind }: HtmlProps) {
    const ref = useRef<HTMLDivElement>(null);
    const ready = useSignal(loaded !== null);
    useLayoutEffect(() => {
        if (loaded === null) {
            void load().then(() => (ready.value = true));
            return;
        }
        const html = kind === "html" ? loaded.safeHtml(source) : loaded.markdownHtml(source, kind === "limited");
        ref.current!.innerHTML = html as unknown as string;
        decorateCode(ref.current!);
    }, [source, kind, ready.value]);
    return <div ref={ref} class={kind === "limited" ? "prose prose-limited" : "prose"} />;
}

/** Texts without any sign of markdown need no parser. */
const PLAIN = /^[^*_`#~<>[\]\\|\n]*$/;
const LOOKS_PLAIN = (text: string) => PLAIN.test(text) && !/^\s*([-+]|\d+[.)])\s/.test(text) && !/https?:|www\.|@/.test(text);

export function Markdown({ text, limited = false }: { text: string; limited?: boolean }) {
    if (LOOKS_PLAIN(text)) {
        return limited ? <p>{text}</p> : <div class="prose">{text.trim() === "" ? null : <p>{text}</p>}</div>;
    }
    return <SafeHtml source={text} kind={limited ? "limited" : "markdown"} />;
}

export const Html = ({ html }: { html: string }) => <SafeHtml source={html} kind="html" />;
