/* SPDX-License-Identifier: MIT */
// link: -lsqlite3
/* As ask.c after a query: what a handler's stack keeps once it has been deep. */
#include <interlude.h>
#include <sqlite3.h>

static il_status
parked_sqlite(il_ctx *ctx)
{
    const char *answer;
    sqlite3 *db;

    if (sqlite3_open(":memory:", &db) != SQLITE_OK || sqlite3_exec(db, "SELECT count(*) FROM sqlite_schema", 0, 0, 0))
        return il_fail(ctx, "no database");
    sqlite3_close(db);
    return il_ask(ctx, IL_TEXT(&answer, "Name"));
}
IL_ACTION(parked_sqlite);
