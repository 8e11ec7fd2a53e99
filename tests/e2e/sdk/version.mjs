// SPDX-License-Identifier: MIT
// Owns comparing SDK versions, and the four that are tested.

export const VERSIONS = ["0.21.0", "0.38.0", "1.4.0", "2.0.0"];

const numbers = (version) => version.split(".").map(Number);

export function isAtLeast(version, wanted) {
    const [mine, other] = [numbers(version), numbers(wanted)];
    const first = mine.findIndex((part, i) => part !== other[i]);
    return first === -1 || mine[first] > other[first];
}
