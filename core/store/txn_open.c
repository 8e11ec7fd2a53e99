/* SPDX-License-Identifier: MIT */
/* Transactions that were open when the last server ended (txn.h). */
#include "store/query.h"
#include "store/txn.h"

static void
fill(struct txn_open *txn, const struct store_rows *rows, size_t i)
{
    *txn = (struct txn_open){
        .id = row_text(rows, i, 0),
        .org_id = row_text(rows, i, 1),
        .org_slug = row_text(rows, i, 2),
        .org_name = row_text(rows, i, 3),
        .env_slug = row_text(rows, i, 4),
        .route_slug = row_text(rows, i, 5),
        .route_name = row_text(rows, i, 6),
        .owner_id = row_text(rows, i, 7),
        .owner_email = row_text(rows, i, 8),
        .owner_first_name = row_text(rows, i, 9),
        .owner_last_name = row_text(rows, i, 10),
        .backgroundable = row_int(rows, i, 11) != 0,
    };
}

/* Both lists are in the same order of transactions: that of the index of open ones. */
static void
add_steps(struct txn_open *txns, size_t count, const struct store_rows *rows, struct txn_open_step *steps)
{
    size_t at = 0;

    for (size_t i = 0; i < rows->count; i++) {
        const char *id = row_text(rows, i, 0);

        while (at < count && strcmp(txns[at].id, id) != 0)
            at++;
        if (at == count)
            return;
        steps[i] = (struct txn_open_step){ row_text(rows, i, 1), row_int(rows, i, 2) != 0, row_str(rows, i, 3) };
        if (txns[at].step_count++ == 0)
            txns[at].steps = &steps[i];
    }
}

bool
store_txn_open_list(struct store *store, struct arena *arena, const char *node_id, struct txn_open **txns,
                    size_t *count, struct err *err)
{
    struct store_rows rows, step_rows;
    struct txn_open_step *steps;

    if (!STORE_READ(store, arena, &rows, err, SQL_TXN_OPEN_LIST, v_text(node_id)) ||
        !STORE_READ(store, arena, &step_rows, err, SQL_STEP_OPEN_LIST, v_text(node_id)))
        return false;
    *txns = arena_alloc(arena, rows.count * sizeof **txns);
    steps = arena_alloc(arena, step_rows.count * sizeof *steps);
    if (!*txns || !steps)
        return err_set(err, "too many transactions were open");
    for (size_t i = 0; i < rows.count; i++)
        fill(&(*txns)[i], &rows, i);
    *count = rows.count;
    add_steps(*txns, *count, &step_rows, steps);
    return true;
}

bool
store_txn_of_host(struct store *store, struct arena *arena, const char *id, const char *host_instance,
                  const char **org_id, const char **org_slug, const char **org_name, struct err *err)
{
    struct store_rows rows;

    *org_id = NULL;
    if (!STORE_READ(store, arena, &rows, err, SQL_TXN_OF_HOST, v_text(id), v_text(host_instance)))
        return false;
    if (rows.count) {
        *org_id = row_text(&rows, 0, 0);
        *org_slug = row_text(&rows, 0, 1);
        *org_name = row_text(&rows, 0, 2);
    }
    return true;
}
