// SPDX-License-Identifier: MIT
// Owns the screen of an empty environment: how the first route comes to be.
import { Icon } from "../ui/icon";
import { ConnectHost } from "./connect-host";

export function FirstRoute() {
    return (
        <div class="first-route">
            <div class="stack">
                <h1>Nothing here yet</h1>
                <p class="muted">Write a first route: a file in the routes folder of this server, or a program of yours that connects to it.</p>
            </div>
            <ConnectHost />
            <ol class="steps">
                <li>
                    <Icon name="play" />
                    <p>
                        <strong>Actions ask and show.</strong> Each question is one line of code; the answer is its value.
                    </p>
                </li>
                <li>
                    <Icon name="page" />
                    <p>
                        <strong>Pages draw</strong> tables, numbers and buttons that lead to actions.
                    </p>
                </li>
                <li>
                    <Icon name="bolt" />
                    <p>
                        <strong>Functions answer HTTP</strong> at <code>/fn/…</code>, straight from C.
                    </p>
                </li>
            </ol>
        </div>
    );
}
