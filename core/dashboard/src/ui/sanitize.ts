// SPDX-License-Identifier: MIT
// Owns the only way HTML enters the page: marked for markdown, DOMPurify with Trusted Types for both. Loaded when first needed.
import DOMPurify, { type Config } from "dompurify";
import { Marked } from "marked";
import type { TrustedHTML } from "trusted-types/lib";

const MARKDOWN_TAGS =
    "p br b strong i em del s a code pre ul ol li blockquote h1 h2 h3 h4 h5 h6 hr table thead tbody tr th td img span".split(" ");
const LIMITED_TAGS = "p br b strong i em a code ul ol li".split(" ");
const HTML_TAGS =
    "address h1 h2 h3 h4 h5 h6 nav blockquote div hr li ol p pre ul a abbr b bdi bdo br cite code data dfn em i kbd mark q rb rp rt rtc ruby s samp small span strong time u var wbr caption img video picture".split(
        " ",
    );
const EMPTIED_TAGS = "style script textarea option noscript button iframe".split(" ");
const LINK_ATTRIBUTES = ["href", "name", "target"];
const IMAGE_ATTRIBUTES = ["src", "srcset", "alt", "title", "width", "height", "loading"];

const marked = new Marked({
    gfm: true,
    breaks: true,
    renderer: {
        html: ({ text }) => escapeHtml(text),
        checkbox: ({ checked }) => (checked ? "☑ " : "☐ "),
    },
});

function escapeHtml(text: string): string {
    return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}

DOMPurify.addHook("afterSanitizeAttributes", (node) => {
    if (node.nodeName === "A" && node.hasAttribute("href")) {
        node.setAttribute("target", "_blank");
        node.setAttribute("rel", "noreferrer");
    }
    if (node.nodeName === "IMG" && !node.hasAttribute("alt")) {
        node.setAttribute("alt", "");
    }
});

function purify(html: string, config: Config): TrustedHTML {
    return DOMPurify.sanitize(html, { ...config, RETURN_TRUSTED_TYPE: true }) as unknown as TrustedHTML;
}

/** Removes the indentation that all lines share, as texts in source code often have it. */
function dedent(text: string): string {
    const lines = text.replace(/^\s*\n/, "").split("\n");
    const indents = lines.filter((line) => line.trim() !== "").map((line) => /^[ \t]*/.exec(line)![0].length);
    const shared = indents.length === 0 ? 0 : Math.min(...indents);
    return lines.map((line) => line.slice(shared)).join("\n");
}

export function markdownHtml(text: string, limited: boolean): TrustedHTML {
    const html = marked.parse(dedent(text), { async: false });
    return purify(html, {
        ALLOWED_TAGS: limited ? LIMITED_TAGS : MARKDOWN_TAGS,
        ALLOWED_ATTR: limited ? LINK_ATTRIBUTES : [...LINK_ATTRIBUTES, ...IMAGE_ATTRIBUTES, "class", "align"],
    });
}

const HTML_CONFIG: Config = {
    ALLOWED_TAGS: HTML_TAGS,
    ALLOWED_ATTR: [...LINK_ATTRIBUTES, ...IMAGE_ATTRIBUTES],
    FORBID_CONTENTS: EMPTIED_TAGS,
};

export const safeHtml = (html: string): TrustedHTML => purify(html, HTML_CONFIG);

/** The same as nodes, for who reads them. */
export const safeFragment = (html: string): DocumentFragment => DOMPurify.sanitize(html, { ...HTML_CONFIG, RETURN_DOM_FRAGMENT: true });
