// SPDX-License-Identifier: MIT
// Owns running the unit tests: bundles each *.test.ts with esbuild (Node 18 reads no TypeScript) and hands them to node --test.
import { spawnSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = fileURLToPath(new URL("./unit/", import.meta.url));
const out = fileURLToPath(new URL("../.cache/unit/", import.meta.url));

const entryPoints = readdirSync(here)
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => here + name);
rmSync(out, { recursive: true, force: true });
await build({
    entryPoints,
    outdir: out,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node18",
    jsx: "automatic",
    jsxImportSource: "preact",
    loader: { ".css": "empty" },
    logLevel: "warning",
});
const files = readdirSync(out).map((name) => out + name);
const run = spawnSync(process.execPath, ["--test", ...files], { stdio: "inherit" });
process.exit(run.status ?? 1);
