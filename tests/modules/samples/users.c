/* SPDX-License-Identifier: MIT */
// link: -lsqlite3
#include <interlude.h>
#include <sqlite3.h>

static const char sql[] = "SELECT id, name, email, banned, count(*) OVER () FROM users "
                          "WHERE name LIKE '%'||?1||'%' ORDER BY id LIMIT ?2 OFFSET ?3";

static il_status
find_users(il_ctx *ctx, const il_table_query *q, il_rows *rows, void *user)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *st = NULL;
    (void)user;
    if (sqlite3_open_v2("users.db", &db, SQLITE_OPEN_READONLY, NULL) || sqlite3_prepare_v2(db, sql, -1, &st, NULL)) {
        il_status s = il_fail(ctx, "users.db: %s", sqlite3_errmsg(db));
        sqlite3_close(db);
        return s;
    }
    sqlite3_bind_text(st, 1, q->term ? q->term : "", -1, SQLITE_TRANSIENT);
    sqlite3_bind_int64(st, 2, (sqlite3_int64)q->page_size);
    sqlite3_bind_int64(st, 3, (sqlite3_int64)q->offset);
    while (sqlite3_step(st) == SQLITE_ROW) {
        const char *id = (const char *)sqlite3_column_text(st, 0);
        il_total(rows, (uint64_t)sqlite3_column_int64(st, 4));
        il_row_menu(rows, id,
                    IL_MENU({ .label = "Edit", .route = "users/edit", .params = IL_PARAMS({ "id", IL_S(id) }) }),
                    IL_S(id), IL_S((const char *)sqlite3_column_text(st, 1)),
                    IL_RICH(.label = IL_S((const char *)sqlite3_column_text(st, 2)),
                            .highlight = sqlite3_column_int(st, 3) ? IL_RED : IL_NO_COLOR));
    }
    sqlite3_finalize(st);
    sqlite3_close(db);
    return IL_OK;
}

static il_status
users(il_ctx *ctx, il_page *page)
{
    (void)ctx;
    il_page_head(page, "Users", "Everyone with an account",
                 IL_MENU({ .label = "Create user", .route = "users/create" }));
    il_page_add(page, IL_TABLE("Users", .rows = find_users, .async = true, .page_size = 25,
                               IL_COLUMNS({ "ID", "id" }, { "Name", "name" }, { "Email", "email" })));
    return IL_OK;
}

static const il_route routes[] = { IL_ROUTE_PAGE("users", users, .name = "Users") };
IL_MODULE(routes, .load = NULL);
