// SPDX-License-Identifier: MIT
// Owns the screen of an empty environment: how to write the first route, in ten lines.
import { keysPath } from "../lib/place";
import { place, session } from "../lib/session";
import { LinkButton } from "../ui/button";
import { CodeBlock } from "../ui/code-block";
import { Icon } from "../ui/icon";

const EXAMPLE = `#include <interlude.h>

static il_status greet(il_ctx *ctx)
{
    const char *name;
    IL_TRY(il_ask(ctx, IL_TEXT(&name, "Your name", .min_len = 2)));
    return il_return(ctx, { "greeting", IL_S(il_fmt(ctx, "Hello, %s", name)) });
}
IL_ACTION(greet, .name = "Greet", .description = "Says hello");
`;

export function FirstRoute({ console: isConsole }: { console: boolean }) {
    const mayHaveKeys = session.value!.user.role !== "member";
    return (
        <div class="first-route">
            <div class="stack">
                <h1>Nothing here yet</h1>
                <p class="muted">
                    {isConsole
                        ? "Save this file as routes/greet.c. It is compiled as soon as it is saved, and appears here by itself."
                        : "Drop a compiled module into the routes folder of the server, or connect a host with a live key. It appears here by itself."}
                </p>
                <CodeBlock code={EXAMPLE} language="c" name={isConsole ? "routes/greet.c" : "greet.c"} />
            </div>
            <ol class="steps">
                <li>
                    <Icon name="code" />
                    <p>
                        <strong>One file is one route.</strong> Its path is its address: <code>routes/users/edit.c</code> becomes{" "}
                        <code>users/edit</code>.
                    </p>
                </li>
                <li>
                    <Icon name="page" />
                    <p>
                        <strong>Pages and functions too.</strong> <code>IL_PAGE</code> draws tables and buttons, <code>IL_FUNCTION</code>{" "}
                        answers HTTP at <code>/fn/…</code>.
                    </p>
                </li>
                <li>
                    <Icon name="bolt" />
                    <p>
                        <strong>Hosts in Node or Python</strong> connect to <code>{location.origin.replace(/^http/, "ws")}/websocket</code> with an
                        API key.
                    </p>
                </li>
            </ol>
            {mayHaveKeys && (
                <div>
                    <LinkButton href={keysPath(place.value)} icon="key">
                        Show keys
                    </LinkButton>
                </div>
            )}
        </div>
    );
}
