/* SPDX-License-Identifier: MIT */
/*
 * POST /api/notify, POST /api/hosts/declare and GET /api/ice-config: the other calls of SDKs (host-protocol.md 6), and
 * what all of them share (sdk.h).
 */
#include "api/sdk.h"
#include "store/txn.h"
#include "transaction/notice.h"

struct scope *
sdk_scope(const struct api_call *call)
{
    return registry_scope(call->key->org_slug, call->key->env_slug, call->key->user_id);
}

void
sdk_notify(const struct api_call *call, enum topic topic)
{
    struct scope *scope = sdk_scope(call);

    if (scope)
        registry_notify(scope, topic);
}

struct sent {
    struct notice notice;
    struct uuid transaction; /* nil: of none */
    bool is_repeated;
};

static bool
told(struct api_call *call, struct err *err)
{
    const struct sent *sent = call->state;

    (void)err;
    if (!sent->is_repeated) {
        sdk_notify(call, TOPIC_NOTIFICATIONS);
        notice_show(sent->transaction, &sent->notice);
    }
    json_put_raw(&call->json, STR("{\"type\":\"success\"}"));
    return true;
}

/* The run that a notification comes from; whoever runs it is asked when nobody is named. */
static bool
find_transaction(struct api_call *call, struct json node, struct sent *sent, struct txn **txn, struct err *err)
{
    const char *id = json_text(&call->arena, node);

    *txn = NULL;
    if (json_type(node) == JSON_MISSING || json_type(node) == JSON_NULL)
        return true;
    if (id && uuid_parse(str_of(id), &sent->transaction) &&
        !store_txn_head(api_spec.store, &call->arena, call->key->org_id, id, txn, err))
        return api_fail(call);
    return *txn || api_refuse(call, 403, err, "There is no such transaction in this organization.");
}

static bool
notify(struct api_call *call, struct err *err)
{
    struct sent *sent = arena_alloc(&call->arena, sizeof *sent);
    struct store_write *write;
    struct json root;
    struct txn *txn;

    if (!api_body(call, &root, err) || !find_transaction(call, json_get(root, "transactionId"), sent, &txn, err) ||
        !notice_read(&call->arena, root, txn ? txn->owner_email : call->key->email, &sent->notice, err))
        return false;
    write = store_write_new();
    notice_store(&sent->notice, write,
                 &(struct notification){ .org_id = call->key->org_id,
                                         .env_id = txn ? txn->env_id : call->key->env_id,
                                         .developer_id = api_developer(call, call->key->env_slug),
                                         .user_id = txn ? txn->owner_id : call->key->user_id,
                                         .txn_id = txn ? txn->id : NULL });
    switch (store_write_wait(api_spec.store, write, err)) {
    case STORE_DONE:
        break;
    case STORE_REFUSED: /* the key was used before: accepted, and not told again */
        sent->is_repeated = true;
        break;
    default:
        return api_fail(call);
    }
    call->state = sent;
    return api_go_on(call, API_CONTROL, told);
}

/* Serverless endpoints cannot be added yet, so there is none that may declare itself. */
static bool
declare(struct api_call *call, struct err *err)
{
    const char *id;
    struct json root;

    if (!api_body(call, &root, err))
        return false;
    if (call->key->is_development)
        return api_refuse(call, 403, err, "Serverless hosts need a live key.");
    id = json_text(&call->arena, json_get(root, "httpHostId"));
    if (!id || json_type(json_get(root, "actions")) != JSON_ARRAY)
        return api_refuse(call, 400, err, "The body needs \"httpHostId\" and \"actions\".");
    return api_refuse(
        call, 404, err,
        "There is no serverless endpoint with the id '%.100s': this server does not wake hosts yet. Run the "
        "host as a process that calls listen() and stays.",
        id);
}

/* Peer connections are not used; old SDKs ask all the same. */
static bool
ice_config(struct api_call *call, struct err *err)
{
    (void)err;
    json_put_raw(&call->json, STR("{\"iceServers\":[]}"));
    return true;
}

const struct api_row api_sdk_rows[] = {
    { HTTP_POST, "/api/notify", API_WORKER, API_BY_KEY, notify },
    { HTTP_POST, "/api/hosts/declare", API_WORKER, API_BY_KEY, declare },
    { HTTP_GET, "/api/ice-config", API_WORKER, API_PUBLIC, ice_config },
    { 0, NULL, API_WORKER, API_PUBLIC, NULL },
};
