# SPDX-License-Identifier: MIT
# Schema and queries of sql/ as C tables in the store library.
