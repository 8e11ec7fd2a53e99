/* SPDX-License-Identifier: MIT */
// link: -lsqlite3
/*
 * A library of pictures and clips: what there is, as a grid; one of it, by search; adding to it.
 * The SDK in it: several files at once (IL_FILES, il_file_read), formatted text (IL_RICH_TEXT), a grid whose tiles are
 * fetched page by page (IL_GRID, il_tile), a search (IL_SEARCH, il_hit), pictures and videos from bytes, metadata that
 * is found out while the rest is shown already (.later), several routes in one file (IL_MODULE).
 */
#include <interlude.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

enum { FILE_MAX = 4 << 20, TILES = 12 };

static sqlite3 *db; /* one connection for all handlers, which run on several threads: SQLite's FULLMUTEX */

static il_status open_library(il_ctx *ctx)
{
    const char *path = il_fmt(ctx, "%s/library.db", il_data_dir());

    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX, NULL) ||
        sqlite3_busy_timeout(db, 5000) ||
        sqlite3_exec(db,
                     "CREATE TABLE IF NOT EXISTS media (id INTEGER PRIMARY KEY, name TEXT NOT NULL, type TEXT NOT NULL,"
                     " note TEXT, added_ms INTEGER NOT NULL DEFAULT (unixepoch() * 1000), bytes BLOB NOT NULL)",
                     NULL, NULL, NULL))
        return il_fail(ctx, "%s: %s", path, sqlite3_errmsg(db));
    return IL_OK;
}

static void close_library(void)
{
    sqlite3_close(db);
}

static sqlite3_stmt *prepare(const char *sql)
{
    sqlite3_stmt *st = NULL;

    sqlite3_prepare_v2(db, sql, -1, &st, NULL);
    return st;
}

static const char *column(sqlite3_stmt *st, int i)
{
    return (const char *)sqlite3_column_text(st, i);
}

static bool is_video(const char *type)
{
    return strncmp(type, "video/", 6) == 0;
}

/* ---- the grid */

static il_status list_media(il_ctx *ctx, const il_table_query *query, il_rows *rows, void *user)
{
    sqlite3_stmt *st = prepare("SELECT id, name, type, bytes, count(*) OVER () FROM media"
                               " WHERE instr(lower(name), lower(?1)) ORDER BY id DESC LIMIT ?2 OFFSET ?3");

    (void)user;
    sqlite3_bind_text(st, 1, query->term ? query->term : "", -1, SQLITE_TRANSIENT);
    sqlite3_bind_int64(st, 2, (sqlite3_int64)query->page_size);
    sqlite3_bind_int64(st, 3, (sqlite3_int64)query->offset);
    il_total(rows, 0);
    while (sqlite3_step(st) == SQLITE_ROW) {
        const char *id = column(st, 0), *name = column(st, 1), *type = column(st, 2);
        il_image image = { .alt = name, .contain = true, .aspect_ratio = 4.0 / 3 };

        if (!is_video(type)) {
            image.data = sqlite3_column_blob(st, 3);
            image.len = (size_t)sqlite3_column_bytes(st, 3);
        }
        il_total(rows, (uint64_t)sqlite3_column_int64(st, 4));
        il_tile(rows, id, .label = name, .description = type, .image = image, .route = "library/show",
                .params = IL_PARAMS({ "id", IL_S(id) }));
    }
    sqlite3_finalize(st);
    return il_canceled(ctx) ? IL_CANCELED : IL_OK;
}

static il_status count_bytes(il_ctx *ctx, il_meta *meta, void *user)
{
    sqlite3_stmt *st = prepare("SELECT coalesce(sum(length(bytes)), 0) FROM media");

    (void)ctx;
    (void)user;
    sqlite3_step(st);
    meta->value = IL_I(sqlite3_column_int64(st, 0));
    sqlite3_finalize(st);
    return IL_OK;
}

static il_status count_media(il_ctx *ctx, il_meta *meta, void *user)
{
    sqlite3_stmt *st = prepare("SELECT count(*) FROM media");

    (void)ctx;
    (void)user;
    sqlite3_step(st);
    meta->value = IL_I(sqlite3_column_int64(st, 0));
    sqlite3_finalize(st);
    return IL_OK;
}

static il_status library(il_ctx *ctx, il_page *page)
{
    (void)ctx;
    il_page_head(page, "Library", "Pictures and clips",
                 IL_MENU({ .label = "Find", .route = "library/show" }, { .label = "Add", .route = "library/add" }));
    il_page_add(page, IL_METADATA("", .layout = IL_LAYOUT_CARD,
                                  IL_META({ "Files", .later = count_media }, { "Bytes", .later = count_bytes })));
    il_page_add(page, IL_GRID("", .tiles = list_media, .async = true, .page_size = TILES, .ideal_column_width = 250));
    return IL_OK;
}

