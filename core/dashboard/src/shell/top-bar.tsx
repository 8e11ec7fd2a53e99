// SPDX-License-Identifier: MIT
// Owns the top bar: organization, navigation, environment switch, problems count, search, settings menu.
import { useDevelopmentKey } from "../keys/development-key";
import { logout } from "../lib/api";
import { callsPath, deploymentsPath, functionKeysPath, functionsPath, historyPath, homePath, keysPath, type Place, queuesPath, routePath } from "../lib/place";
import { colorOf, environment, place, product, routes, session } from "../lib/session";
import { type Scheme, scheme } from "../lib/theme";
import { personName } from "../lib/format";
import type { Environment, Route } from "../lib/wire";
import { copyText } from "../ui/copy";
import { Icon, type IconName } from "../ui/icon";
import { Menu } from "../ui/menu";
import { masked } from "../ui/secret";
import { commandBarOpen } from "./command-state";
import { ProblemsButton } from "./problems-panel";
import { visit } from "../lib/nav";

const NAV_LIMIT = 5;

function topPages(): Route[] {
    const listed = (routes.value ?? []).filter((r) => r.kind === "page" && !r.unlisted && !r.slug.includes("/"));
    return listed.sort((a, b) => a.slug.localeCompare(b.slug));
}

const within = (...hrefs: string[]) => {
    visit.value;
    return hrefs.some((href) => location.pathname === href || location.pathname.startsWith(`${href}/`));
};

/** `also`: what else belongs to it. */
function NavLink({ href, label, exact = false, also = [] }: { href: string; label: string; exact?: boolean; also?: string[] }) {
    const current = exact ? (visit.value, location.pathname === href) : within(href, ...also);
    return (
        <a href={href} class="nav-link" aria-current={current ? "page" : undefined} data-home-link={exact ? "" : undefined}>
            {label}
        </a>
    );
}

function Navigation() {
    const at = place.value;
    const pages = topPages();
    return (
        <nav id="desktop-nav" class="nav" aria-label="Main">
            <ul>
                <li>
                    <NavLink href={homePath(at)} label="Dashboard" exact />
                </li>
                {session.value!.functions.mayLook && (
                    <li>
                        <NavLink href={functionsPath(at)} label="Functions" also={[deploymentsPath(at), callsPath(at), queuesPath(at), functionKeysPath(at)]} />
                    </li>
                )}
                {pages.slice(0, NAV_LIMIT).map((page) => (
                    <li key={page.slug}>
                        <NavLink href={routePath(at, page.slug)} label={page.name} />
                    </li>
                ))}
                {pages.length > NAV_LIMIT && (
                    <li>
                        <Menu
                            buttonClass="nav-link"
                            align="start"
                            button={
                                <>
                                    More <Icon name="chevronDown" size={14} />
                                </>
                            }
                        >
                            {pages.slice(NAV_LIMIT).map((page) => (
                                <a key={page.slug} href={routePath(at, page.slug)}>
                                    {page.name}
                                </a>
                            ))}
                        </Menu>
                    </li>
                )}
            </ul>
        </nav>
    );
}

function MobileNavigation() {
    const at = place.value;
    return (
        <div class="mobile-nav">
            <Menu buttonClass="icon-button" label="Navigation" align="start" button={<Icon name="menu" />}>
                <a href={homePath(at)}>Dashboard</a>
                {session.value!.functions.mayLook && <a href={functionsPath(at)}>Functions</a>}
                {topPages().map((page) => (
                    <a key={page.slug} href={routePath(at, page.slug)}>
                        {page.name}
                    </a>
                ))}
                <hr />
                <a href={historyPath(at)}>History</a>
            </Menu>
        </div>
    );
}

export function placeOf(environment: Environment): Place {
    const console_ = environment.slug === "development";
    return { org: session.value!.organization.slug, env: environment.slug, mode: console_ ? "console" : "live" };
}

/** The key for hosts of this environment, where people look for it first. */
function KeyItem() {
    const key = useDevelopmentKey();
    return key === null ? null : (
        <>
            <hr />
            <p class="menu-title">Personal development key</p>
            <button type="button" onClick={() => void copyText(key)}>
                <Icon name="copy" />
                <code class="grow truncate">{masked(key)}</code>
                <span class="visually-hidden">Copy</span>
            </button>
        </>
    );
}

function EnvironmentSwitch() {
    const all = session.value?.environments ?? [];
    const now = environment.value;
    if (all.length < 2 || now === null) {
        return null;
    }
    return (
        <Menu
            buttonClass="nav-link env-switch"
            button={
                <>
                    <span class={`env-dot environment-${colorOf(now)}`} />
                    <span class="visually-hidden">Environment: </span>
                    <span class="env-name">{now.name}</span> <Icon name="chevronDown" size={14} />
                </>
            }
        >
            <p class="menu-title">Environments</p>
            {all.map((env) => (
                <a key={env.id} href={homePath(placeOf(env))} aria-current={env.slug === now.slug ? "true" : undefined}>
                    <span class={`env-dot environment-${colorOf(env)}`} />
                    {env.name}
                </a>
            ))}
            <KeyItem />
        </Menu>
    );
}

const SCHEMES: [Scheme, string, IconName][] = [
    ["system", "Match the system", "gear"],
    ["light", "Light", "sun"],
    ["dark", "Dark", "moon"],
];

async function leave(): Promise<void> {
    await logout().catch(() => undefined);
    location.assign("/login");
}

function SettingsMenu() {
    const at = place.value;
    const who = session.value!.user;
    return (
        <Menu
            buttonClass="icon-button"
            label="Settings"
            buttonProps={{ "data-pw-nav-control-panel-toggle": "" }}
            button={<Icon name="gear" />}
        >
            <div class="menu-person">
                <strong class="truncate">{personName(who)}</strong>
                <span class="muted small truncate">{who.email}</span>
            </div>
            <hr />
            <a href={historyPath(at)}>
                <Icon name="history" /> History
            </a>
            {who.role !== "member" && (
                <a href={keysPath(at)}>
                    <Icon name="key" /> Keys
                </a>
            )}
            <hr />
            <p class="menu-title">Appearance</p>
            {SCHEMES.map(([value, label, icon]) => (
                <button key={value} type="button" aria-current={scheme.value === value ? "true" : undefined} onClick={() => (scheme.value = value)}>
                    <Icon name={icon} /> <span class="grow">{label}</span>
                    {scheme.value === value && <Icon name="check" size={15} />}
                </button>
            ))}
            {session.value!.mode === "start" && (
                <>
                    <hr />
                    <button type="button" onClick={leave}>
                        <Icon name="logout" /> Log out
                    </button>
                </>
            )}
            <p class="menu-title">
                {product.value} {session.value!.version}
            </p>
        </Menu>
    );
}

export function TopBar() {
    const at = place.value;
    return (
        <header class="top-bar">
            <MobileNavigation />
            <a class="brand truncate" href={at.org === "" ? "/dashboard" : homePath(at)}>
                {session.value!.organization.name}
            </a>
            <Navigation />
            <div class="top-bar-end">
                <ProblemsButton />
                <EnvironmentSwitch />
                <button
                    type="button"
                    class="icon-button"
                    aria-label="Search"
                    title="Search (Ctrl+K)"
                    data-pw-command-bar-toggle
                    onClick={() => (commandBarOpen.value = true)}
                >
                    <Icon name="search" />
                </button>
                <SettingsMenu />
            </div>
        </header>
    );
}
