/* SPDX-License-Identifier: MIT */
/*
 * What a database must be able to do. A driver knows SQL, transactions and durability of one engine; threads, queues
 * and the meaning of the rows are above it (store.h). Every function may block. A session is used by one thread at a
 * time.
 */
#ifndef STORE_DRIVER_H
#define STORE_DRIVER_H

#include "store/sql.h"
#include "store/write.h"

enum store_use { STORE_READS, STORE_WRITES };

struct store_driver {
    const char *name;

    /* `where` is a path or URL. Nothing is changed until migrate. NULL: refused. */
    void *(*open)(const char *where, const struct sql_set *sql, struct err *err);
    void (*close)(void *database); /* after all its sessions */

    /*
     * Applies the migrations that are missing, all or none. Refuses a database that a newer program has migrated
     * further, and one whose applied migrations are not ours.
     */
    bool (*migrate)(void *database, struct err *err);
    bool (*backup)(void *database, const char *path, struct err *err); /* a consistent copy; path must not exist */

    void *(*session_open)(void *database, enum store_use use, struct err *err);
    void (*session_close)(void *session);

    /*
     * Applies all writes of the list in one durable transaction, in order. Each is all or nothing by itself and gets
     * its verdict; what could not be made durable is FAILED.
     */
    void (*apply)(void *session, struct store_write *first);

    /* Called when no write waits and every answer is out: time for upkeep such as a checkpoint. */
    void (*idle)(void *session);

    /* Reads all rows into the arena. A read that takes longer than 1 s is an error. */
    bool (*read)(void *session, const struct store_statement *statement, struct arena *arena, struct store_rows *rows,
                 struct err *err);
};

extern const struct store_driver store_sqlite;

#endif
