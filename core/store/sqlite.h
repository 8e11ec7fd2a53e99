/* SPDX-License-Identifier: MIT */
/* What the files of the SQLite driver share and nobody else sees. */
#ifndef STORE_SQLITE_H
#define STORE_SQLITE_H

#include <sqlite3.h>

#include "store/driver.h"

enum { SQLITE_ROW_SIZES = 7 }; /* statements that insert 1, 2, 4 … 64 rows */

struct sqlite_database {
    char *path;
    const struct sql_set *sql;
};

/* A prepared query, kept as long as its session: for 1 row of values, for 2, for 4 …; those that were needed. */
struct sqlite_query {
    sqlite3_stmt *by_size[SQLITE_ROW_SIZES];
};

struct sqlite_session {
    struct sqlite_database *database;
    sqlite3 *db;
    struct sqlite_query *queries;
    sqlite3_stmt *begin, *commit, *rollback, *savepoint, *release, *undo; /* writing sessions only */
    int wal_pages;                                                        /* not checkpointed yet */
    int64_t deadline_ms;                                                  /* of the read that runs */
};

struct sqlite_session *sqlite_session_open(struct sqlite_database *database, enum store_use use, struct err *err);
void sqlite_session_close(struct sqlite_session *session);

/* Says what the connection complains about; returns false. */
bool sqlite_problem(const struct sqlite_session *session, struct err *err, const char *what);

/* Prepared and with its values bound; NULL: the connection says why. To be reset by the caller. */
sqlite3_stmt *sqlite_bind(struct sqlite_session *session, const struct store_statement *statement);
/* The same for 1 << size of its rows of values, from row `first` on. */
sqlite3_stmt *sqlite_bind_rows(struct sqlite_session *session, const struct store_statement *statement, size_t first,
                               unsigned size);

/* Appends the row the statement stands on. false: the arena's limit would be passed. */
bool sqlite_take_row(sqlite3_stmt *stmt, struct arena *arena, struct store_rows *rows);

/* For statements without parameters and rows. Returns SQLite's code; 0 is success. */
int sqlite_run(sqlite3_stmt *stmt);

bool sqlite_migrate(struct sqlite_database *database, struct err *err);
bool sqlite_backup(struct sqlite_database *database, const char *path, struct err *err);
void sqlite_apply(struct sqlite_session *session, struct store_write *first);
void sqlite_idle(struct sqlite_session *session);

#endif
