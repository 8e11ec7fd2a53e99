// SPDX-License-Identifier: MIT
// Owns one server, `interlude dev` or `interlude start`, on a free port and with data of its own, and perhaps a host of it.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const SOURCE = process.env.INTERLUDE_SOURCE ?? fileURLToPath(new URL("../..", import.meta.url));
const INTERLUDE = process.env.INTERLUDE ?? join(SOURCE, "build/dev/interlude");

/** Nobody listens there, and no connection gets it by itself: a browser has many. */
async function freePort() {
    const [first, last] = readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "utf8").split("\t").map(Number);
    for (;;) {
        const port = 10000 + Math.floor(Math.random() * 50000);
        if (port < first || port > last || last - first > 45000) {
            const probe = createServer().listen(port, "127.0.0.1");
            const isFree = await once(probe, "listening").then(() => true, () => false);
            probe.close();
            if (isFree) {
                return port;
            }
        }
    }
}

const PATIENCE = 5000;
const DATA = () => mkdtempSync(join(tmpdir(), "interlude-e2e-"));

/** Resolves when the server says where its dashboard is. */
export function startServer(project = SOURCE) {
    return serve(["dev", project], DATA());
}

/** `interlude dev` of an empty project, and `interlude host` that offers these compiled routes there. */
export async function startServerAndHost(routes) {
    const project = DATA();
    mkdirSync(join(project, "routes"));
    const server = await serve(["dev", project], join(project, "data"));
    const key = server.output.map((line) => /API key: (\S+)/.exec(line)?.[1]).find(Boolean);
    return withHost(server, key, routes, project);
}

/** `interlude start` for an organization with one administrator, as the README sets it up; routes by a host if `isRemote`. */
export async function startForTeam({ org, email, password, routes, isRemote }) {
    const data = DATA();
    const run = (args, input = "") =>
        execFileSync(INTERLUDE, [...args, "--data", data], { input, stdio: ["pipe", "pipe", "inherit"], encoding: "utf8" });
    run(["org", "add", org]);
    run(["user", "add", email, "--org", org, "--role", "admin"], `${password}\n`);
    if (!isRemote) {
        return serve(["start", "--routes", routes], data);
    }
    const key = /live_[A-Za-z0-9]+/.exec(run(["keys", "create", "--org", org]))[0];
    const none = DATA();
    return withHost(await serve(["start", "--routes", none], data), key, routes, none);
}

/** The server, with a host that ends with it. `pid` is the host's: of the process behind the routes. */
async function withHost(server, key, routes, folder) {
    const endpoint = server.origin.replace("http", "ws") + "/websocket";
    const args = ["host", "--endpoint", endpoint, "--api-key", key, "--routes", routes, "--data", join(folder, "host")];
    const host = await launch(args, /Dashboard: /);
    const stop = async () => {
        await host.stop();
        await server.stop();
        rmSync(folder, { recursive: true, force: true });
    };
    return { ...server, pid: host.pid, output: host.output, stop };
}

async function serve(args, data) {
    const server = await launch([...args, "--port", String(await freePort()), "--data", data], /Dashboard: (\S+)/);
    const stop = async () => {
        await server.stop();
        rmSync(data, { recursive: true, force: true });
    };
    return { ...server, data, origin: new URL(server.said[1]).origin, stop };
}

/** Resolves when it prints what matches `ready`. */
async function launch(args, ready) {
    const child = spawn(INTERLUDE, args, { stdio: ["ignore", "pipe", "pipe"] });
    const output = [];
    createInterface({ input: child.stderr }).on("line", (line) => output.push(line));
    const said = await new Promise((resolve, reject) => {
        createInterface({ input: child.stdout }).on("line", (line) => {
            output.push(line);
            const match = ready.exec(line);
            if (match) {
                resolve(match);
            }
        });
        child.on("exit", (code) => reject(new Error(`interlude ${args[0]} ended with ${code}:\n${output.join("\n")}`)));
    });
    const stop = async () => {
        child.removeAllListeners("exit");
        const ended = once(child, "exit");
        child.kill("SIGTERM");
        const again = setTimeout(() => child.kill("SIGTERM"), PATIENCE); // runs that nobody finishes any more
        await ended;
        clearTimeout(again);
    };
    return { said, output, pid: child.pid, stop };
}
