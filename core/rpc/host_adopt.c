/* SPDX-License-Identifier: MIT */
/*
 * Runs that a host speaks of and no living transaction belongs to: after a restart of the server their rows may. Calls
 * about such a run wait, in their order, until the store has answered.
 */
#include <stdlib.h>

#include "rpc/host_internal.h"

enum { MAX_WAITING_BYTES = 64 << 20, MAX_ARENA = 96 << 20 };

struct waiting {
    struct list link;
    struct peer_call *call;
    char *data; /* JSON */
    size_t len;
};

struct adoption {
    struct list in_host;
    struct sdk_host *host; /* NULL: its connection is lost, and with it who asked */
    struct uuid id;
    struct list calls;
};

static void
wait_for(struct adoption *adoption, const struct peer_call *call, struct json data)
{
    struct waiting *waiting = mem_alloc(sizeof *waiting);

    waiting->call = peer_call_keep(call);
    waiting->data = mem_strndup(json_raw(data).p, json_raw(data).len);
    waiting->len = json_raw(data).len;
    list_add_tail(&adoption->calls, &waiting->link);
    adoption->host->adopting_bytes += waiting->len;
}

static void
run_waiting(struct sdk_host *host, struct uuid id, struct waiting *waiting)
{
    struct host_run *run = sdk_run_find(host, id);
    struct arena arena;
    struct json data;
    struct err err;

    arena_init(&arena, MAX_ARENA);
    if (run && json_parse(&arena, (struct str){ waiting->data, waiting->len }, &data, &err))
        host_deliver(host->conn, waiting->call, run, &arena, data);
    else
        host_refuse_unknown(host->conn, waiting->call, id);
    arena_fini(&arena);
}

static void
adoption_free(struct adoption *adoption)
{
    LIST_EACH(&adoption->calls, node)
    {
        struct waiting *waiting = LIST_ENTRY(node, struct waiting, link);

        if (adoption->host)
            adoption->host->adopting_bytes -= waiting->len;
        peer_call_free(waiting->call);
        free(waiting->data);
        free(waiting);
    }
    list_remove(&adoption->in_host);
    free(adoption);
}

static void
on_adopted(struct host_run *run, void *arg)
{
    struct adoption *adoption = arg;
    struct sdk_host *host = adoption->host;

    if (host && run && !run->host)
        sdk_run_add(host, run);
    LIST_EACH(&adoption->calls, node)
    if (host)
        run_waiting(host, adoption->id, LIST_ENTRY(node, struct waiting, link));
    adoption_free(adoption);
}

bool
host_adopt(struct sdk_conn *conn, const struct peer_call *call, struct uuid id, struct json data)
{
    struct sdk_host *host = conn->host;
    struct adoption *adoption;

    if (!hosts_spec.adopt || strcmp(call->method, "SEND_PAGE") == 0 ||
        host->adopting_bytes + json_raw(data).len > MAX_WAITING_BYTES)
        return false;
    LIST_EACH(&host->adoptions, node)
    {
        adoption = LIST_ENTRY(node, struct adoption, in_host);
        if (!uuid_eq(adoption->id, id))
            continue;
        wait_for(adoption, call, data);
        return true;
    }
    adoption = mem_alloc(sizeof *adoption);
    adoption->host = host;
    adoption->id = id;
    list_init(&adoption->calls);
    list_add_tail(&host->adoptions, &adoption->in_host);
    wait_for(adoption, call, data);
    hosts_spec.adopt(host->scope, host->instance_id, id, on_adopted, adoption);
    return true;
}

void
host_adoptions_drop(struct sdk_host *host)
{
    LIST_EACH(&host->adoptions, node)
    {
        LIST_ENTRY(node, struct adoption, in_host)->host = NULL;
        list_remove(node);
    }
    host->adopting_bytes = 0;
}
