/* SPDX-License-Identifier: MIT */
/* GET /api/v1/notifications: what code told people (server.md 5.3). */
#include <stdlib.h>

#include "api/api.h"
#include "store/notification.h"

static void
put_notification(struct json_out *out, const struct notification *notification)
{
    json_object(out);
    json_pair_text(out, "id", notification->id);
    json_pair_text(out, "transactionId", notification->txn_id);
    json_pair_text(out, "title", notification->title);
    json_pair_text(out, "message", notification->message);
    json_pair_int(out, "createdAt", notification->created_at);
    json_pair_raw(out, "deliveries", notification->deliveries);
    json_object_end(out);
}

static bool
list_notifications(struct api_call *call, struct err *err)
{
    bool sees_all = strcmp(call->who.role, "admin") == 0, has_more;
    const char *limit = api_query(call, "limit");
    struct notification_filter filter = { .org_id = call->who.organization_id,
                                          .user_id = sees_all ? NULL : call->who.user_id,
                                          .user = sees_all ? NULL : call->who.email,
                                          .txn_id = api_query(call, "transaction"),
                                          .limit = limit ? (unsigned)strtoul(limit, NULL, 10) : 0 };
    struct json_out *out = &call->json;
    struct notification *found;
    struct org_env *env;
    size_t count;

    if (!api_own_org(call, api_query(call, "org"), err) || !(env = api_find_env(call, api_query(call, "env"), err)))
        return false;
    filter.env_id = env->id;
    filter.developer_id = api_developer(call, env->slug);
    if (!api_cursor(call, &filter.before_at, &filter.before_id, err))
        return false;
    if (!store_notification_list(api_spec.store, &call->arena, &filter, &found, &count, &has_more, err))
        return api_fail(call);
    json_object(out);
    json_name(out, "notifications");
    json_array(out);
    for (size_t i = 0; i < count; i++)
        put_notification(out, &found[i]);
    json_array_end(out);
    json_pair_text(out, "next",
                   has_more ? api_cursor_text(call, found[count - 1].created_at, found[count - 1].id) : NULL);
    json_object_end(out);
    return true;
}

const struct api_row api_notification_rows[] = {
    { HTTP_GET, "/api/v1/notifications", API_WORKER, API_SIGNED_IN, list_notifications },
    { 0, NULL, API_WORKER, API_PUBLIC, NULL },
};
