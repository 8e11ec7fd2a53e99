/* SPDX-License-Identifier: MIT */
/* Runs come back from their rows (adopt.h). */
#include "transaction/adopt.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "json/write.h"
#include "loop/control.h"
#include "loop/worker.h"
#include "transaction/internal.h"

static struct store *store;

enum { MAX_ENTRY = 256 << 10 };

struct adoption {
    struct message message;
    struct arena arena;
    struct scope *scope;
    const char *instance_id;
    struct uuid id;
    void (*done)(struct host_run *run, void *arg);
    void *arg;
    const char *organization, *organization_name;
    struct txn_detail *detail; /* NULL: not to be adopted */
};

void
adopt_init(struct store *state)
{
    store = state;
}

static void
restore_step(struct transaction *t, const struct txn_step *row)
{
    struct uuid group = { { 0 } };

    if (uuid_parse(str_of(row->group), &group))
        transaction_adopt_step(t, group, row->answered_at != 0, row->response);
}

static void
restore_log(struct transaction *t, const struct txn_log *row)
{
    struct json_out out;
    struct buf entry;

    buf_init(&entry, MAX_ENTRY);
    json_out_init(&out, &entry);
    json_object(&out);
    json_pair_str(&out, "data", row->data);
    json_pair_int(&out, "index", row->index);
    json_pair_int(&out, "timestamp", row->at);
    json_object_end(&out);
    if (!entry.over && transaction_log_is_new(t, row->index)) {
        transaction_log_keep(t, buf_view(&entry));
        t->log_count++;
    }
    buf_fini(&entry);
}

struct transaction *
transaction_restore(const struct txn_detail *detail, const char *organization, const char *organization_name)
{
    const struct txn *row = &detail->txn;
    struct scope *scope = registry_scope(organization, row->env_slug, row->owner_id);
    struct principal owner = { .user_id = row->owner_id,
                               .email = row->owner_email,
                               .first_name = row->owner_first_name,
                               .last_name = row->owner_last_name,
                               .role = "member", /* only shown to the handler, which has it already */
                               .organization = organization,
                               .organization_name = organization_name,
                               .organization_id = row->org_id };
    struct transaction *t;
    struct uuid id;

    if (!scope || !uuid_parse(str_of(row->id), &id))
        return NULL;
    t = transaction_adopt(id, scope, row->route_slug, row->route_name, &owner, row->backgroundable);
    t->is_paged = row->is_paged;
    t->host_instance = mem_strdup(row->host_instance);
    for (size_t i = 0; i < detail->step_count; i++)
        restore_step(t, &detail->steps[i]);
    for (size_t i = 0; i < detail->log_count; i++)
        restore_log(t, &detail->logs[i]);
    transaction_set_away(t);
    t->is_doubtful = true;
    return t;
}

/* One that is in memory is bound once, to the instance it was at. */
static struct transaction *
find_live(const struct adoption *adoption, bool *is_known)
{
    struct transaction *t = transaction_find(adoption->id);

    *is_known = t != NULL;
    return t && !t->run.host && !transaction_is_over(t) && t->scope == adoption->scope && t->host_instance &&
                   strcmp(t->host_instance, adoption->instance_id) == 0
               ? t
               : NULL;
}

static void
finish(struct message *message)
{
    struct adoption *adoption = container_of(message, struct adoption, message);
    bool is_known;
    struct transaction *t = find_live(adoption, &is_known);

    if (!is_known && adoption->detail &&
        registry_scope(adoption->organization, adoption->detail->txn.env_slug, adoption->detail->txn.owner_id) ==
            adoption->scope)
        t = transaction_restore(adoption->detail, adoption->organization, adoption->organization_name);
    adoption->done(t ? &t->run : NULL, adoption->arg);
    arena_fini(&adoption->arena);
    free(adoption);
}

static void
look_up(struct message *message)
{
    struct adoption *adoption = container_of(message, struct adoption, message);
    struct uuid_text id = uuid_format(adoption->id);
    struct err err = { "" };
    const char *org_id;

    if (!store_txn_of_host(store, &adoption->arena, id.s, adoption->instance_id, &org_id, &adoption->organization,
                           &adoption->organization_name, &err) ||
        (org_id && !store_txn_get(store, &adoption->arena, org_id, id.s, &adoption->detail, &err)))
        log_error("run", "cannot read run %s, which a host brings back: %s", id.s, err.text);
    control_post(&adoption->message, finish);
}

void
transactions_adopt_from_store(struct scope *scope, const char *instance_id, struct uuid id,
                              void (*done)(struct host_run *run, void *arg), void *arg)
{
    struct adoption *adoption = mem_alloc(sizeof *adoption);

    arena_init(&adoption->arena, 0);
    adoption->scope = scope;
    adoption->instance_id = arena_strdup(&adoption->arena, instance_id);
    adoption->id = id;
    adoption->done = done;
    adoption->arg = arg;
    if (transaction_find(id) || !worker_post(&adoption->message, look_up))
        control_post(&adoption->message, finish);
}
