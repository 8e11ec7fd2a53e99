/* SPDX-License-Identifier: MIT */
/* Reading transactions: history and detail (txn.h). */
#include "store/txn.h"

#include <strings.h>

#include "base/mem.h"
#include "store/query.h"

enum { DEFAULT_PAGE = 50, MAX_FILTER = 200 };

/* Columns that history and detail have in common, in this order. */
static void
fill_txn(struct txn *txn, const struct store_rows *rows, size_t i)
{
    *txn = (struct txn){
        .id = row_text(rows, i, 0),
        .org_id = row_text(rows, i, 1),
        .env_id = row_text(rows, i, 2),
        .env_slug = row_text(rows, i, 3),
        .route_slug = row_text(rows, i, 4),
        .route_name = row_text(rows, i, 5),
        .owner_id = row_text(rows, i, 6),
        .owner_email = row_text(rows, i, 7),
        .owner_first_name = row_text(rows, i, 8),
        .owner_last_name = row_text(rows, i, 9),
        .status = row_text(rows, i, 10),
        .result_status = row_text(rows, i, 11),
        .created_at = row_int(rows, i, 12),
        .updated_at = row_int(rows, i, 13),
        .completed_at = row_int(rows, i, 14),
        .backgroundable = row_int(rows, i, 15) != 0,
        .schedule_id = row_text(rows, i, 16),
        .is_paged = row_int(rows, i, 17) != 0,
        .host_instance = row_text(rows, i, 18),
    };
}

/* A typed text as LIKE pattern: lower case, what is special escaped by '!'. "": nothing was typed. */
static const char *
pattern_of(struct arena *arena, const char *text)
{
    size_t len = text ? strnlen(text, MAX_FILTER) : 0, at = 0;
    char *pattern;

    if (!len)
        return "";
    pattern = arena_alloc(arena, len * 2 + 3);
    if (!pattern)
        return "";
    pattern[at++] = '%';
    for (size_t i = 0; i < len; i++) {
        char c = text[i];

        if (c == '%' || c == '_' || c == '!')
            pattern[at++] = '!';
        pattern[at++] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
    }
    pattern[at] = '%';
    return pattern;
}

/* The words people see for a status (server.md 4.7), at least three letters of them. "" if it is none. */
static const char *
status_of(const char *text)
{
    static const struct {
        const char *word, *status;
    } table[] = {
        { "connection lost", "HOST_CONNECTION_DROPPED" },
        { "closed", "CLIENT_CONNECTION_DROPPED" },
        { "error", "FAILURE" },
        { "failure", "FAILURE" },
        { "completed", "SUCCESS" },
        { "success", "SUCCESS" },
        { "canceled", "CANCELED" },
        { "redirected", "REDIRECTED" },
        { "running", "RUNNING" },
        { "pending", "PENDING" },
        { "awaiting input", "AWAITING_INPUT" },
    };
    size_t len = text ? strlen(text) : 0;

    for (size_t i = 0; len >= 3 && i < COUNT_OF(table); i++)
        if (strncasecmp(table[i].word, text, len) == 0)
            return table[i].status;
    return "";
}

bool
store_txn_list(struct store *store, struct arena *arena, const struct txn_filter *filter, struct txn **txns,
               size_t *count, bool *has_more, struct err *err)
{
    unsigned limit = filter->limit ? filter->limit : DEFAULT_PAGE;
    struct store_rows rows;

    if (limit > TXN_PAGE_MAX)
        limit = TXN_PAGE_MAX;
    if (!STORE_READ(store, arena, &rows, err, filter->open_only ? SQL_TXN_LIST_OPEN : SQL_TXN_LIST,
                    v_text(filter->org_id), v_text(filter->env_id), v_text(filter->owner_id ? filter->owner_id : ""),
                    v_text(filter->slug ? filter->slug : ""), v_text(pattern_of(arena, filter->text)),
                    v_text(status_of(filter->text)), v_int(filter->before_at ? filter->before_at : INT64_MAX),
                    v_text(filter->before_id ? filter->before_id : ""), v_int(limit + 1)))
        return false;
    *has_more = rows.count > limit;
    *count = *has_more ? limit : rows.count;
    *txns = *count ? arena_alloc(arena, *count * sizeof **txns) : NULL;
    for (size_t i = 0; *txns && i < *count; i++)
        fill_txn(&(*txns)[i], &rows, i);
    return records_fit(*txns, &rows, err);
}

