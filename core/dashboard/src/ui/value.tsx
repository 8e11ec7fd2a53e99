// SPDX-License-Identifier: MIT
// Owns how a single value is drawn (io-methods 11): links, dates, numbers, images, JSON. Tables add their own markers.
import type { ComponentChildren } from "preact";
import type { ImageProps } from "../forms/shared-shapes";
import { formatInstant, formatNumber, jsonText } from "../lib/format";
import { linkTarget } from "../lib/place";
import { place } from "../lib/session";
import { toDate } from "../lib/time";
import type { Link } from "../lib/wire";
import { sizeClass } from "./picture";

const URL_TEXT = /^(https?:\/\/|www\.)[^\s<>"]+\.[^\s<>"]+$|^https?:\/\/[^\s<>"]+$/i;
const EMAIL_TEXT = /^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>".]{2,}$/;

function TextValue({ text }: { text: string }) {
    if (URL_TEXT.test(text)) {
        const href = /^www\./i.test(text) ? `https://${text}` : text;
        return (
            <a href={href} target="_blank" rel="noreferrer">
                {text}
            </a>
        );
    }
    if (EMAIL_TEXT.test(text)) {
        return <a href={`mailto:${text}`}>{text}</a>;
    }
    return <>{text}</>;
}

export type RichObject = Link & { label?: unknown; value?: unknown; image?: ImageProps | null; highlightColor?: string | null };

const RICH_KEYS = ["label", "url", "href", "route", "action", "image"] as const;

export function isRich(value: unknown): value is RichObject {
    return typeof value === "object" && value !== null && !(value instanceof Date) && RICH_KEYS.some((key) => Object.hasOwn(value, key));
}

export function LinkTo({ link, children }: { link: Link; children: ComponentChildren }) {
    const target = linkTarget(place.value, link);
    if (target === null) {
        return <>{children}</>;
    }
    return target.internal ? (
        <a href={target.href} data-io-link="">
            {children}
        </a>
    ) : (
        <a href={target.href} target="_blank" rel="noreferrer">
            {children}
        </a>
    );
}

function RichValue({ of, plainNumbers }: { of: RichObject; plainNumbers?: boolean }) {
    const label = of.label ?? of.value;
    const hasLink = Boolean(of.route ?? of.action ?? of.url ?? of.href);
    const words = label === undefined || label === null ? null : <Value value={label} plainNumbers={plainNumbers} />;
    const picture = of.image?.url ? (
        <figure class="value-figure">
            <img class={sizeClass(of.image)} src={of.image.url} alt={of.image.alt ?? ""} />
            {words !== null && <figcaption>{words}</figcaption>}
        </figure>
    ) : null;
    if (!hasLink) {
        return picture ?? words;
    }
    const inner = label === undefined || label === null ? (of.url ?? of.href ?? of.route ?? of.action) : typeof label === "string" ? label : words;
    return <LinkTo link={of}>{picture ?? inner}</LinkTo>;
}

interface ValueProps {
    value: unknown;
    /** Table cells keep the plain digits of a number. */
    plainNumbers?: boolean;
}

export function Value({ value, plainNumbers = false }: ValueProps) {
    const date = toDate(value);
    if (date !== null) {
        return <>{formatInstant(date)}</>;
    }
    switch (typeof value) {
        case "string":
            return <TextValue text={value} />;
        case "number":
            return <>{plainNumbers ? String(value) : formatNumber(value)}</>;
        case "bigint":
            return <>{`${value}n`}</>;
        case "boolean":
            return <>{String(value)}</>;
        case "undefined":
            return null;
        default:
            break;
    }
    if (value === null) {
        return <>null</>;
    }
    if (isRich(value)) {
        return <RichValue of={value} plainNumbers={plainNumbers} />;
    }
    const text = jsonText(value);
    return text === "{}" ? null : <pre class="value-json">{text}</pre>;
}
