/* SPDX-License-Identifier: MIT */
// link: -lsqlite3
/*
 * A JSON API that pages of any origin may use: GET /fn/api/notes lists notes, POST {"text":"…"} adds one, and
 * /fn/api/notes/3 is one of them: GET, DELETE. SQLite reads and writes the JSON.
 * The SDK in it: two functions in one module with .path and .cors, parameters of the path, .load, several methods.
 */
#include <interlude.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

static sqlite3 *db;

static const char schema[] = "CREATE TABLE IF NOT EXISTS note(id INTEGER PRIMARY KEY, text TEXT NOT NULL, at TEXT NOT "
                             "NULL DEFAULT CURRENT_TIMESTAMP)";
static const char as_object[] = "json_object('id', id, 'text', text, 'at', at)";

static il_status open_notes(il_ctx *ctx)
{
    const char *path = il_fmt(ctx, "%s/notes.db", il_data_dir());

    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX, NULL) ||
        sqlite3_busy_timeout(db, 5000) || sqlite3_exec(db, schema, NULL, NULL, NULL))
        return il_fail(ctx, "%s: %s", path, sqlite3_errmsg(db));
    return IL_OK;
}

static void close_notes(void)
{
    sqlite3_close(db);
}

static il_status respond_error(il_response *res, int status, const char *message)
{
    char *json = sqlite3_mprintf("{\"message\":\"%s\"}", message);
    il_status done = il_respond(res, status, "application/json", json, strlen(json));

    sqlite3_free(json);
    return done;
}

/* Answers with the text in the first column of the first row. */
static il_status respond_row(il_response *res, sqlite3_stmt *st, int status, const char *otherwise)
{
    il_status done;

    if (sqlite3_step(st) == SQLITE_ROW)
        done = il_respond(res, status, "application/json", sqlite3_column_text(st, 0),
                          (size_t)sqlite3_column_bytes(st, 0));
    else
        done = respond_error(res, sqlite3_errcode(db) == SQLITE_DONE ? 404 : 400, otherwise);
    sqlite3_finalize(st);
    return done;
}

static sqlite3_stmt *prepare(il_request *req, const char *format)
{
    const char *sql = il_rfmt(req, format, as_object);
    sqlite3_stmt *st = NULL;

    sqlite3_prepare_v2(db, sql ? sql : "", -1, &st, NULL);
    return st;
}

static il_status notes(il_request *req, il_response *res)
{
    il_str body = il_body(req);
    sqlite3_stmt *st;

    if (strcmp(il_method(req), "GET") == 0)
        return respond_row(
            res, prepare(req, "SELECT json_group_array(%s) FROM (SELECT * FROM note ORDER BY id DESC LIMIT 100)"), 200,
            "");
    if (strcmp(il_method(req), "POST") != 0) {
        il_respond_header(res, "allow", "GET, POST");
        return respond_error(res, 405, "GET lists notes, POST adds one.");
    }
    st = prepare(
        req, "INSERT INTO note(text) SELECT trim(json_extract(?1, '$.text')) "
             "WHERE json_type(?1, '$.text') = 'text' AND length(trim(json_extract(?1, '$.text'))) BETWEEN 1 AND 500 "
             "RETURNING %s");
    sqlite3_bind_text(st, 1, body.p, (int)body.len, SQLITE_STATIC);
    if (sqlite3_step(st) == SQLITE_ROW) {
        il_respond(res, 201, "application/json", sqlite3_column_text(st, 0), (size_t)sqlite3_column_bytes(st, 0));
        sqlite3_finalize(st);
        return IL_OK;
    }
    sqlite3_finalize(st);
    return respond_error(res, 400, "Send JSON: an object with a text of 1 to 500 characters.");
}

static il_status note(il_request *req, il_response *res)
{
    bool is_delete = strcmp(il_method(req), "DELETE") == 0;
    sqlite3_stmt *st;

    if (!is_delete && strcmp(il_method(req), "GET") != 0) {
        il_respond_header(res, "allow", "GET, DELETE");
        return respond_error(res, 405, "GET shows the note, DELETE removes it.");
    }
    st = prepare(req, is_delete ? "DELETE FROM note WHERE id = ?1 RETURNING %s" : "SELECT %s FROM note WHERE id = ?1");
    sqlite3_bind_int64(st, 1, strtoll(il_path_param(req, "id"), NULL, 10));
    return respond_row(res, st, 200, "There is no such note.");
}

static const il_route routes[] = {
    IL_ROUTE_FUNCTION("notes", notes, .method = "ANY", .cors = true, .description = "Lists notes and adds them"),
    IL_ROUTE_FUNCTION("note", note, .method = "ANY", .path = "api/notes/{id}", .cors = true,
                      .description = "One note, to read or to delete"),
};
IL_MODULE(routes, .load = open_notes, .unload = close_notes);