static bool
read_steps(struct store *store, struct arena *arena, const char *org_id, struct txn_detail *detail, struct err *err)
{
    struct store_rows rows;

    if (!STORE_READ(store, arena, &rows, err, SQL_STEP_LIST, v_text(detail->txn.id), v_text(org_id)))
        return false;
    detail->step_count = rows.count;
    detail->steps = rows.count ? arena_alloc(arena, rows.count * sizeof *detail->steps) : NULL;
    for (size_t i = 0; detail->steps && i < rows.count; i++)
        detail->steps[i] = (struct txn_step){
            .seq = row_int(&rows, i, 0),
            .group = row_text(&rows, i, 1),
            .render = row_str(&rows, i, 2),
            .response = row_str(&rows, i, 3),
            .rendered_at = row_int(&rows, i, 4),
            .answered_at = row_int(&rows, i, 5),
        };
    return records_fit(detail->steps, &rows, err);
}

static bool
read_logs(struct store *store, struct arena *arena, const char *org_id, struct txn_detail *detail, struct err *err)
{
    struct store_rows rows;

    if (!STORE_READ(store, arena, &rows, err, SQL_LOG_LIST, v_text(detail->txn.id), v_text(org_id)))
        return false;
    detail->log_count = rows.count;
    detail->logs = rows.count ? arena_alloc(arena, rows.count * sizeof *detail->logs) : NULL;
    for (size_t i = 0; detail->logs && i < rows.count; i++)
        detail->logs[i] = (struct txn_log){
            .index = row_int(&rows, i, 0),
            .at = row_int(&rows, i, 1),
            .level = row_text(&rows, i, 2),
            .data = row_str(&rows, i, 3),
        };
    return records_fit(detail->logs, &rows, err);
}

bool
store_txn_last_change(struct store *store, const char *id, int64_t *changed_at, bool *is_open, struct err *err)
{
    struct store_rows rows;
    struct arena arena;
    bool is_ok;

    arena_init(&arena, 0);
    is_ok = STORE_READ(store, &arena, &rows, err, SQL_TXN_LAST_CHANGE, v_text(id));
    *changed_at = is_ok && rows.count ? row_int(&rows, 0, 0) : 0;
    *is_open = is_ok && rows.count && row_int(&rows, 0, 1) != 0;
    arena_fini(&arena);
    return is_ok;
}

bool
store_txn_head(struct store *store, struct arena *arena, const char *org_id, const char *id, struct txn **txn,
               struct err *err)
{
    struct store_rows rows;

    *txn = NULL;
    if (!STORE_READ(store, arena, &rows, err, SQL_TXN_GET, v_text(id), v_text(org_id)))
        return false;
    if (!rows.count)
        return true;
    *txn = arena_alloc(arena, sizeof **txn);
    if (!*txn)
        return records_fit(NULL, &rows, err);
    fill_txn(*txn, &rows, 0);
    (*txn)->result = row_str(&rows, 0, 19);
    (*txn)->params = row_str(&rows, 0, 20);
    (*txn)->params_meta = row_str(&rows, 0, 21);
    return true;
}

bool
store_txn_get(struct store *store, struct arena *arena, const char *org_id, const char *id, struct txn_detail **detail,
              struct err *err)
{
    struct txn *txn;

    *detail = NULL;
    if (!store_txn_head(store, arena, org_id, id, &txn, err))
        return false;
    if (!txn)
        return true;
    *detail = arena_alloc(arena, sizeof **detail);
    if (!*detail)
        return err_set(err, "cannot read a run: the memory limit would be passed");
    (*detail)->txn = *txn;
    return read_steps(store, arena, org_id, *detail, err) && read_logs(store, arena, org_id, *detail, err);
}
