// SPDX-License-Identifier: MIT
// Owns buttons and links that look like buttons. Class names bg-… and .btn are automation hooks (io-methods 19).
import type { ButtonHTMLAttributes, ComponentChildren } from "preact";
import { linkTarget } from "../lib/place";
import { place } from "../lib/session";
import type { Link, Theme } from "../lib/wire";
import { Icon, type IconName } from "./icon";
import { Spinner } from "./spinner";

type Look = "primary" | "secondary" | "danger" | "quiet";

const HOOKS: Record<Look, string> = {
    primary: "bg-primary-500",
    secondary: "bg-white",
    danger: "bg-red-500",
    quiet: "",
};

export function lookOf(theme: Theme | null | undefined, fallback: Look): Look {
    return theme === undefined || theme === null || theme === "default" ? fallback : theme;
}

export const buttonClass = (look: Look) => `button button-${look} ${HOOKS[look]}`;

interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "icon"> {
    look?: Look;
    icon?: IconName;
    busy?: boolean;
    children?: ComponentChildren;
}

export function Button({ look = "secondary", icon, busy = false, children, class: extra, ...rest }: ButtonProps) {
    return (
        <button type="button" {...rest} class={`${buttonClass(look)} ${extra ?? ""}`} aria-busy={busy || undefined}>
            {busy ? <Spinner small /> : icon && <Icon name={icon} size={16} />}
            {children}
        </button>
    );
}

export function IconButton({ icon, label, ...rest }: ButtonProps & { icon: IconName; label: string }) {
    return (
        <button type="button" aria-label={label} title={label} {...rest} class={`icon-button ${rest.class ?? ""}`}>
            <Icon name={icon} />
        </button>
    );
}

interface LinkButtonProps {
    href: string;
    look?: Look;
    icon?: IconName;
    external?: boolean;
    download?: string;
    fromRoute?: boolean;
    children: ComponentChildren;
}

export function LinkButton({ href, look = "secondary", icon, external, download, fromRoute, children }: LinkButtonProps) {
    return (
        <span class="btn">
            <a
                href={href}
                class={buttonClass(look)}
                data-io-link={fromRoute ? "" : undefined}
                {...(external ? { target: "_blank", rel: "noreferrer" } : {})}
                {...(download ? { download } : {})}
            >
                {icon && <Icon name={icon} size={16} />}
                {children}
            </a>
        </span>
    );
}

/** A button item of a heading, page or link display: a link, or a disabled button when it leads nowhere. */
export function ItemButton({ item, look, download }: { item: Link & { label: string }; look: Look; download?: string }) {
    const target = item.disabled ? null : linkTarget(place.value, item);
    if (target === null) {
        return (
            <Button look={look} disabled>
                {item.label}
            </Button>
        );
    }
    return (
        <LinkButton href={target.href} look={look} external={!target.internal && !download} download={download} fromRoute={target.internal}>
            {item.label}
        </LinkButton>
    );
}
