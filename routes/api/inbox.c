/* SPDX-License-Identifier: MIT */
// link: -lsqlite3
/*
 * A receiver for callbacks: POST keeps what came (the last hundred), GET lists it as JSON, newest first.
 *     curl -d "some text" -H "X-Callback-Url: http://localhost:3000/fn/api/inbox" http://localhost:3000/fn/ping/async
 *     curl http://localhost:3000/fn/api/inbox
 * The SDK in it: headers of a request, a database of its own in il_data_dir().
 */
#include <interlude.h>
#include <sqlite3.h>
#include <string.h>

static sqlite3 *db;

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS callback(call TEXT PRIMARY KEY, function TEXT, status TEXT, type TEXT, "
    "bytes INTEGER, body BLOB, at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP)";

static il_status open_inbox(il_ctx *ctx)
{
    const char *path = il_fmt(ctx, "%s/inbox.db", il_data_dir());

    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX, NULL) ||
        sqlite3_busy_timeout(db, 5000) || sqlite3_exec(db, schema, NULL, NULL, NULL))
        return il_fail(ctx, "%s: %s", path, sqlite3_errmsg(db));
    return IL_OK;
}

static void close_inbox(void)
{
    sqlite3_close(db);
}

/* Deliveries may come twice: the same call replaces itself. */
static il_status keep(il_request *req, il_response *res)
{
    il_str body = il_body(req);
    sqlite3_stmt *st = NULL;
    bool is_kept;

    sqlite3_prepare_v2(
        db, "REPLACE INTO callback(call, function, status, type, bytes, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)", -1, &st,
        NULL);
    sqlite3_bind_text(st, 1, il_header(req, "x-call-id"), -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 2, il_header(req, "x-function-name"), -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 3, il_header(req, "x-function-status"), -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 4, il_header(req, "content-type"), -1, SQLITE_STATIC);
    sqlite3_bind_int64(st, 5, (sqlite3_int64)body.len);
    sqlite3_bind_blob(st, 6, body.p, (int)(body.len < 4096 ? body.len : 4096), SQLITE_STATIC);
    is_kept = sqlite3_step(st) == SQLITE_DONE;
    sqlite3_finalize(st);
    sqlite3_exec(db, "DELETE FROM callback WHERE rowid <= (SELECT max(rowid) FROM callback) - 100", NULL, NULL, NULL);
    return is_kept ? il_respond(res, 204, NULL, NULL, 0) : IL_FAILED;
}

static il_status list(il_response *res)
{
    sqlite3_stmt *st = NULL;
    il_status done = IL_FAILED;

    sqlite3_prepare_v2(
        db,
        "SELECT json_group_array(json_object('call', call, 'function', function, 'status', status, 'type', "
        "type, 'bytes', bytes, 'text', CASE WHEN type LIKE 'text/%' OR type LIKE '%json%' THEN CAST(body AS "
        "TEXT) END, 'at', at)) FROM (SELECT * FROM callback ORDER BY rowid DESC)",
        -1, &st, NULL);
    if (sqlite3_step(st) == SQLITE_ROW)
        done =
            il_respond(res, 200, "application/json", sqlite3_column_text(st, 0), (size_t)sqlite3_column_bytes(st, 0));
    sqlite3_finalize(st);
    return done;
}

static il_status inbox(il_request *req, il_response *res)
{
    if (strcmp(il_method(req), "GET") == 0)
        return list(res);
    if (strcmp(il_method(req), "POST") == 0)
        return keep(req, res);
    il_respond_header(res, "allow", "GET, POST");
    return il_respond(res, 405, "text/plain", "POST keeps a callback, GET lists them.\n", 39);
}
IL_FUNCTION(inbox, .method = "ANY", .load = open_inbox, .unload = close_inbox,
            .description = "Keeps callbacks and lists them");
