/* SPDX-License-Identifier: MIT */
/* The SQLite driver: connections and reading. Writing is sqlite_write.c, the schema sqlite_schema.c. */
#include "store/sqlite.h"

#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"

enum { READ_LIMIT_MS = 1000, STEPS_BETWEEN_CHECKS = 20000, BUSY_MS = 5000, MAX_QUERY = 64 << 10 };

static pthread_once_t configured = PTHREAD_ONCE_INIT;

/* A connection is used by one thread at a time, so SQLite's own locks and statistics are cost without use. */
static void
configure(void)
{
    sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_initialize();
}

bool
sqlite_problem(const struct sqlite_session *session, struct err *err, const char *what)
{
    return err_set(err, "cannot %s %s: %s", what, session->database->path, sqlite3_errmsg(session->db));
}

static void *
database_open(const char *where, const struct sql_set *sql, struct err *err)
{
    struct sqlite_database *database;
    int fd;

    pthread_once(&configured, configure);
    fd = open(where, O_RDWR | O_CREAT | O_CLOEXEC,
              0600); /* SQLite would leave it to the umask; its -wal and -shm follow */
    if (fd < 0) {
        err_set_errno(err, "cannot open the database %s", where);
        return NULL;
    }
    close(fd);
    database = mem_alloc(sizeof *database);
    database->path = mem_strdup(where);
    database->sql = sql;
    return database;
}

static void
database_close(void *arg)
{
    struct sqlite_database *database = arg;

    free(database->path);
    free(database);
}

static int
is_past_deadline(void *arg)
{
    const struct sqlite_session *session = arg;

    return clock_mono_ms() > session->deadline_ms;
}

static int
on_commit(void *arg, sqlite3 *db, const char *name, int pages)
{
    struct sqlite_session *session = arg;

    (void)db, (void)name;
    session->wal_pages = pages;
    return SQLITE_OK;
}

static bool
prepare_all(struct sqlite_session *session)
{
    const struct {
        const char *text;
        sqlite3_stmt **stmt;
    } table[] = {
        { "BEGIN IMMEDIATE", &session->begin }, { "COMMIT", &session->commit },
        { "ROLLBACK", &session->rollback },     { "SAVEPOINT one", &session->savepoint },
        { "RELEASE one", &session->release },   { "ROLLBACK TO one", &session->undo },
    };

    for (size_t i = 0; i < COUNT_OF(table); i++)
        if (sqlite3_prepare_v3(session->db, table[i].text, -1, SQLITE_PREPARE_PERSISTENT, table[i].stmt, NULL))
            return false;
    return true;
}

