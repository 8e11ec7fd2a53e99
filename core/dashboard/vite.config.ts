// SPDX-License-Identifier: MIT
// Owns how the dashboard is built: one index.html and hashed files under assets/, which the server embeds.
import { defineConfig } from "vite";

export default defineConfig({
    base: "/",
    publicDir: false,
    esbuild: { jsx: "automatic", jsxImportSource: "preact", legalComments: "none" },
    build: {
        target: ["chrome123", "firefox120", "safari17.5"],
        outDir: "dist",
        assetsDir: "assets",
        // The policy of the server allows no data: or inline anything.
        assetsInlineLimit: 0,
        modulePreload: { polyfill: false },
        reportCompressedSize: true,
    },
    server: {
        proxy: {
            "/api": "http://127.0.0.1:3000",
            "/fn": "http://127.0.0.1:3000",
            "/websocket": { target: "ws://127.0.0.1:3000", ws: true },
        },
    },
});
