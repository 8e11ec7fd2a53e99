// SPDX-License-Identifier: MIT
// Owns the screen of one service and stage: what is live, how its watch window goes, the versions kept, what was done.
import { useSignal } from "@preact/signals";
import { useRoute } from "preact-iso";
import { usePolled } from "../functions/poll";
import { Screen } from "../functions/tabs";
import { formatBytes } from "../lib/format";
import { session } from "../lib/session";
import { Button } from "../ui/button";
import { Notice } from "../ui/notice";
import { When } from "../ui/when";
import { RollBackDialog, rollBackWord } from "./roll-back";
import { Badges } from "./stage-list";
import { WatchMini, WatchPanel } from "./watch-panel";
import { type Change, type Stage, type Version, type Watch, getStage } from "./wire";
import { byWhom, changeWord, contents, failedWatch, hasWindow, shortName, shortReason } from "./words";
import "./deployments.css";

/** So many changes are shown, and as many more each time; the server gives no more than MOST. */
const PAGE = 20;
const MOST = 500;

const mayRollBack = () => session.value!.user.role === "admin";

function Names({ of, label }: { of: string[]; label: string }) {
    return of.length === 0 ? null : (
        <div>
            <dt>{label}</dt>
            <dd class="mono small">{of.join(", ")}</dd>
        </div>
    );
}

function Live({ live, watch }: { live: Version; watch: Watch | null }) {
    return (
        <section class="deployment-live" aria-labelledby="live-title">
            <h2 id="live-title">
                <code title={live.version}>{shortName(live.version)}</code> <span class="badge badge-good">Live</span>
            </h2>
            <dl class="facts">
                <div>
                    <dt>Deployed</dt>
                    <dd>
                        <When at={live.createdAt} />
                    </dd>
                </div>
                <div>
                    <dt>By</dt>
                    <dd>{live.deployer ?? "unknown"}</dd>
                </div>
                <div>
                    <dt>Size</dt>
                    <dd>{formatBytes(live.size)}</dd>
                </div>
                <Names label="Functions" of={Object.keys(live.functions)} />
                <Names label="Routes" of={Object.keys(live.routes)} />
            </dl>
            {watch?.drain && !watch.drain.isOver && <p class="muted small">{`Requests that began on ${shortName(watch.drain.version)} are still running there.`}</p>}
        </section>
    );
}

function State({ of, stage }: { of: Version; stage: Stage }) {
    if (of.isLive) {
        return <span class="badge badge-good">Live</span>;
    }
    return failedWatch(stage, of) ? <span class="badge badge-danger">Went back</span> : <span class="badge">Kept</span>;
}

function VersionRow({ of, stage, choose }: { of: Version; stage: Stage; choose(version: Version): void }) {
    const live = stage.versions.find((one) => one.isLive);
    return (
        <tr data-version={of.version} class={of.isLive ? "deployment-row-live" : ""}>
            <td>
                <code title={of.version}>{shortName(of.version)}</code> <State of={of} stage={stage} />
            </td>
            <td data-label="Deployed">
                <When at={of.createdAt} />
            </td>
            <td data-label="By">{of.deployer ?? "unknown"}</td>
            <td data-label="Size">{formatBytes(of.size)}</td>
            <td>
                {contents(of)}
                {of.function && <span class="muted small deployment-only">{`only ${of.function} replaced`}</span>}
            </td>
            <td class="deployment-act">
                {!of.isLive && mayRollBack() && (
                    <button type="button" class="text-button" disabled={stage.isChanging} aria-label={`${rollBackWord(live, of)}: ${shortName(of.version)}`} onClick={() => choose(of)}>
                        {rollBackWord(live, of)}
                    </button>
                )}
            </td>
        </tr>
    );
}

function Versions({ stage, choose }: { stage: Stage; choose(version: Version): void }) {
    return (
        <section class="function-section">
            <h2>Versions</h2>
            <table class="history">
                <thead>
                    <tr>
                        <th scope="col">Version</th>
                        <th scope="col">Deployed</th>
                        <th scope="col">By</th>
                        <th scope="col">Size</th>
                        <th scope="col">Contents</th>
                        <td>
                            <span class="visually-hidden">Roll back</span>
                        </td>
                    </tr>
                </thead>
                <tbody>
                    {stage.versions.map((version) => (
                        <VersionRow key={version.version} of={version} stage={stage} choose={choose} />
                    ))}
                </tbody>
            </table>
        </section>
    );
}

function ChangeLine({ of, version }: { of: Change; version: Version | undefined }) {
    return (
        <li class={of.action === "return" ? "deployment-change deployment-change-return" : "deployment-change"} data-change={of.action}>
            <div>
                <p>
                    <strong>{changeWord(of, version)}</strong>
                    <span class="muted">{byWhom(of.by?.name) + (of.action === "deploy" ? `, ${formatBytes(of.size)}` : "")}</span>
                </p>
                {of.reason && <p class={of.action === "return" ? "danger-text" : "muted"}>{shortReason(of.reason)}</p>}
                <When at={of.at} />
            </div>
            {hasWindow(of.watch) && <WatchMini watch={of.watch} />}
        </li>
    );
}

/** The window of what is live, else the latest one. */
function watchedOf(stage: Stage, live: Version | undefined): { watch: Watch; version: string } | null {
    if (live && hasWindow(stage.watch)) {
        return { watch: stage.watch, version: live.version };
    }
    const change = stage.changes.find((one) => hasWindow(one.watch));
    return change ? { watch: change.watch!, version: change.version! } : null;
}

export default function StageDetail() {
    const { service = "", stage = "" } = useRoute().params;
    const limit = useSignal(PAGE);
    const { value, error, again } = usePolled(`${service}/${stage}`, () => getStage(service, stage, limit.value));
    const chosen = useSignal<Version | null>(null);
    const told = useSignal<string | null>(null);
    const live = value?.versions.find((one) => one.isLive);
    const latest = value?.changes[0];
    const watched = value && watchedOf(value, live);
    const more = async () => {
        limit.value += PAGE;
        await again();
    };
    const done = async () => {
        told.value = chosen.value!.version;
        chosen.value = null;
        await again();
    };
    return (
        <Screen tab="Deployments" title={`${service} · ${stage}`} error={error} waiting={value === null}>
            {value && (
                <>
                    {latest?.action === "rollback" && latest.version === told.value && <Notice tone="good" title={`${shortName(told.value!)} is live.`} role="status" />}
                    {value.isChanging && <Notice title="A change is on its way. Until it is done, nothing else can be changed here." role="status" />}
                    {live ? <Live live={live} watch={value.watch} /> : <Badges of={{ ...value, isLive: false }} />}
                    {watched && <WatchPanel {...watched} now={value.now} />}
                    {value.versions.length > 0 && <Versions stage={value} choose={(version) => (chosen.value = version)} />}
                    <section class="function-section">
                        <h2>History</h2>
                        <ol class="deployment-changes">
                            {value.changes.map((one) => (
                                <ChangeLine key={one.id} of={one} version={value.versions.find(({ version }) => version === one.version)} />
                            ))}
                        </ol>
                        {value.hasMore && limit.value < MOST && (
                            <div class="history-more">
                                <Button onClick={more}>Show more</Button>
                            </div>
                        )}
                    </section>
                    {chosen.value && <RollBackDialog stage={value} to={chosen.value} close={() => (chosen.value = null)} done={done} />}
                </>
            )}
        </Screen>
    );
}