static bool
set_up(struct sqlite_session *session, enum store_use use)
{
    static const char common[] = "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY;";
    static const char writing[] = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                                  "PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -8192;";
    static const char reading[] = "PRAGMA query_only = ON; PRAGMA cache_size = -1024;";

    sqlite3_extended_result_codes(session->db, 1);
    sqlite3_busy_timeout(session->db, BUSY_MS);
    sqlite3_db_config(session->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    if (sqlite3_exec(session->db, common, NULL, NULL, NULL))
        return false;
    if (use == STORE_READS) {
        sqlite3_progress_handler(session->db, STEPS_BETWEEN_CHECKS, is_past_deadline, session);
        session->deadline_ms = INT64_MAX;
        return sqlite3_exec(session->db, reading, NULL, NULL, NULL) == SQLITE_OK;
    }
    if (sqlite3_exec(session->db, writing, NULL, NULL, NULL) || !prepare_all(session))
        return false;
    sqlite3_wal_hook(session->db, on_commit, session); /* instead of the automatic checkpoint inside COMMIT */
    return true;
}

struct sqlite_session *
sqlite_session_open(struct sqlite_database *database, enum store_use use, struct err *err)
{
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
    struct sqlite_session *session = mem_alloc(sizeof *session);

    session->database = database;
    session->queries = mem_alloc(database->sql->query_count * sizeof *session->queries);
    if (sqlite3_open_v2(database->path, &session->db, flags, NULL) || !set_up(session, use)) {
        sqlite_problem(session, err, "open the database");
        sqlite_session_close(session);
        return NULL;
    }
    return session;
}

void
sqlite_session_close(struct sqlite_session *session)
{
    sqlite3_stmt *const own[] = { session->begin,     session->commit,  session->rollback,
                                  session->savepoint, session->release, session->undo };

    for (unsigned i = 0; i < session->database->sql->query_count; i++)
        for (unsigned size = 0; size < SQLITE_ROW_SIZES; size++)
            sqlite3_finalize(session->queries[i].by_size[size]);
    for (size_t i = 0; i < COUNT_OF(own); i++)
        sqlite3_finalize(own[i]);
    sqlite3_close(session->db);
    free(session->queries);
    free(session);
}

/* With $1 as ?1, or later ones. */
static void
put_parameters(struct buf *out, struct str text, unsigned first)
{
    for (const char *p = text.p, *end = p + text.len; p < end;) {
        char *behind;

        if (*p != '$') {
            buf_char(out, *p++);
            continue;
        }
        buf_printf(out, "?%lu", first + strtoul(p + 1, &behind, 10));
        p = behind;
    }
}

/* Of what begins with a parenthesis: as far as the one that closes it. */
static size_t
group_len(const char *group)
{
    size_t len = 0;
    int depth = 0;

    do {
        depth += (group[len] == '(') - (group[len] == ')');
        len++;
    } while (depth);
    return len;
}

/*
 * The text of a query for so many rows of values: what stands in parentheses behind VALUES, once for each. SQLite
 * counts $1, $2 … by their first appearance, ?1, ?2 … as they say.
 */
static void
put_query(struct buf *out, const struct sql_query *query, unsigned rows)
{
    static const char before[] = " VALUES ";
    const char *text = query->text, *values = rows > 1 ? strstr(text, before) : NULL;
    struct str group;

    if (!values) {
        put_parameters(out, str_of(text), 0);
        return;
    }
    values += sizeof before - 1;
    group = (struct str){ values, group_len(values) };
    buf_put(out, text, (size_t)(values - text));
    for (unsigned i = 0; i < rows; i++) {
        buf_str(out, i ? ", " : "");
        put_parameters(out, group, i * query->parameter_count);
    }
    buf_str(out, group.p + group.len);
}

static sqlite3_stmt *
prepare(struct sqlite_session *session, unsigned number, unsigned size)
{
    sqlite3_stmt **stmt = &session->queries[number].by_size[size];
    struct buf text;

    if (*stmt)
        return *stmt;
    buf_init(&text, MAX_QUERY);
    put_query(&text, &session->database->sql->queries[number], 1u << size);
    sqlite3_prepare_v3(session->db, buf_text(&text), -1, SQLITE_PREPARE_PERSISTENT, stmt, NULL);
    buf_fini(&text);
    return *stmt;
}

static int
bind_value(sqlite3_stmt *stmt, int place, struct store_value value)
{
    switch (value.type) {
    case STORE_INT:
        return sqlite3_bind_int64(stmt, place, value.integer);
    case STORE_TEXT:
        return sqlite3_bind_text64(stmt, place, value.text.p, value.text.len, SQLITE_STATIC, SQLITE_UTF8);
    case STORE_BLOB:
        return sqlite3_bind_blob64(stmt, place, value.text.p, value.text.len, SQLITE_STATIC);
    case STORE_NULL:
    default:
        return sqlite3_bind_null(stmt, place);
    }
}

sqlite3_stmt *
sqlite_bind_rows(struct sqlite_session *session, const struct store_statement *statement, size_t first, unsigned size)
{
    const struct store_value *values = statement->values + first * statement->value_count;
    unsigned count = statement->value_count << size;
    sqlite3_stmt *stmt = prepare(session, statement->query, size);
    int failed = 0;

    for (unsigned i = 0; stmt && !failed && i < count; i++)
        failed = bind_value(stmt, (int)i + 1, values[i]);
    return failed ? NULL : stmt;
}

sqlite3_stmt *
sqlite_bind(struct sqlite_session *session, const struct store_statement *statement)
{
    return sqlite_bind_rows(session, statement, 0, 0);
}

int
sqlite_run(sqlite3_stmt *stmt)
{
    sqlite3_step(stmt);
    return sqlite3_reset(stmt);
}

/* Room for one more row: capacity is the count rounded up to a power of two. */
static bool
grow(struct arena *arena, struct store_rows *rows)
{
    size_t row_size = rows->columns * sizeof *rows->values;
    struct store_value *values;

    if (rows->count & (rows->count - 1))
        return true;
    values = arena_alloc(arena, (rows->count ? rows->count * 2 : 1) * row_size);
    if (!values)
        return false;
    if (rows->count)
        memcpy(values, rows->values, rows->count * row_size);
    rows->values = values;
    return true;
}

bool
sqlite_take_row(sqlite3_stmt *stmt, struct arena *arena, struct store_rows *rows)
{
    rows->columns = (unsigned)sqlite3_column_count(stmt);
    if (!grow(arena, rows))
        return false;
    for (unsigned i = 0; i < rows->columns; i++) {
        struct store_value *value = &rows->values[rows->count * rows->columns + i];
        int type = sqlite3_column_type(stmt, (int)i);

        if (type == SQLITE_NULL) {
            *value = v_null();
        } else if (type == SQLITE_INTEGER) {
            *value = v_int(sqlite3_column_int64(stmt, (int)i));
        } else if (type == SQLITE_BLOB) {
            const char *bytes = sqlite3_column_blob(stmt, (int)i); /* NULL when there are none */
            size_t len = (size_t)sqlite3_column_bytes(stmt, (int)i);

            *value = v_blob((struct str){ arena_strndup(arena, bytes ? bytes : "", len), len });
            if (value->type == STORE_NULL)
                return false;
        } else {
            const char *text = (const char *)sqlite3_column_text(stmt, (int)i);
            size_t len = (size_t)sqlite3_column_bytes(stmt, (int)i);

            *value = v_str((struct str){ arena_strndup(arena, text, len), len });
            if (value->type == STORE_NULL)
                return false;
        }
    }
    rows->count++;
    return true;
}

static bool
read_rows(void *arg, const struct store_statement *statement, struct arena *arena, struct store_rows *rows,
          struct err *err)
{
    struct sqlite_session *session = arg;
    const char *name = session->database->sql->queries[statement->query].name;
    sqlite3_stmt *stmt = sqlite_bind(session, statement);
    bool fits = true;
    int code;

    *rows = (struct store_rows){ 0 };
    if (!stmt)
        return sqlite_problem(session, err, "read from");
    session->deadline_ms = clock_mono_ms() + READ_LIMIT_MS;
    while ((code = sqlite3_step(stmt)) == SQLITE_ROW && fits)
        fits = sqlite_take_row(stmt, arena, rows);
    session->deadline_ms = INT64_MAX;
    sqlite3_reset(stmt);
    if (!fits)
        return err_set(err, "cannot read from %s: the rows of %s pass the memory limit", session->database->path, name);
    if (code == SQLITE_INTERRUPT)
        return err_set(err, "cannot read from %s: %s took longer than %d ms", session->database->path, name,
                       READ_LIMIT_MS);
    return code == SQLITE_DONE ? true : sqlite_problem(session, err, "read from");
}

static bool
driver_migrate(void *database, struct err *err)
{
    return sqlite_migrate(database, err);
}

static bool
driver_backup(void *database, const char *path, struct err *err)
{
    return sqlite_backup(database, path, err);
}

static void *
driver_session_open(void *database, enum store_use use, struct err *err)
{
    return sqlite_session_open(database, use, err);
}

static void
driver_session_close(void *session)
{
    sqlite_session_close(session);
}

static void
driver_apply(void *session, struct store_write *first)
{
    sqlite_apply(session, first);
}

static void
driver_idle(void *session)
{
    sqlite_idle(session);
}

const struct store_driver store_sqlite = {
    .name = "sqlite",
    .open = database_open,
    .close = database_close,
    .migrate = driver_migrate,
    .backup = driver_backup,
    .session_open = driver_session_open,
    .session_close = driver_session_close,
    .apply = driver_apply,
    .idle = driver_idle,
    .read = read_rows,
};
