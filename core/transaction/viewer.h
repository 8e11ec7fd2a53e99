/* SPDX-License-Identifier: MIT */
/*
 * Who looks at a run: a browser, seen from below. Owns the interface only; rpc/browser.c implements it. Control thread.
 */
#ifndef TRANSACTION_VIEWER_H
#define TRANSACTION_VIEWER_H

#include "base/arena.h"
#include "base/id.h"
#include "base/list.h"
#include "base/str.h"

struct scope;
struct viewer;

/* The person behind a request or a socket, as far as runs are concerned. Texts live as long as the viewer. */
struct principal {
    const char *user_id, *email, *first_name, *last_name; /* names may be NULL */
    const char *role;                                     /* "admin", "developer", "member" */
    const char *organization, *organization_name, *organization_id;
};

/* May this person run what is in that environment (server.md 3.10)? */
bool principal_may_run(const struct principal *principal, const struct scope *scope);

/* A copy whose texts live in the arena. */
struct principal principal_copy(struct arena *texts, const struct principal *principal);

/*
 * Methods of host-protocol.md 2.4 and contract wire.md; `id` is the transaction, or the page key. Texts are used during
 * the call only.
 */
struct viewer_ops {
    void (*render)(struct viewer *viewer, struct uuid id, struct str render);
    void (*page)(struct viewer *viewer, struct uuid key, const char *instance, struct str layout);
    void (*loading)(struct viewer *viewer, struct uuid id, struct str state);
    void (*log)(struct viewer *viewer, struct uuid id, struct str entry);
    void (*redirect)(struct viewer *viewer, struct uuid id, struct str target);
    void (*completed)(struct viewer *viewer, struct uuid id, const char *result_status, struct str result);
    void (*host_lost)(struct viewer *viewer, struct uuid id);
    void (*usurped)(struct viewer *viewer, struct uuid id);
    void (*host_back)(struct viewer *viewer, struct uuid id);
    void (*notify)(struct viewer *viewer, struct uuid id, struct str notification); /* {message,title?,deliveries} */
    void (*busy)(struct viewer *viewer, struct uuid id, int cpu_seconds, struct str others); /* JSON array */
};

struct viewer {
    const struct viewer_ops *ops;
    struct principal principal;
    struct list runs;  /* transactions it looks at */
    struct list pages; /* pages it has open */
};

#endif