/* ---- one of it */

static il_status find_media(il_ctx *ctx, const char *query, il_hits *hits, void *user)
{
    sqlite3_stmt *st = prepare("SELECT id, name, type FROM media WHERE instr(lower(name), lower(?1))"
                               " ORDER BY name LIMIT 20");

    (void)ctx;
    (void)user;
    sqlite3_bind_text(st, 1, query, -1, SQLITE_TRANSIENT);
    while (sqlite3_step(st) == SQLITE_ROW)
        il_hit(hits, column(st, 1), column(st, 0), .description = column(st, 2));
    sqlite3_finalize(st);
    return IL_OK;
}

static void finalize(void *st)
{
    sqlite3_finalize(st);
}

static il_status show_media(il_ctx *ctx)
{
    const char *id = il_param_str(ctx, "id");

    if (!id)
        IL_TRY(il_ask(ctx, IL_SEARCH(&id, "Picture or clip", .find = find_media, .placeholder = "Part of its name")));
    sqlite3_stmt *st = prepare("SELECT name, type, note, added_ms, bytes FROM media WHERE id = ?1");
    IL_TRY(il_defer(ctx, finalize, st)); /* the bytes are the statement's until then */
    sqlite3_bind_text(st, 1, id, -1, SQLITE_TRANSIENT);
    if (sqlite3_step(st) != SQLITE_ROW)
        return il_fail(ctx, "There is no number %s in the library.", id);

    const char *name = column(st, 0), *type = column(st, 1);
    const void *bytes = sqlite3_column_blob(st, 4);
    size_t len = (size_t)sqlite3_column_bytes(st, 4);
    IL_TRY(il_show(ctx, is_video(type) ? IL_VIDEO(name, .data = bytes, .len = len, .size = IL_LARGE)
                                       : IL_IMAGE(name, .data = bytes, .len = len, .size = IL_LARGE, .alt = name)));
    if (column(st, 2))
        IL_TRY(il_show(ctx, IL_HTML("Note", .text = column(st, 2))));
    return il_return(ctx, { "name", IL_S(name) }, { "type", IL_S(type) }, { "bytes", IL_I((int64_t)len) },
                     { "added", IL_T(sqlite3_column_int64(st, 3)) });
}

/* ---- adding */

static const char *check_files(il_ctx *ctx, const void *out, void *user)
{
    const il_files *files = out;

    (void)user;
    for (size_t i = 0; i < files->n; i++)
        if (files->v[i].size > FILE_MAX)
            return il_fmt(ctx, "%s has more than 4 MiB.", files->v[i].name);
    return NULL;
}

static il_status add_one(il_ctx *ctx, const il_file *file, const char *note)
{
    il_str bytes;

    IL_TRY(il_file_read(ctx, file, &bytes));
    sqlite3_stmt *st = prepare("INSERT INTO media (name, type, note, bytes) VALUES (?1, ?2, ?3, ?4)");
    sqlite3_bind_text(st, 1, file->name, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 2, file->type, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 3, note, -1, SQLITE_STATIC);
    sqlite3_bind_blob(st, 4, bytes.p, (int)bytes.len, SQLITE_STATIC);
    bool is_stored = sqlite3_step(st) == SQLITE_DONE;
    sqlite3_finalize(st);
    return is_stored ? IL_OK : il_fail(ctx, "%s: %s", file->name, sqlite3_errmsg(db));
}

static il_status add_media(il_ctx *ctx)
{
    il_files files;
    const char *note;

    IL_TRY(il_ask(ctx, IL_HEADING("Add to the library"),
                  IL_FILES(&files, "Files", .extensions = IL_TEXTS(".png", ".jpg", ".jpeg", ".gif", ".mp4", ".webm"),
                           .validate = check_files),
                  IL_RICH_TEXT(&note, "Note", .optional = true)));
    il_loading_start(ctx, "Adding", .items = (uint32_t)files.n);
    for (size_t i = 0; i < files.n; i++) {
        IL_TRY(add_one(ctx, &files.v[i], note));
        il_loading_step(ctx);
    }
    IL_TRY(il_redirect(ctx, .route = "library"));
    return il_return(ctx, { "added", IL_I((int64_t)files.n) });
}

static const il_route routes[] = {
    IL_ROUTE_PAGE("library", library, .name = "Library", .description = "Pictures and clips"),
    IL_ROUTE_ACTION("library/show", show_media, .name = "Find", .description = "By a part of its name"),
    IL_ROUTE_ACTION("library/add", add_media, .name = "Add", .description = "Upload pictures and clips"),
};
IL_MODULE(routes, .load = open_library, .unload = close_library);
