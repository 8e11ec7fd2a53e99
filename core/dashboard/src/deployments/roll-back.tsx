// SPDX-License-Identifier: MIT
// Owns the question before another version becomes live: which one goes, which one comes, what differs; then its outcome.
import { useSignal } from "@preact/signals";
import { formatAgo } from "../lib/format";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { Notice } from "../ui/notice";
import { type Stage, type Version, rollBack } from "./wire";
import { type Difference, byWhom, contents, differences, failedWatch, shortName, shortReason } from "./words";

const KINDS: Record<Difference["kind"], [string, string]> = {
    changes: ["other code", "badge-info"],
    comes: ["comes back", "badge-good"],
    goes: ["is gone", "badge-danger"],
};

/** Of a version that is newer than the live one, going back would be the wrong word. */
export const rollBackWord = (live: Version | undefined, to: Version) =>
    live !== undefined && to.timestamp > live.timestamp ? "Go forward to this version" : "Roll back to this version";

function Side({ label, version }: { label: string; version: Version }) {
    return (
        <div>
            <dt>{label}</dt>
            <dd>
                <code>{shortName(version.version)}</code>
                <span class="muted small">{`${contents(version)}, deployed ${formatAgo(version.createdAt)}${byWhom(version.deployer)}`}</span>
            </dd>
        </div>
    );
}

function Differences({ of }: { of: Difference[] }) {
    return of.length === 0 ? (
        <p>The code of every function is the same; settings or other files differ.</p>
    ) : (
        <ul class="deployment-differences" aria-label="What changes">
            {of.map(({ name, kind }) => (
                <li key={name}>
                    <span class="mono">{name}</span> <span class={`badge ${KINDS[kind][1]}`}>{KINDS[kind][0]}</span>
                </li>
            ))}
        </ul>
    );
}

interface RollBackProps {
    stage: Stage;
    to: Version;
    close(): void;
    done(): Promise<void>;
}

export function RollBackDialog({ stage, to, close, done }: RollBackProps) {
    const busy = useSignal(false);
    const error = useSignal<string | null>(null);
    const live = stage.versions.find((one) => one.isLive);
    const title = rollBackWord(live, to);
    const failed = failedWatch(stage, to);
    const submit = async () => {
        busy.value = true;
        error.value = null;
        try {
            await rollBack(stage.service, stage.stage, to.timestamp);
            await done();
        } catch (problem) {
            error.value = (problem as Error).message;
        }
        busy.value = false;
    };
    return (
        <Dialog label={title} onClose={close} dismissible={!busy.value} class="deployment-dialog">
            <h2>{title}</h2>
            <dl class="deployment-sides">
                {live && <Side label={`Live now in ${stage.service} · ${stage.stage}`} version={live} />}
                <Side label="Becomes live" version={to} />
            </dl>
            {live && <Differences of={differences(live, to)} />}
            {failed && (
                <Notice tone="warning" title="It failed when it was live last.">
                    <p>{shortReason(failed.reason ?? "")}</p>
                </Notice>
            )}
            <p class="muted">
                Its modules are opened and checked first. Then all addresses change over at once; requests under way end on the version they began with. No version is
                deleted.
            </p>
            {busy.value && (
                <p class="muted" role="status">
                    Opening and checking its modules …
                </p>
            )}
            {error.value !== null && <Notice tone="danger" title={error.value} role="alert" />}
            <div class="row row-end">
                <Button onClick={close} disabled={busy.value}>
                    Cancel
                </Button>
                <Button look="primary" icon="history" onClick={submit} busy={busy.value} disabled={busy.value}>
                    {title}
                </Button>
            </div>
        </Dialog>
    );
}
