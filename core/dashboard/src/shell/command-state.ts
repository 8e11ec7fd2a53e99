// SPDX-License-Identifier: MIT
// Owns whether the command bar is open; the bar itself is loaded when first needed.
import { signal } from "@preact/signals";

export const commandBarOpen = signal(false);
