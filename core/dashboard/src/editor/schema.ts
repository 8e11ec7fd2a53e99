// SPDX-License-Identifier: MIT
// Owns what a rich text may hold, how it is read from HTML and written to it (io-methods 8.6).
import { type DOMOutputSpec, DOMParser, DOMSerializer, type MarkSpec, type Node, Schema } from "prosemirror-model";

const SAFE_LINK = /^(https?:|mailto:|tel:|[/#?])/i;
const SAFE_IMAGE = /^(https?:|data:image\/|[/])/i;

const HEADINGS = [1, 2, 3, 4, 5, 6];

/** A mark that is one element without attributes. */
const simple = (tag: string, others: string[] = []): MarkSpec => ({
    parseDOM: [tag, ...others].map((name) => ({ tag: name })),
    toDOM: (): DOMOutputSpec => [tag, 0],
});

/** The attribute of an element, if its address may be used. */
function address(node: HTMLElement, name: string, safe: RegExp): string | null {
    const value = node.getAttribute(name)?.trim() ?? "";
    return safe.test(value) ? value : null;
}

export const schema = new Schema({
    nodes: {
        doc: { content: "block+" },
        paragraph: { content: "inline*", group: "block", parseDOM: [{ tag: "p" }], toDOM: () => ["p", 0] },
        heading: {
            content: "inline*",
            group: "block",
            defining: true,
            attrs: { level: { default: 1 } },
            parseDOM: HEADINGS.map((level) => ({ tag: `h${level}`, attrs: { level } })),
            toDOM: (node) => [`h${node.attrs.level as number}`, 0],
        },
        blockquote: { content: "block+", group: "block", defining: true, parseDOM: [{ tag: "blockquote" }], toDOM: () => ["blockquote", 0] },
        code_block: {
            content: "text*",
            marks: "",
            group: "block",
            code: true,
            defining: true,
            parseDOM: [{ tag: "pre", preserveWhitespace: "full" }],
            toDOM: () => ["pre", ["code", 0]],
        },
        bullet_list: { content: "list_item+", group: "block", parseDOM: [{ tag: "ul" }], toDOM: () => ["ul", 0] },
        ordered_list: { content: "list_item+", group: "block", parseDOM: [{ tag: "ol" }], toDOM: () => ["ol", 0] },
        list_item: { content: "paragraph block*", defining: true, parseDOM: [{ tag: "li" }], toDOM: () => ["li", 0] },
        horizontal_rule: { group: "block", parseDOM: [{ tag: "hr" }], toDOM: () => ["hr"] },
        text: { group: "inline" },
        image: {
            inline: true,
            group: "inline",
            draggable: true,
            attrs: { src: {}, alt: { default: null }, title: { default: null } },
            parseDOM: [
                {
                    tag: "img[src]",
                    getAttrs: (node) => {
                        const src = address(node, "src", SAFE_IMAGE);
                        return src === null ? false : { src, alt: node.getAttribute("alt"), title: node.getAttribute("title") };
                    },
                },
            ],
            toDOM: ({ attrs }) => ["img", attrs],
        },
        hard_break: { inline: true, group: "inline", selectable: false, parseDOM: [{ tag: "br" }], toDOM: () => ["br"] },
    },
    marks: {
        link: {
            attrs: { href: {} },
            inclusive: false,
            parseDOM: [
                {
                    tag: "a[href]",
                    getAttrs: (node) => {
                        const href = address(node, "href", SAFE_LINK);
                        return href === null ? false : { href };
                    },
                },
            ],
            toDOM: ({ attrs }) => ["a", { href: attrs.href as string, target: "_blank", rel: "noopener noreferrer nofollow" }, 0],
        },
        strong: simple("strong", ["b"]),
        em: simple("em", ["i"]),
        underline: simple("u"),
        strike: simple("s", ["del", "strike"]),
        code: { ...simple("code"), excludes: "_" },
    },
});

/** What people type into the dialogs, as an address; null when it cannot be one. */
export function typedAddress(typed: string): string | null {
    const text = typed.trim();
    if (text === "" || SAFE_LINK.test(text)) {
        return text || null;
    }
    if (/^[^\s@/:]+@[^\s@/]+\.[^\s@/]+$/.test(text)) {
        return `mailto:${text}`;
    }
    return /^[\w-]+(\.[\w-]+)+(:\d+)?([/?#]|$)/.test(text) ? `https://${text}` : null;
}

const serializer = DOMSerializer.fromSchema(schema);
const parser = DOMParser.fromSchema(schema);

export const parseHtml = (from: ParentNode & globalThis.Node): Node => parser.parse(from);

/** Nothing to send: no text and no picture, whatever blocks there are. */
export function isBlank(doc: Node): boolean {
    let found = false;
    doc.descendants((node) => {
        found ||= (node.isText && node.text!.trim() !== "") || node.type === schema.nodes.image;
        return !found;
    });
    return !found;
}

export function toHtml(doc: Node): string {
    const holder = document.createElement("div");
    serializer.serializeFragment(doc.content, {}, holder);
    return holder.innerHTML;
}
