/* SPDX-License-Identifier: MIT */
/* API keys and usage plans of a service (functions.md 1.11). */
#include <string.h>

#include "auth/secrets.h"
#include "base/mem.h"
#include "function/service_reader.h"

enum { MIN_VALUE = 20, MAX_VALUE = 128 };

struct keys {
    struct service_plan *plans;
    struct service_key *keys;
};

/* ---- plans ---- */

struct plan_draft {
    struct service_plan plan;
    const char *period;
};

static const struct field quota_fields[] = {
    RANGE_FIELD("limit", FIELD_INT, struct plan_draft, plan.quota_limit, 0, INT64_MAX),
    RANGE_FIELD("offset", FIELD_INT, struct plan_draft, plan.quota_offset, 0, 31),
    TEXT_FIELD("period", struct plan_draft, period, 8),
    END_OF_FIELDS,
};

static const struct field throttle_fields[] = {
    RANGE_FIELD("rateLimit", FIELD_NUMBER, struct plan_draft, plan.rate_limit, 0, 0),
    RANGE_FIELD("burstLimit", FIELD_INT, struct plan_draft, plan.burst_limit, 0, 1000000000),
    END_OF_FIELDS,
};

static const struct field plan_fields[] = {
    MAP_FIELD("quota", quota_fields),
    MAP_FIELD("throttle", throttle_fields),
    END_OF_FIELDS,
};

static void
read_plan(struct service_reader *reader, const struct node *node, const char *name, struct keys *keys)
{
    static const char *const periods[] = { [PERIOD_DAY] = "DAY", [PERIOD_WEEK] = "WEEK", [PERIOD_MONTH] = "MONTH" };
    static const uint32_t last_offset[] = { [PERIOD_DAY] = 0, [PERIOD_WEEK] = 6, [PERIOD_MONTH] = 27 };
    struct plan_draft draft = { .plan = { .name = name, .quota_limit = SERVICE_UNSET, .burst_limit = SERVICE_UNSET } };
    struct service_plan *plan = &draft.plan;
    size_t count = reader->service->plan_count, period = 0;

    read_fields(reader, node, plan_fields, &draft);
    while (period < COUNT_OF(periods) && draft.period && strcmp(draft.period, periods[period]) != 0)
        period++;
    if (plan->quota_limit != SERVICE_UNSET && !draft.period)
        reader_error(reader, node, "a quota needs a period: DAY, WEEK or MONTH");
    else if (period == COUNT_OF(periods))
        reader_error(reader, node, "\"%s\" is no period: DAY, WEEK or MONTH", draft.period);
    else if (plan->quota_offset > last_offset[period])
        reader_error(reader, node, "the offset is longer than the period");
    else
        plan->period = (enum service_period)period;
    if (plan->burst_limit != SERVICE_UNSET && plan->rate_limit <= 0)
        reader_warn(reader, node, "burstLimit without rateLimit limits nothing");
    keys->plans = reader_grow(reader, keys->plans, count, sizeof *keys->plans);
    keys->plans[count] = *plan;
    reader->service->plan_count++;
}

/* One plan for all, or a list of maps with one name each. */
static void
read_plans(struct service_reader *reader, const struct node *node, struct keys *keys)
{
    if (node->type != NODE_LIST) {
        read_plan(reader, node, NULL, keys);
        return;
    }
    for (const struct node *child = node->first; child; child = child->next) {
        if (child->type != NODE_MAP || child->count != 1)
            reader_mismatch(reader, child, "a map with the name of one plan");
        else
            read_plan(reader, child->first, arena_strndup(reader->arena, child->first->key.p, child->first->key.len),
                      keys);
    }
}

/* ---- keys ---- */

static const struct field key_fields[] = {
    TEXT_FIELD("name", struct service_key, name, 255),
    OTHER_FIELD("value", FIELD_SECRET, struct service_key, value),
    TEXT_FIELD("description", struct service_key, description, 512),
    TEXT_FIELD("customerId", struct service_key, customer_id, 255),
    OTHER_FIELD("enabled", FIELD_BOOL, struct service_key, is_enabled),
    END_OF_FIELDS,
};

static void
check_key(struct service_reader *reader, const struct node *node, const struct service_key *key,
          const struct keys *keys)
{
    size_t len = key->value ? strlen(key->value) : MIN_VALUE;

    if (!key->name && !key->value)
        reader_error(reader, node, "needs a name or a value");
    if (!service_has_secret(key->value) && (len < MIN_VALUE || len > MAX_VALUE))
        reader_error(reader, node, "the value of a key has %d to %d characters", MIN_VALUE, MAX_VALUE);
    for (size_t i = 0; i < reader->service->key_count; i++) {
        const struct service_key *other = &keys->keys[i];

        if (key->name && other->name && strcmp(key->name, other->name) == 0)
            reader_error(reader, node, "there is another key named %s", key->name);
        else if (key->value && other->value && strcmp(key->value, other->value) == 0)
            reader_error(reader, node, "there is another key with this value");
    }
}

static void
read_key(struct service_reader *reader, const struct node *node, int32_t plan, struct keys *keys)
{
    struct service_key key = { .is_enabled = true, .plan = plan };
    size_t count = reader->service->key_count;

    if (node->type == NODE_MAP)
        read_fields(reader, node, key_fields, &key);
    else if (!read_text(reader, node, &key.name))
        return;
    check_key(reader, node, &key, keys);
    if (!key.name && key.value) /* two values may begin alike, and people must not be shown more of them */
        key.name = arena_printf(reader->arena, "key-%.8s", secrets_hash(str_of(key.value)).hex);
    keys->keys = reader_grow(reader, keys->keys, count, sizeof *keys->keys);
    keys->keys[count] = key;
    reader->service->key_count++;
}

/* "free: [a, b]": keys of a plan. */
static void
read_keys_of_plan(struct service_reader *reader, const struct node *node, struct keys *keys)
{
    int32_t plan = SERVICE_UNSET;

    for (size_t i = 0; i < reader->service->plan_count; i++)
        if (keys->plans[i].name && str_is(node->key, keys->plans[i].name))
            plan = (int32_t)i;
    if (plan == SERVICE_UNSET)
        reader_error(reader, node, "there is no plan %.60s at provider.apiGateway.usagePlan", node->key.p);
    for (const struct node *child = node->first; child; child = child->next)
        read_key(reader, child, plan, keys);
}

void
read_keys(struct service_reader *reader)
{
    const struct node *list = reader->api_keys;
    struct keys keys = { NULL, NULL };
    int32_t common = SERVICE_UNSET; /* the plan without a name is everybody's */

    if (reader->usage_plan)
        read_plans(reader, reader->usage_plan, &keys);
    if (reader->service->plan_count && !keys.plans[0].name)
        common = 0;
    if (list && list->type != NODE_LIST)
        reader_mismatch(reader, list, "a list of keys");
    for (const struct node *child = node_is(list, NODE_LIST) ? list->first : NULL; child; child = child->next) {
        if (child->type == NODE_MAP && child->count == 1 && child->first->type == NODE_LIST)
            read_keys_of_plan(reader, child->first, &keys);
        else
            read_key(reader, child, common, &keys);
    }
    reader->service->plans = keys.plans;
    reader->service->keys = keys.keys;
    for (size_t i = 0; !reader->service->key_count && i < reader->endpoint_count; i++)
        if (reader->endpoints[i].endpoint->is_private)
            reader_warn(reader, reader->endpoints[i].node,
                        "nobody can call it: provider.apiGateway.apiKeys has no key");
}
