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

/* 1 << size rows of values, from row `first` on. */
static bool
execute_rows(struct sqlite_session *session, struct store_write *write, struct store_statement *statement, size_t first,
             unsigned size)
{
    sqlite3_stmt *stmt = sqlite_bind_rows(session, statement, first, size);
    size_t before = statement->rows.count;
    bool fits = true;
    int code;

    if (!stmt) {
        judge(session, write);
        return false;
    }
    while ((code = sqlite3_step(stmt)) == SQLITE_ROW && fits)
        fits = sqlite_take_row(stmt, &write->arena, &statement->rows);
    write->is_large = !fits;
    if (!fits)
        store_write_judge(write, STORE_FAILED, "cannot write to %s: too many rows come back", session->database->path);
    else if (code != SQLITE_DONE)
        judge(session, write);
    else
        statement->changed +=
            sqlite3_column_count(stmt) ? (int64_t)(statement->rows.count - before) : sqlite3_changes64(session->db);
    sqlite3_reset(stmt);
    return fits && code == SQLITE_DONE;
}

static bool
execute(struct sqlite_session *session, struct store_write *write, struct store_statement *statement)
{
    unsigned size = SQLITE_ROW_SIZES - 1;

    statement->changed = 0;
    for (size_t done = 0; done < statement->row_count; done += (size_t)1 << size) {
        while ((size_t)1 << size > statement->row_count - done)
            size--;
        if (!execute_rows(session, write, statement, done, size))
            return false;
    }
    if (statement->expect == STORE_ANY || statement->changed == statement->expect * (int64_t)statement->row_count)
        return true;
    store_write_judge(write, STORE_REFUSED, "%s changed %lld rows, not %lld",
                      session->database->sql->queries[statement->query].name, (long long)statement->changed,
                      (long long)(statement->expect * (int64_t)statement->row_count));
    return false;
}

static bool
execute_all(struct sqlite_session *session, struct store_write *write)
{
    unsigned at = 0;

    for (struct store_statement *s = write->first; s; s = s->next, at++)
        if (!execute(session, write, s)) {
            write->refused_at = at;
            return false;
        }
    return true;
}

static bool
is_over(const struct sqlite_session *session)
{
    return sqlite3_get_autocommit(session->db) != 0; /* errors such as a full disk end the whole transaction */
}

/* false: it failed after it had changed something, and nobody can undo just that. */
static bool
apply_bare(struct sqlite_session *session, struct store_write *write)
{
    int64_t before = sqlite3_total_changes64(session->db);

    return execute_all(session, write) || sqlite3_total_changes64(session->db) == before;
}

static bool
apply_with_savepoint(struct sqlite_session *session, struct store_write *write)
{
    if (!sqlite_run(session->savepoint)) {
        if (!execute_all(session, write) && !is_over(session))
            sqlite_run(session->undo);
        if (is_over(session) || !sqlite_run(session->release))
            return true;
    }
    judge(session, write);
    return true;
}

/* Begins a transaction and applies them all in it. false: it is over, or the whole of it has to be undone. */
static bool
apply_all(struct sqlite_session *session, struct store_write *first,
          bool (*apply)(struct sqlite_session *session, struct store_write *write))
{
    if (sqlite_run(session->begin))
        return false;
    for (struct store_write *write = first; write; write = write->next)
        if (!apply(session, write) || is_over(session))
            return false;
    return true;
}

/* As if nothing of it had been tried. */
static void
undo_all(struct sqlite_session *session, struct store_write *first)
{
    sqlite_run(session->rollback);
    for (struct store_write *write = first; write; write = write->next) {
        write->verdict = STORE_DONE;
        write->problem = NULL;
        write->is_full = write->is_large = false;
        for (struct store_statement *s = write->first; s; s = s->next)
            s->rows = (struct store_rows){ 0 };
    }
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

/*
 * A savepoint keeps a copy of every page that changes, which costs as much as the write itself, so the writes go
 * without. Seldom one is refused after it has changed something: then all are undone and applied with savepoints.
 */
void
sqlite_apply(struct sqlite_session *session, struct store_write *first)
{
    bool is_applied;

    if (session->wal_pages > MAX_LOG_PAGES)
        sqlite_idle(session);
    is_applied = apply_all(session, first, apply_bare);
    if (!is_applied && !is_over(session)) {
        undo_all(session, first);
        is_applied = apply_all(session, first, apply_with_savepoint);
    }
    if (!is_applied || sqlite_run(session->commit))
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
