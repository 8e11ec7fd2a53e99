// SPDX-License-Identifier: MIT
// Owns boxes that tell something: notices in four tones, and the empty state that says what to do next.
import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "./icon";

type Tone = "info" | "good" | "warning" | "danger";

const ICONS: Record<Tone, IconName> = { info: "info", good: "check", warning: "alert", danger: "alert" };

interface NoticeProps {
    tone?: Tone;
    title?: ComponentChildren;
    actions?: ComponentChildren;
    children?: ComponentChildren;
    role?: "alert" | "status";
}

export function Notice({ tone = "info", title, actions, children, role }: NoticeProps) {
    return (
        <div class={`notice notice-${tone}`} role={role}>
            <Icon name={ICONS[tone]} />
            <div class="notice-body">
                {title && <p class="notice-title">{title}</p>}
                {children}
                {actions && <div class="row">{actions}</div>}
            </div>
        </div>
    );
}

interface EmptyProps {
    icon: IconName;
    title: string;
    children?: ComponentChildren;
}

export function Empty({ icon, title, children }: EmptyProps) {
    return (
        <div class="empty">
            <span class="empty-icon">
                <Icon name={icon} size={26} />
            </span>
            <h3>{title}</h3>
            {children}
        </div>
    );
}
