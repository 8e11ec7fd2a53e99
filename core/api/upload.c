/* SPDX-License-Identifier: MIT */
/* POST /api/v1/uploads: addresses for the files of an answer (io-methods.md 12). */
#include "api/api.h"
#include "base/clock.h"
#include "store/txn.h"
#include "upload/upload.h"

enum { MAX_FILES = 100 };

static bool
put_urls(struct api_call *call, struct upload_object *object, struct json keys, struct err *err)
{
    int64_t now = clock_wall_ms();

    json_object(&call->json);
    json_name(&call->json, "urls");
    json_array(&call->json);
    for (struct json node = json_first(keys); json_type(node) != JSON_MISSING; node = json_next(node)) {
        struct upload_urls urls;

        object->key = json_text(&call->arena, node);
        if (!object->key || !upload_key_is_valid(object->key))
            return api_refuse(call, 400, err, "An object key has 1 to 100 letters, digits, '_', '-', '.' or ':'.");
        if (!api_spec.uploads->urls(&call->arena, object, call->origin, now, &urls, err))
            return api_fail(call);
        json_object(&call->json);
        json_pair_text(&call->json, "objectKey", object->key);
        json_pair_text(&call->json, "uploadUrl", urls.put);
        json_pair_text(&call->json, "downloadUrl", urls.get);
        json_object_end(&call->json);
    }
    json_array_end(&call->json);
    json_object_end(&call->json);
    return true;
}

static bool
make_urls(struct api_call *call, struct err *err)
{
    struct upload_object object;
    struct json root, keys;
    const char *id;
    struct txn *txn = NULL;

    if (!api_body(call, &root, err))
        return false;
    id = json_text(&call->arena, json_get(root, "transactionId"));
    keys = json_get(root, "objectKeys");
    if (!id || !uuid_parse(str_of(id), &object.transaction) ||
        !uuid_parse(json_str(&call->arena, json_get(root, "inputGroupKey")), &object.group) ||
        json_type(keys) != JSON_ARRAY || json_count(keys) > MAX_FILES)
        return api_refuse(call, 400, err,
                          "The body needs \"transactionId\", \"inputGroupKey\" and up to %d \"objectKeys\".",
                          MAX_FILES);
    if (!store_txn_head(api_spec.store, &call->arena, call->who.organization_id, id, &txn, err))
        return api_fail(call);
    if (!txn || strcmp(txn->owner_id, call->who.user_id) != 0 || strcmp(txn->status, "COMPLETED") == 0)
        return api_refuse(call, 404, err, "There is no such transaction, or it is over.");
    return put_urls(call, &object, keys, err);
}

const struct api_row api_upload_rows[] = {
    { HTTP_POST, "/api/v1/uploads", API_WORKER, API_SIGNED_IN, make_urls },
    { 0, NULL, API_WORKER, API_PUBLIC, NULL },
};
