# SPDX-License-Identifier: MIT
# The dashboard: npm ci, npm run build, embedded precompressed.
