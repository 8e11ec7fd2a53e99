// SPDX-License-Identifier: MIT
// Owns the size budget: what the first screen loads and all files together, gzip, against the limits of ARCHITECTURE.md.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const FIRST_LIMIT = 60_000;
const ALL_LIMIT = 250_000;

const dist = process.env.DASHBOARD_DIST ?? fileURLToPath(new URL("../dist/", import.meta.url));
const size = (file) => gzipSync(readFileSync(join(dist, file))).length;
const index = readFileSync(join(dist, "index.html"), "utf8");
const linked = [...index.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map((match) => match[1]);
const first = ["index.html", ...linked].reduce((sum, file) => sum + size(file), 0);
const all = ["index.html", ...readdirSync(join(dist, "assets")).map((name) => `assets/${name}`)].reduce((sum, file) => sum + size(file), 0);

console.log(`first load ${first} of ${FIRST_LIMIT} bytes, everything ${all} of ${ALL_LIMIT} bytes (gzip)`);
process.exit(first <= FIRST_LIMIT && all <= ALL_LIMIT ? 0 : 1);
