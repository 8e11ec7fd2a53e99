/* SPDX-License-Identifier: MIT */
/* What is on disk against the last row of each service and stage (audit.h). */
#include "deploy/audit.h"

#include <string.h>

#include "base/log.h"
#include "store/deployment.h"

struct audit {
    struct arena arena;
    struct store_write *write;
    struct deployment_row *last;
    bool *is_there; /* as many: something of it is on disk */
    size_t count, missing;
};

static void
note(struct audit *audit, const struct versions_place *place, const char *action, const struct kept_version *version)
{
    const char *who = version && version->deployer ? version->deployer : "";

    store_deployment_insert(
        audit->write,
        &(struct deployment_row){
            .service = place->service,
            .stage = place->stage,
            .action = action,
            .version = version ? version->name : NULL,
            .timestamp_ms = version ? version->timestamp_ms : 0,
            .bytes = version ? (int64_t)version->bytes : 0,
            .reason = arena_printf(&audit->arena, "found at the next start: the server ended before it was noted%s%s",
                                   *who ? "; the package is by " : "", who) });
    log_warn("deploy", "%s (%s): a change (%s%s%s) was not noted when the server ended; it is now", place->service,
             place->stage, action, version ? " to " : "", version ? version->name : "");
    audit->missing++;
}

/* What made this the current version? */
static const char *
action_of(const struct kept_version *current, const struct deployment_row *before)
{
    if (before && current->timestamp_ms <= before->timestamp_ms)
        return "rollback";
    return current->function ? "function" : "deploy";
}

static void
compare(void *arg, const struct versions_place *place)
{
    struct audit *audit = arg;
    const char *current = versions_current(place, &audit->arena);
    const struct deployment_row *row = NULL;
    struct kept_version *kept;
    size_t count;

    for (size_t i = 0; i < audit->count; i++)
        if (strcmp(audit->last[i].service, place->service) == 0 && strcmp(audit->last[i].stage, place->stage) == 0) {
            audit->is_there[i] = true;
            row = &audit->last[i];
        }
    if (row && row->version && current && strcmp(row->version, current) == 0)
        return;
    versions_list(place, &audit->arena, &kept, &count);
    for (size_t i = 0; i < count; i++)
        if (kept[i].is_current)
            note(audit, place, action_of(&kept[i], row), &kept[i]);
}

void
audit_complete(struct store *store, const char *root)
{
    struct audit audit = { .write = store_write_new() };
    struct err err;

    arena_init(&audit.arena, 0);
    if (store_deployment_last(store, &audit.arena, &audit.last, &audit.count, &err)) {
        audit.is_there = arena_alloc(&audit.arena, (audit.count + 1) * sizeof *audit.is_there);
        memset(audit.is_there, 0, (audit.count + 1) * sizeof *audit.is_there);
        versions_each(root, compare, &audit);
        for (size_t i = 0; i < audit.count; i++)
            if (!audit.is_there[i] && strcmp(audit.last[i].action, "remove") != 0)
                note(&audit, &(struct versions_place){ root, audit.last[i].service, audit.last[i].stage }, "remove",
                     NULL);
    } else {
        log_error("deploy", "what was noted of deployments cannot be read: %s", err.text);
    }
    if (!audit.missing)
        store_write_free(audit.write);
    else if (store_write_wait(store, audit.write, &err) != STORE_DONE)
        log_error("deploy", "what was done to deployed services cannot be noted: %s", err.text);
    arena_fini(&audit.arena);
}
