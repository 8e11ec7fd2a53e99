/* SPDX-License-Identifier: MIT */
/* Beginning queued actions (take.h). */
#include "rpc/take.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "json/read.h"
#include "json/write.h"
#include "loop/control.h"
#include "loop/worker.h"
#include "store/queued.h"

static struct store *store;

enum { MAX_MERGED = 64 << 20 }; /* two of what a message may hold; how long they may be is the run's to say */

struct taking {
    struct message message;
    struct peer_call *call;
    take_found *found;
    struct arena arena;
    struct take_order order;
    const char *organization_id, *user_id;
    const char *why_not;
};

void
take_init(struct store *state)
{
    store = state;
}

static struct str
copied(struct arena *arena, struct str text)
{
    return (struct str){ text.len ? arena_strndup(arena, text.p, text.len) : NULL, text.len };
}

static bool
has_key(struct arena *arena, struct json object, struct str key)
{
    for (struct json member = json_first(object); json_type(member) != JSON_MISSING; member = json_next(member))
        if (str_eq(json_key(arena, member), key))
            return true;
    return false;
}

/* The parameter that a path of paramsMeta begins with: "a.b" is about "a". */
static struct str
first_segment(struct str path)
{
    const char *dot = memchr(path.p, '.', path.len);

    return (struct str){ path.p, dot ? (size_t)(dot - path.p) : path.len };
}

/* Members of `under` that `over` says nothing about, then those of `over`. */
static void
put_members(struct arena *arena, struct json_out *out, struct json under, struct json over, struct json over_params)
{
    for (struct json member = json_first(under); json_type(member) != JSON_MISSING; member = json_next(member)) {
        struct str key = json_key(arena, member);

        if (has_key(arena, over_params, first_segment(key)) || has_key(arena, over_params, key))
            continue;
        json_name_str(out, key);
        json_put_raw(out, json_raw(member));
    }
    for (struct json member = json_first(over); json_type(member) != JSON_MISSING; member = json_next(member)) {
        json_name_str(out, json_key(arena, member));
        json_put_raw(out, json_raw(member));
    }
}

static struct json
object_of(struct arena *arena, struct str text)
{
    struct json root = { NULL, -1 };
    struct err err;

    if (!text.len || !json_parse(arena, text, &root, &err) || json_type(root) != JSON_OBJECT)
        return (struct json){ NULL, -1 };
    return root;
}

static struct str
taken(struct arena *arena, struct buf *buf)
{
    struct str text = buf->over ? STR("") : copied(arena, buf_view(buf));

    buf_fini(buf);
    return text;
}

/* What was queued, overlaid by what the browser sends (host-protocol.md 4.1). */
static void
merge(struct taking *taking, const struct queued_action *action)
{
    struct arena *arena = &taking->arena;
    struct json over = object_of(arena, taking->order.params), under = object_of(arena, action->params);
    struct json over_meta = json_get(object_of(arena, taking->order.params_meta), "values");
    struct json under_meta = json_get(object_of(arena, action->params_meta), "values");
    struct json_out out;
    struct buf buf;

    buf_init(&buf, MAX_MERGED);
    json_out_init(&out, &buf);
    json_object(&out);
    put_members(arena, &out, under, over, over);
    json_object_end(&out);
    taking->order.params = taken(arena, &buf);
    if (json_type(over_meta) != JSON_OBJECT && json_type(under_meta) != JSON_OBJECT)
        return;
    buf_init(&buf, MAX_MERGED);
    json_out_init(&out, &buf);
    json_object(&out);
    json_name(&out, "values");
    json_object(&out);
    put_members(arena, &out, under_meta, over_meta, over);
    json_object_end(&out);
    json_object_end(&out);
    taking->order.params_meta = taken(arena, &buf);
}

static const char *
why_not(const struct taking *taking, const struct queued_action *action)
{
    const struct scope *scope = taking->order.scope;

    if (!action || strcmp(action->env_id, scope->environment_id) != 0 || strcmp(action->slug, taking->order.slug) != 0)
        return "This queued action is gone: somebody finished it, or took it out of the queue.";
    if (action->developer_id[0] && strcmp(action->developer_id, taking->user_id) != 0)
        return "This queued action is in somebody else's console.";
    if (action->assignee_id && strcmp(action->assignee_id, taking->user_id) != 0)
        return "This queued action is assigned to somebody else.";
    if (action->txn_id)
        return action->is_taken ? "Somebody has begun this queued action already."
                                : "This queued action has been done already.";
    return NULL;
}

static void
answer(struct message *message)
{
    struct taking *taking = container_of(message, struct taking, message);

    taking->found(taking->call, &taking->order, taking->why_not);
    arena_fini(&taking->arena);
    free(taking);
}

static void
look_up(struct message *message)
{
    struct taking *taking = container_of(message, struct taking, message);
    struct queued_action *action = NULL;
    struct err err;

    if (store_queued_get(store, &taking->arena, taking->organization_id, taking->order.queued_id, &action, &err)) {
        taking->why_not = why_not(taking, action);
        if (!taking->why_not)
            merge(taking, action);
    } else {
        log_error("rpc", "cannot read a queued action: %s", err.text);
        taking->why_not = "The queue could not be read.";
    }
    control_post(&taking->message, answer);
}

void
take_queued(const struct peer_call *call, const struct take_order *order, take_found *found)
{
    struct taking *taking = mem_alloc(sizeof *taking);

    taking->call = peer_call_keep(call);
    taking->found = found;
    arena_init(&taking->arena, 0);
    taking->organization_id = arena_strdup(&taking->arena, order->who->organization_id);
    taking->user_id = arena_strdup(&taking->arena, order->who->user_id);
    taking->order = (struct take_order){ .scope = order->scope,
                                         .who = order->who,
                                         .queued_id = arena_strdup(&taking->arena, order->queued_id),
                                         .slug = arena_strdup(&taking->arena, order->slug),
                                         .params = copied(&taking->arena, order->params),
                                         .params_meta = copied(&taking->arena, order->params_meta) };
    if (worker_post(&taking->message, look_up))
        return;
    taking->why_not = "The server is busy. Try again in a moment.";
    answer(&taking->message);
}
