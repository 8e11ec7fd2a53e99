/* SPDX-License-Identifier: MIT */
/*
 * What runs actions and pages, seen from above: one interface, whoever is behind it (our runners, an SDK on /websocket,
 * a serverless host). Owns the interface only; native.h implements it for modules. Control thread throughout.
 */
#ifndef HOST_HOST_H
#define HOST_HOST_H

#include "base/err.h"
#include "base/id.h"
#include "base/list.h"
#include "base/str.h"
#include "host/profile.h"

struct host;
struct host_run;
struct route;

enum host_result { HOST_SUCCESS, HOST_FAILURE, HOST_CANCELED };

/* Why a run ended without completing. */
struct host_loss {
    bool is_crash;      /* its process is gone; otherwise only the connection to the host is */
    bool is_own_fault;  /* the code's own doing, which counts for the breaker: not a kill from outside, not ours */
    const char *signal; /* "SIGSEGV", or NULL */
    /* what happened, to be read behind the route's name: "crashed with SIGSEGV (Segmentation fault)" */
    const char *message;
};

/*
 * One call of the host that wants an answer. The receiver answers exactly once with host_reply, now or later (an answer
 * to a completion waits for the commit); a run that has gone meanwhile makes it a no-op, so the run must still exist
 * then.
 */
struct host_call {
    struct host_run *run;
    uint32_t id; /* 0: no answer is wanted */
    uint8_t method;
};

/* What a run tells the layer above. All texts are valid during the call only. */
struct host_run_events {
    void (*io_call)(struct host_run *run, struct host_call call, struct uuid group, bool is_interactive,
                    struct str render);
    /* empty: the handler returned nothing */
    void (*page)(struct host_run *run, struct host_call call, struct str layout);
    void (*loading)(struct host_run *run, struct str state);
    void (*log)(struct host_run *run, struct host_call call, struct str entry); /* {"data","index","timestamp"} */
    void (*redirect)(struct host_run *run, struct host_call call, struct str target);
    void (*complete)(struct host_run *run, struct host_call call, enum host_result result, struct str data);
    /* the last event; the host has forgotten the run */
    void (*lost)(struct host_run *run, const struct host_loss *loss);
    void (*notify)(struct host_run *run, struct host_call call, struct str notification); /* host-protocol.md 2.1 */
    void (*dropped)(struct host_run *run); /* the connection to its host is lost; the host may come back */
    void (*back)(struct host_run *run);    /* and is back; what the run waits for is sent again */
    /* list of host_run.in_host nodes, may include run */
    void (*busy)(struct host_run *run, int cpu_seconds, struct list *others);
};

/* One transaction or open page at its host; embedded in the object of the layer above. */
struct host_run {
    struct uuid id; /* transaction id or page key */
    bool is_page;
    const struct host_run_events *events;
    struct host *host;   /* NULL: not started, or over */
    void *place;         /* the host's own: where in it the run lives */
    struct list in_host; /* the host's own */
    uint32_t slot;       /* the host's own: which of its routes */
    bool is_trial;       /* the host's own: its route's breaker was open when it started */
    bool is_parked;      /* the host's own: waits for an answer, does not compute */
    int64_t cpu_base_ms; /* the host's own: CPU time of its process when it last began to compute */
    const char *label;   /* what and who, for messages: set by the layer above before start */
};

struct host_ops {
    /*
     * Begins a run (inputs: START_TRANSACTION or OPEN_PAGE of the host protocol). On failure *retry_after_ms > 0 means
     * the route is disabled after crashes for that long.
     */
    bool (*start)(struct host *host, struct host_run *run, struct route *route, struct str inputs,
                  int64_t *retry_after_ms, struct err *err);
    bool (*io_response)(struct host_run *run, struct uuid group, struct str response); /* false: the run is gone */
    /* CLOSE_TRANSACTION, CLOSE_PAGE: the run is over for us; cancels it if it still runs */
    void (*close)(struct host_run *run);
    void (*stop)(struct host_run *run); /* kills whatever runs it (the Stop button); `lost` follows */
    void (*reply)(struct host_call call, bool accepted, struct str reason);
};

struct host {
    const struct host_ops *ops;
    const struct sdk_profile *profile;
    const char *instance_id; /* the UUID it connects with; NULL: our own runners */
    const char *status;      /* "ONLINE", "UNREACHABLE", "OFFLINE", "SHUTTING_DOWN" */
    bool is_online;          /* takes new runs */
    const char *sdk;         /* name and version for people; NULL: our own runners */
};

static inline void
host_reply(struct host_call call, bool accepted, struct str reason)
{
    if (call.id && call.run->host)
        call.run->host->ops->reply(call, accepted, reason);
}

#endif
