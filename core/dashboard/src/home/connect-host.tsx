// SPDX-License-Identifier: MIT
// Owns what somebody needs to connect a host: the endpoint, a key, and a first program in three languages.
import { signal } from "@preact/signals";
import { mayHaveKeys, useDevelopmentKey } from "../keys/development-key";
import { keysPath } from "../lib/place";
import { place } from "../lib/session";
import { LinkButton } from "../ui/button";
import { CodeBlock } from "../ui/code-block";
import { CopyButton } from "../ui/copy";
import { masked, Secret } from "../ui/secret";

type Language = "C" | "TypeScript" | "Python";

const LANGUAGES: Language[] = ["C", "TypeScript", "Python"];
const NO_KEY = "YOUR KEY";

const language = signal<Language>("C");

export const endpoint = () => `${location.origin.replace(/^http/, "ws")}/websocket`;

const C = `#include <interlude.h>

static il_status greet(il_ctx *ctx)
{
    const char *name;
    IL_TRY(il_ask(ctx, IL_TEXT(&name, "Your name", .min_len = 2)));
    return il_return(ctx, { "greeting", IL_S(il_fmt(ctx, "Hello, %s", name)) });
}
IL_ACTION(greet, .name = "Greet", .description = "Says hello");
`;

const typescript = (key: string) => `import { Interval, io } from "@interval/sdk";

const interval = new Interval({
    endpoint: "${endpoint()}",
    apiKey: "${key}",
    routes: {
        greet: async () => {
            const name = await io.input.text("Your name");
            return { greeting: \`Hello, \${name}\` };
        },
    },
});

interval.listen();
`;

const python = (key: string) => `from interval_sdk import Interval, IO

interval = Interval("${key}", endpoint="${endpoint()}")


@interval.action
async def greet(io: IO):
    name = await io.input.text("Your name")
    return {"greeting": f"Hello, {name}"}


interval.listen()
`;

export function EndpointLine() {
    return (
        <p class="secret">
            <code class="grow">{endpoint()}</code>
            <CopyButton text={endpoint()} />
        </p>
    );
}

function Program({ secret }: { secret: string | null }) {
    const isConsole = place.value.mode === "console";
    switch (language.value) {
        case "C":
            return (
                <>
                    <p class="muted">
                        {isConsole
                            ? "Save this file as routes/greet.c. It is compiled as soon as it is saved, and appears here by itself. Its path is its address."
                            : "Compile this file and put the module into the routes folder of the server. It appears here by itself."}
                    </p>
                    <CodeBlock code={C} language="c" name={isConsole ? "routes/greet.c" : "greet.c"} />
                </>
            );
        case "TypeScript":
            return (
                <>
                    <p class="muted">
                        <code>npm install @interval/sdk</code>, then run this file. It appears here as soon as it is connected.
                    </p>
                    <CodeBlock
                        code={typescript(secret === null ? NO_KEY : masked(secret))}
                        copied={typescript(secret ?? NO_KEY)}
                        language="typescript"
                        name="greet.ts"
                    />
                </>
            );
        default:
            return (
                <>
                    <p class="muted">
                        <code>pip install interval-sdk</code>, then run this file. It appears here as soon as it is connected.
                    </p>
                    <CodeBlock
                        code={python(secret === null ? NO_KEY : masked(secret))}
                        copied={python(secret ?? NO_KEY)}
                        language="python"
                        name="greet.py"
                    />
                </>
            );
    }
}

export function ConnectHost() {
    const secret = useDevelopmentKey();
    return (
        <>
            <div class="segmented connect-languages" role="group" aria-label="Language">
                {LANGUAGES.map((one) => (
                    <button key={one} type="button" aria-pressed={language.value === one} onClick={() => (language.value = one)}>
                        {one}
                    </button>
                ))}
            </div>
            <Program secret={secret} />
            <section class="connect" aria-labelledby="connect-title">
                <h2 id="connect-title">Hosts in Node or Python</h2>
                <div>
                    <h3>Endpoint</h3>
                    <EndpointLine />
                </div>
                {secret !== null && (
                    <div>
                        <h3>Your development key</h3>
                        <Secret value={secret} />
                    </div>
                )}
                {mayHaveKeys() && secret === null && (
                    <div>
                        <h3>Key</h3>
                        <LinkButton href={keysPath(place.value)} icon="key">
                            Show keys
                        </LinkButton>
                    </div>
                )}
            </section>
        </>
    );
}
