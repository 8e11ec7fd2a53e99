/* SPDX-License-Identifier: MIT */
/* Writing to SQLite: many writes in one transaction, each all or nothing by itself (driver.h). */
#include "store/sqlite.h"

#include <stdio.h>

enum {
    CHECKPOINT_PAGES = 2000, /* when there is time for it: 8 MiB of log */
    MAX_LOG_PAGES = 25000,   /* under steady load: 100 MiB */
};

/* What an error of the connection means for a write. */
static void
judge(const struct sqlite_session *session, struct store_write *write)
{
    bool is_refusal = (sqlite3_errcode(session->db) & 0xff) == SQLITE_CONSTRAINT;

    write->is_full = (sqlite3_errcode(session->db) & 0xff) == SQLITE_FULL;
    store_write_judge(write, is_refusal ? STORE_REFUSED : STORE_FAILED, "cannot write to %s: %s",
                      session->database->path, sqlite3_errmsg(session->db));
}

static bool
execute(struct sqlite_session *session, struct store_write *write, struct store_statement *statement)
{
    sqlite3_stmt *stmt = sqlite_bind(session, statement);
    bool fits = true;
    int code;

    if (!stmt) {
        judge(session, write);
        return false;
    }
    while ((code = sqlite3_step(stmt)) == SQLITE_ROW && fits)
        fits = sqlite_take_row(stmt, &write->arena, &statement->rows);
    if (code != SQLITE_DONE) {
        if (fits)
            judge(session, write);
        else
            store_write_judge(write, STORE_FAILED, "cannot write to %s: too many rows come back",
                              session->database->path);
        sqlite3_reset(stmt);
        return false;
    }
    statement->changed = sqlite3_column_count(stmt) ? (int64_t)statement->rows.count : sqlite3_changes64(session->db);
    sqlite3_reset(stmt);
    if (statement->expect == STORE_ANY || statement->changed == statement->expect)
        return true;
    store_write_judge(write, STORE_REFUSED, "%s changed %lld rows, not %d",
                      session->database->sql->queries[statement->query].name, (long long)statement->changed,
                      statement->expect);
    return false;
}

/* One statement about one row takes effect or does not; a savepoint would cost as much again. */
static bool
needs_savepoint(const struct store_write *write)
{
    const struct store_statement *first = write->first;

    return first && (first->next || (first->expect != STORE_ANY && first->expect != STORE_ONE));
}

static void
apply_one(struct sqlite_session *session, struct store_write *write)
{
    unsigned at = 0;

    if (!needs_savepoint(write)) {
        if (write->first)
            execute(session, write, write->first);
        return;
    }
    if (sqlite_run(session->savepoint)) {
        judge(session, write);
        return;
    }
    for (struct store_statement *s = write->first; s; s = s->next, at++)
        if (!execute(session, write, s)) {
            write->refused_at = at;
            if (sqlite3_get_autocommit(session->db)) /* the error ended the whole transaction */
                return;
            sqlite_run(session->undo);
            break;
        }
    if (sqlite_run(session->release))
        judge(session, write);
}

/* Nothing of the transaction is durable, whatever the single writes were told before. */
static void
fail_all(struct sqlite_session *session, struct store_write *first)
{
    const char *problem = sqlite3_errmsg(session->db);
    bool is_full = (sqlite3_errcode(session->db) & 0xff) == SQLITE_FULL;
    char text[256];

    snprintf(text, sizeof text, "%s", problem); /* the rollback would replace it */
    if (!sqlite3_get_autocommit(session->db))
        sqlite_run(session->rollback);
    for (struct store_write *write = first; write; write = write->next) {
        store_write_judge(write, STORE_FAILED, "cannot write to %s: %s", session->database->path, text);
        write->is_full |= is_full; /* what the single write was told may be all that is known */
    }
}

void
sqlite_apply(struct sqlite_session *session, struct store_write *first)
{
    if (session->wal_pages > MAX_LOG_PAGES)
        sqlite_idle(session);
    if (sqlite_run(session->begin)) {
        fail_all(session, first);
        return;
    }
    for (struct store_write *write = first; write; write = write->next) {
        apply_one(session, write);
        if (sqlite3_get_autocommit(session->db)) { /* errors such as a full disk end the whole transaction */
            fail_all(session, first);
            return;
        }
    }
    if (sqlite_run(session->commit))
        fail_all(session, first);
}

/* Failing is harmless: the log stays and is moved the next time. */
void
sqlite_idle(struct sqlite_session *session)
{
    if (session->wal_pages < CHECKPOINT_PAGES)
        return;
    sqlite3_wal_checkpoint_v2(session->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    session->wal_pages = 0; /* the next commit says how long it is */
}
