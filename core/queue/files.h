/* SPDX-License-Identifier: MIT */
/* What the SQLite engine keeps its rows in. For queue.c only. */
#ifndef QUEUE_FILES_H
#define QUEUE_FILES_H

struct store;
struct store *engine_sqlite_files(void *engine);

#endif
