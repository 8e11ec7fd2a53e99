/* SPDX-License-Identifier: MIT */
/* What the files of SDK hosts share (host.h). */
#ifndef RPC_HOST_INTERNAL_H
#define RPC_HOST_INTERNAL_H

#include "rpc/host.h"
#include "rpc/unacked.h"

enum {
    HOST_ANSWER_MS = 9 * 1000,        /* every call of a host is answered within 10 s (host-protocol.md 10.5) */
    HOST_RESPONSE_MS = 10 * 1000,     /* and so are ours, or they count as not understood (1.5) */
    HOST_ACK_MS = 5 * 1000,           /* (10.2) … */
    HOST_ACK_MISSES = 3,              /* … times this, then the host is deaf */
    HOST_UNREACHABLE_MS = 60 * 1000,  /* lost for longer: OFFLINE */
    HOST_FORGET_MS = 6 * 3600 * 1000, /* and then nobody */
    HOST_KEY_MS = 20 * 1000,          /* how often keys are looked at again */
    HOST_MAX_UNACKED = 1 << 16,
    HOST_MAX_DATA = 72 << 20,
};

struct sdk_conn;

/* One host process, connected or not: it keeps its id over reconnects, and its runs with it. */
struct sdk_host {
    struct host host; /* first: runs and routes refer to it */
    char *key;        /* in the map of all: scope and instance id */
    char *instance_id, *organization_name;
    char *sdk; /* name and version */
    struct scope *scope;
    bool is_development, is_shutting_down;
    bool is_of_request; /* it came to serve a single one, which there was not; without it, it does not stay either */
    bool is_lost;       /* and not initialized again */
    struct sdk_profile profile;
    struct route *routes;
    size_t route_count;
    struct map runs;       /* 16 bytes of id -> struct host_run, of which … */
    struct list run_list;  /* … in_host is here */
    struct list adoptions; /* host_adopt.c */
    size_t adopting_bytes; /* of calls that wait for them */
    struct sdk_conn *conn; /* NULL: not connected */
    int64_t lost_at;       /* monotonic ms, without conn */
};

struct sdk_conn {
    struct peer peer;
    struct sdk_host *host; /* NULL: a newer connection took over */
    struct list in_conns;
    struct list answers; /* struct host_answer: what the host waits for */
    struct list pending; /* struct host_pending: what we wait for */
    struct unacked unacked;
    struct uuid last_sent;
    unsigned heard;         /* messages since the last tick */
    bool is_held;           /* they were too many: not read until the next one */
    int64_t last_timestamp; /* of INITIALIZE_HOST */
    char *key_hash;
};

/* One call of the host's that the layer above has not answered yet. */
struct host_answer {
    struct list link;
    struct peer_call call;
    struct host_run *run;
    uint32_t id;
    int64_t deadline;
};

enum host_method { HOST_START, HOST_OPEN_PAGE, HOST_IO_RESPONSE, HOST_CLOSE };

/* One call of ours that the host has not answered yet. */
struct host_pending {
    struct list link;
    enum host_method method;
    uint64_t call;       /* RPC id */
    struct uuid message; /* whose ACK says that it arrived */
    struct uuid run;
    bool is_acked;
    int64_t deadline;
};

extern struct hosts_spec hosts_spec;
extern const struct host_ops sdk_host_ops;
extern const struct peer_method host_methods[];

static inline struct sdk_conn *
conn_of(struct peer *peer)
{
    return container_of(peer, struct sdk_conn, peer);
}

static inline struct sdk_host *
sdk_host_of(struct host *host)
{
    return container_of(host, struct sdk_host, host);
}

/* host.c */
extern struct list host_conns;
/* Closes it; the host is lost at once, whenever the socket is. */
void host_conn_end(struct sdk_conn *conn, unsigned code, const char *reason);

/* host_key.c */
void host_keys_check(void);

/* host_instance.c */
struct sdk_host *sdk_host_get(const struct host_login *login, struct scope *scope); /* the one there is, or a new one */
/* The other connection of this very process, in whatever environment of the organization; NULL: none. */
struct sdk_conn *sdk_host_rival(const struct host_login *login);
void sdk_host_set_status(struct sdk_host *host, const char *status, bool is_online);
void sdk_host_online(struct sdk_host *host); /* it is initialized: its runs go on */
void sdk_host_lost(struct sdk_host *host, bool is_planned);
void sdk_host_set_routes(struct sdk_host *host, struct route *routes, size_t count); /* takes them over */
void sdk_hosts_sweep(int64_t now);
struct host_run *sdk_run_find(const struct sdk_host *host, struct uuid id);
void sdk_run_add(struct sdk_host *host, struct host_run *run);
void sdk_run_remove(struct host_run *run);
/* It has completed: nothing keeps a host that is leaving (host-protocol.md 4.9). */
void sdk_run_completed(struct host_run *run);
void sdk_host_leave(struct sdk_host *host); /* BEGIN_HOST_SHUTDOWN */

/* host_init.c */
void host_initialize(struct peer *peer, const struct peer_call *call, struct arena *arena, struct json inputs);
const char *host_environment(const struct sdk_host *host); /* as its SDK calls it (3.3) */

/* host_ops.c */
void host_send_close(struct sdk_host *host, const struct host_run *run);

/* host_calls.c */
void host_refuse_unknown(struct sdk_conn *conn, const struct peer_call *call, struct uuid id);
void host_deliver(struct sdk_conn *conn, const struct peer_call *call, struct host_run *run, struct arena *arena,
                  struct json data);

/* host_answer.c: calls of the host that wait */
struct host_call host_call_of(struct sdk_conn *conn, const struct peer_call *call, struct host_run *run);
void host_refuse(const struct peer_call *call, const struct sdk_profile *profile, struct str reason);
void host_answers_expire(struct sdk_conn *conn, int64_t now);
void host_answers_drop(struct sdk_conn *conn, const struct host_run *run); /* run NULL: all, unanswered */
void host_answer(struct host_call call, bool accepted, struct str reason);

/* host_pending.c: calls of ours that wait */
bool host_send(struct sdk_host *host, enum host_method method, const struct host_run *run, struct str inputs);
void host_pending_response(struct sdk_conn *conn, const struct rpc_frame *frame);
void host_pending_ack(struct sdk_conn *conn, struct uuid message);
void host_pending_expire(struct sdk_conn *conn, int64_t now);
void host_pending_drop(struct sdk_conn *conn); /* the connection is lost */

/* host_adopt.c */
bool host_adopt(struct sdk_conn *conn, const struct peer_call *call, struct uuid id, struct json data);
void host_adoptions_drop(struct sdk_host *host);

#endif
