/* SPDX-License-Identifier: MIT */
/* The schema of a SQLite database: migrations and whole copies (driver.h). */
#include "store/sqlite.h"

#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include "base/clock.h"

enum { CHECKSUM_BYTES = 16 };

struct checksum {
    char hex[2 * CHECKSUM_BYTES + 1];
};

static struct checksum
checksum_of(const struct sql_set *sql, int version)
{
    unsigned char bytes[CHECKSUM_BYTES];
    crypto_generichash_state state;
    struct checksum sum;

    crypto_generichash_init(&state, NULL, 0, sizeof bytes);
    for (unsigned i = 0; i < sql->migration_count; i++)
        if (sql->migrations[i].version == version) /* the NUL goes in, so that no text can slip into the next */
            crypto_generichash_update(&state, (const unsigned char *)sql->migrations[i].text,
                                      strlen(sql->migrations[i].text) + 1);
    crypto_generichash_final(&state, bytes, sizeof bytes);
    sodium_bin2hex(sum.hex, sizeof sum.hex, bytes, sizeof bytes);
    return sum;
}

static int
newest_of(const struct sql_set *sql)
{
    return sql->migration_count ? sql->migrations[sql->migration_count - 1].version : 0;
}

/* Are the migrations applied so far ours? *applied is the last of them. */
static bool
check_applied(struct sqlite_session *session, int *applied, struct err *err)
{
    const struct sql_set *sql = session->database->sql;
    struct store_statement list = { .query = sql->migration_list };
    sqlite3_stmt *stmt = sqlite_bind(session, &list);
    bool ok = true;

    *applied = 0;
    while (ok && stmt && sqlite3_step(stmt) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(stmt, 1);
        const char *checksum = (const char *)sqlite3_column_text(stmt, 2);

        *applied = sqlite3_column_int(stmt, 0);
        if (*applied > newest_of(sql))
            ok = err_set(err,
                         "cannot use %s: it was written by a newer interlude (schema %d, this one knows up to %d). "
                         "Install that version, or restore a backup made before the upgrade",
                         session->database->path, *applied, newest_of(sql));
        else if (strcmp(checksum, checksum_of(sql, *applied).hex) != 0)
            ok = err_set(err,
                         "cannot use %s: its migration %d (%s) is not the one of this interlude. "
                         "Use the version that made it, or restore a backup",
                         session->database->path, *applied, name);
    }
    if (ok && (!stmt || sqlite3_reset(stmt)))
        return sqlite_problem(session, err, "read the schema of");
    sqlite3_reset(stmt);
    return ok;
}

static bool
run_version(struct sqlite_session *session, int version, struct err *err)
{
    const struct sql_set *sql = session->database->sql;

    for (unsigned i = 0; i < sql->migration_count; i++)
        if (sql->migrations[i].version == version &&
            sqlite3_exec(session->db, sql->migrations[i].text, NULL, NULL, NULL))
            return sqlite_problem(session, err, "migrate");
    return true;
}

static bool
record(struct sqlite_session *session, int version, const char *name, struct err *err)
{
    struct checksum sum = checksum_of(session->database->sql, version);
    const struct store_value values[] = { v_int(version), v_text(name), v_text(sum.hex), v_int(clock_wall_ms()) };
    struct store_statement add = { .query = session->database->sql->migration_add, .value_count = 4, .values = values };
    sqlite3_stmt *stmt = sqlite_bind(session, &add);

    return stmt && sqlite_run(stmt) == SQLITE_OK ? true : sqlite_problem(session, err, "migrate");
}

static bool
migrate(struct sqlite_session *session, struct err *err)
{
    const struct sql_set *sql = session->database->sql;
    int applied;

    /* Version 0 holds the table of versions itself and is repeatable. */
    if (!run_version(session, 0, err) || !check_applied(session, &applied, err))
        return false;
    for (unsigned i = 0; i < sql->migration_count; i++) {
        const struct sql_migration *next = &sql->migrations[i];

        if (next->version <= applied)
            continue;
        applied = next->version;
        if (!run_version(session, next->version, err) || !record(session, next->version, next->name, err))
            return false;
    }
    return sqlite_run(session->commit) == SQLITE_OK ? true : sqlite_problem(session, err, "migrate");
}

bool
sqlite_migrate(struct sqlite_database *database, struct err *err)
{
    struct sqlite_session *session = sqlite_session_open(database, STORE_WRITES, err);
    bool ok;

    if (!session)
        return false;
    ok = sqlite_run(session->begin) == SQLITE_OK ? migrate(session, err) : sqlite_problem(session, err, "migrate");
    sqlite_session_close(session); /* rolls back what was not committed */
    return ok;
}

static bool
copy_into(struct sqlite_session *session, const char *path)
{
    sqlite3_stmt *stmt;
    bool ok;

    if (sqlite3_prepare_v2(session->db, "VACUUM INTO ?1", -1, &stmt, NULL))
        return false;
    ok = !sqlite3_bind_text(stmt, 1, path, -1, SQLITE_STATIC) && !sqlite_run(stmt);
    sqlite3_finalize(stmt);
    return ok;
}

bool
sqlite_backup(struct sqlite_database *database, const char *path, struct err *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    struct sqlite_session *session;
    bool ok;

    if (fd < 0)
        return err_set_errno(err, "cannot make the backup %s", path);
    session = sqlite_session_open(database, STORE_WRITES, err); /* VACUUM is no query; it does not change the source */
    ok = session && (copy_into(session, path) || sqlite_problem(session, err, "back up"));
    if (session)
        sqlite_session_close(session);
    if (ok && fsync(fd) != 0)
        ok = err_set_errno(err, "cannot make the backup %s durable", path);
    close(fd);
    if (!ok)
        unlink(path);
    return ok;
}
