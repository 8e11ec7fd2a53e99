// SPDX-License-Identifier: MIT
// Owns one server, `interlude dev` or `interlude start`, on a free port and with data of its own.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const SOURCE = process.env.INTERLUDE_SOURCE ?? fileURLToPath(new URL("../..", import.meta.url));
const INTERLUDE = process.env.INTERLUDE ?? join(SOURCE, "build/dev/interlude");

async function freePort() {
    const probe = createServer().listen(0, "127.0.0.1");
    await once(probe, "listening");
    const { port } = probe.address();
    probe.close();
    return port;
}

/** Resolves when the server says where its dashboard is. */
export async function startServer(project = SOURCE) {
    const data = mkdtempSync(join(tmpdir(), "interlude-e2e-"));
    return serve(["dev", project], data);
}

/** `interlude start` for an organization with one administrator, as the README sets it up. */
export async function startForTeam({ org, email, password, routes }) {
    const data = mkdtempSync(join(tmpdir(), "interlude-e2e-"));
    const run = (args, input = "") => execFileSync(INTERLUDE, [...args, "--data", data], { input, stdio: ["pipe", "pipe", "inherit"] });
    run(["org", "add", org]);
    run(["user", "add", email, "--org", org, "--role", "admin"], `${password}\n`);
    return serve(["start", "--routes", routes], data);
}

async function serve(args, data) {
    const port = await freePort();
    const child = spawn(INTERLUDE, [...args, "--port", String(port), "--data", data], { stdio: ["ignore", "pipe", "pipe"] });
    const output = [];
    createInterface({ input: child.stderr }).on("line", (line) => output.push(line));
    const origin = await new Promise((resolve, reject) => {
        createInterface({ input: child.stdout }).on("line", (line) => {
            output.push(line);
            const url = /Dashboard: (\S+)/.exec(line);
            if (url) {
                resolve(new URL(url[1]).origin);
            }
        });
        child.on("exit", (code) => reject(new Error(`interlude ${args[0]} ended with ${code}:\n${output.join("\n")}`)));
    });
    const stop = async () => {
        child.removeAllListeners("exit");
        const ended = once(child, "exit");
        child.kill("SIGTERM");
        await ended;
        rmSync(data, { recursive: true, force: true });
    };
    return { origin, output, pid: child.pid, stop };
}
