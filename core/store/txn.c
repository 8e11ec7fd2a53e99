/* SPDX-License-Identifier: MIT */
/* Writing transactions, steps and logs (txn.h). Reading is txn_read.c. */
#include "store/txn.h"

#include "base/buf.h"
#include "base/clock.h"
#include "json/write.h"
#include "store/query.h"

void
store_txn_insert(struct store_write *write, const struct txn *txn, const char *node_id)
{
    STORE_ADD(write, SQL_TXN_INSERT, STORE_ONE, v_text(txn->id), v_text(txn->org_id), v_text(txn->env_id),
              v_text(txn->route_slug), v_text(txn->route_name), v_text(txn->owner_id), v_str(txn->params),
              v_str(txn->params_meta), v_int(txn->backgroundable), v_int(txn->is_paged), v_text(txn->host_instance),
              v_text(node_id), v_text(txn->schedule_id), v_int(clock_wall_ms()));
}

void
store_txn_set_status(struct store_write *write, const char *id, const char *status)
{
    STORE_ADD(write, SQL_TXN_SET_STATUS, STORE_ONE, v_text(id), v_text(status), v_int(clock_wall_ms()));
}

void
store_txn_start(struct store_write *write, const char *id, const char *host_instance, bool is_paged)
{
    STORE_ADD(write, SQL_TXN_START, STORE_ONE, v_text(id), v_text(host_instance), v_int(is_paged),
              v_int(clock_wall_ms()));
}

void
store_txn_revive(struct store_write *write, const char *id, const char *status)
{
    STORE_ADD(write, SQL_TXN_REVIVE, STORE_ONE, v_text(id), v_text(status), v_int(clock_wall_ms()));
}

void
store_txn_await_hosts(struct store_write *write, const char *node_id)
{
    STORE_ADD(write, SQL_TXN_AWAIT_HOSTS, STORE_ANY, v_text(node_id), v_int(clock_wall_ms()));
}

void
store_txn_complete(struct store_write *write, const char *id, const char *result_status, struct str result,
                   int64_t started_at)
{
    STORE_ADD(write, SQL_TXN_COMPLETE, STORE_ONE, v_text(id), v_text(result_status), v_str(result),
              v_int(clock_wall_ms()), v_time(started_at));
}

void
store_txn_drop(struct store_write *write, const char *id)
{
    STORE_ADD(write, SQL_TXN_DROP, STORE_ONE, v_text(id), v_int(clock_wall_ms()));
}

void
store_txn_mark_lost(struct store_write *write, const char *node_id, const char *const *alive, size_t alive_count)
{
    struct json_out out;
    struct buf buf;

    buf_init(&buf, STORE_MAX_WRITE);
    json_out_init(&out, &buf);
    json_array(&out);
    for (size_t i = 0; i < alive_count; i++)
        json_put_text(&out, alive[i]);
    json_array_end(&out);
    STORE_ADD(write, SQL_TXN_MARK_LOST, STORE_ANY, v_text(node_id), v_str(buf_view(&buf)), v_int(clock_wall_ms()));
    buf_fini(&buf);
}

void
store_step_render(struct store_write *write, const char *txn_id, int64_t seq, const char *group, struct str render)
{
    if (render.len > TXN_MAX_RENDER)
        render = str_of(arena_printf(&write->arena, "{\"omitted\":%zu}", render.len));
    STORE_ADD(write, SQL_STEP_RENDER, STORE_ANY, v_text(txn_id), v_int(seq), v_text(group), v_str(render),
              v_int(clock_wall_ms()));
}

void
store_step_answer(struct store_write *write, const char *txn_id, int64_t seq, const char *group, struct str response)
{
    STORE_ADD(write, SQL_STEP_ANSWER, STORE_ONE, v_text(txn_id), v_int(seq), v_text(group), v_str(response),
              v_int(clock_wall_ms()));
}

void
store_log_append(struct store_write *write, const char *txn_id, int64_t index, int64_t at, struct str data)
{
    STORE_ADD(write, SQL_LOG_APPEND, STORE_ANY, v_text(txn_id), v_int(index), v_int(at), v_text("info"), v_str(data));
}
