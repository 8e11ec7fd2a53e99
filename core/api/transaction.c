/* SPDX-License-Identifier: MIT */
/* /api/v1/transactions: history and one run. */
#include <stdlib.h>

#include "api/api.h"
#include "host/registry.h"
#include "store/org.h"
#include "store/txn.h"
#include "transaction/transaction.h"

static void
put_members(struct json_out *out, const struct txn *txn)
{
    json_pair_text(out, "id", txn->id);
    json_pair_text(out, "slug", txn->route_slug);
    json_pair_text(out, "name", txn->route_name);
    json_pair_text(out, "status", txn->status);
    json_pair_text(out, "resultStatus", txn->result_status);
    json_pair_bool(out, "backgroundable", txn->backgroundable);
    json_pair_text(out, "mode", txn->is_paged ? "paged" : "append");
    json_name(out, "user");
    json_object(out);
    json_pair_text(out, "email", txn->owner_email);
    json_pair_text(out, "firstName", txn->owner_first_name);
    json_pair_text(out, "lastName", txn->owner_last_name);
    json_object_end(out);
    json_pair_int(out, "createdAt", txn->created_at);
    json_pair_int_or_null(out, "completedAt", txn->completed_at);
}

/* Admins see everybody's runs, others their own (server.md 3.10). */
static bool
sees_all(const struct api_call *call)
{
    return strcmp(call->who.role, "admin") == 0;
}

static bool
list_transactions(struct api_call *call, struct err *err)
{
    const char *limit = api_query(call, "limit"), *status = api_query(call, "status");
    struct txn_filter filter = { .org_id = call->who.organization_id,
                                 .owner_id = sees_all(call) ? NULL : call->who.user_id,
                                 .slug = api_query(call, "slug"),
                                 .text = api_query(call, "q"),
                                 .open_only = status && strcmp(status, "open") == 0,
                                 .limit = limit ? (unsigned)strtoul(limit, NULL, 10) : 0 };
    struct json_out *out = &call->json;
    struct org_env *env;
    struct txn *txns;
    bool has_more;
    size_t count;

    if (!api_own_org(call, api_query(call, "org"), err) || !(env = api_find_env(call, api_query(call, "env"), err)))
        return false;
    filter.env_id = env->id;
    if (!api_cursor(call, &filter.before_at, &filter.before_id, err))
        return false;
    if (!store_txn_list(api_spec.store, &call->arena, &filter, &txns, &count, &has_more, err)) {
        call->status = 500;
        return false;
    }
    json_object(out);
    json_name(out, "transactions");
    json_array(out);
    for (size_t i = 0; i < count; i++) {
        json_object(out);
        put_members(out, &txns[i]);
        json_object_end(out);
    }
    json_array_end(out);
    json_pair_text(out, "next",
                   has_more ? api_cursor_text(call, txns[count - 1].created_at, txns[count - 1].id) : NULL);
    json_object_end(out);
    return true;
}

static void
put_json_or_null(struct json_out *out, const char *key, struct str json)
{
    json_pair_raw(out, key, json.p && json.len ? json : STR("null"));
}

static void
put_steps(struct json_out *out, const struct txn_detail *detail)
{
    json_name(out, "steps");
    json_array(out);
    for (size_t i = 0; i < detail->step_count; i++) {
        const struct txn_step *step = &detail->steps[i];

        json_object(out);
        json_pair_int(out, "index", step->seq);
        json_pair_text(out, "inputGroupKey", step->group);
        put_json_or_null(out, "render", step->render);
        put_json_or_null(out, "response", step->response);
        json_pair_int(out, "renderedAt", step->rendered_at);
        json_pair_int_or_null(out, "answeredAt", step->answered_at);
        json_object_end(out);
    }
    json_array_end(out);
}

static void
put_logs(struct json_out *out, const struct txn_detail *detail)
{
    json_name(out, "logs");
    json_array(out);
    for (size_t i = 0; i < detail->log_count; i++) {
        json_object(out);
        json_pair_int(out, "index", detail->logs[i].index);
        json_pair_int(out, "timestamp", detail->logs[i].at);
        json_pair_str(out, "data", detail->logs[i].data);
        json_object_end(out);
    }
    json_array_end(out);
}

static bool
show_transaction(struct api_call *call, struct err *err)
{
    struct json_out *out = &call->json;
    struct txn_detail *detail;

    if (!store_txn_get(api_spec.store, &call->arena, call->who.organization_id, call->rest, &detail, err)) {
        call->status = 500;
        return false;
    }
    if (!detail || (!sees_all(call) && strcmp(detail->txn.owner_id, call->who.user_id) != 0))
        return api_refuse(call, 404, err, "There is no such transaction.");
    json_object(out);
    json_name(out, "transaction");
    json_object(out);
    put_members(out, &detail->txn);
    json_pair_text(out, "environment", detail->txn.env_slug);
    json_pair_text(out, "organization", call->who.organization);
    put_json_or_null(out, "params", detail->txn.params);
    put_json_or_null(out, "result", detail->txn.result);
    put_logs(out, detail);
    put_steps(out, detail);
    json_object_end(out);
    json_object_end(out);
    return true;
}

static bool
cancel(struct api_call *call, struct err *err)
{
    struct str path = str_of(call->rest), suffix = STR("/cancel");
    struct uuid id;

    if (!str_ends(path, suffix))
        return api_refuse(call, 404, err, "There is no such call.");
    path.len -= suffix.len;
    if (!uuid_parse(path, &id) || !transaction_cancel(id, &call->who))
        return api_refuse(call, 404, err, "There is no such transaction, or it is over.");
    json_object(&call->json);
    json_pair_bool(&call->json, "ok", true);
    json_object_end(&call->json);
    return true;
}

const struct api_row api_transaction_rows[] = {
    { HTTP_GET, "/api/v1/transactions", API_WORKER, API_SIGNED_IN, list_transactions },
    { HTTP_GET, "/api/v1/transactions/", API_WORKER, API_SIGNED_IN, show_transaction },
    { HTTP_POST, "/api/v1/transactions/", API_CONTROL, API_SIGNED_IN, cancel },
    { 0, NULL, API_WORKER, API_PUBLIC, NULL },
};
