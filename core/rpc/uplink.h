/* SPDX-License-Identifier: MIT */
/*
 * A host of our own at somebody else's server: connects as an SDK does (host-protocol.md 9), announces routes, carries
 * runs between the server and whatever serves the routes (host.h). Owns the connection and what must survive it; knows
 * neither files nor processes. One per process. Control thread.
 */
#ifndef RPC_UPLINK_H
#define RPC_UPLINK_H

#include "base/arena.h"
#include "host/host.h"
#include "host/route.h"
#include "rpc/uplink_address.h"

/* host-protocol.md 3.6 */
struct uplink_options {
    int64_t retry_interval_ms;
    int64_t ping_interval_ms, ping_timeout_ms, close_unresponsive_ms;
    int64_t reinitialize_batch_ms, connect_timeout_ms, send_timeout_ms;
    int64_t max_resend_attempts;
};

extern const struct uplink_options uplink_defaults;

/* What the server said to a host it took. Texts are valid during the call. */
struct uplink_welcome {
    const char *organization, *environment, *dashboard_url;
    bool is_first;
};

struct uplink_spec {
    struct uplink_address address;
    const char *api_key; /* this and the next must outlive the uplink */
    const char *instance_id;
    struct uplink_options options;
    /*
     * Files of answers are fetched to here, at most so many bytes of one run, from the server, from public addresses,
     * and, if files_allow is set, only from what begins with one of its comma-separated texts. NULL: not at all.
     */
    const char *files_dir, *files_allow;
    int64_t files_max_bytes;
    /* The routes to announce, sorted by slug; the array lives in the arena. */
    size_t (*routes)(struct arena *arena, struct route ***routes);
    struct route *(*find)(const char *slug); /* NULL: there is none */
    void (*welcome)(const struct uplink_welcome *welcome);
    /* The server does not want this host, or is none: there is no point in trying on. Only before the first welcome. */
    void (*refused)(const struct err *err);
    void (*left)(void); /* after uplink_leave: nothing runs, the connection is closed */
};

/* Once, before anything else here; runs may be adopted from then on. */
void uplink_init(const struct uplink_spec *spec);
void uplink_connect(void);

/* Some route has come, gone or changed: announced again in a moment, together with others. */
void uplink_routes_changed(void);

/* Takes nothing new, lets what runs come to its end, then closes the connection; `left` follows. */
void uplink_leave(void);
/* Closes the connection now; `left` follows. */
void uplink_drop(void);

/* For native_spec.adopt: a run that outlived the process before this one, which had the same instance id. */
struct host_run *uplink_adopt(struct uuid id, const char *module);
/* What lies in spec.files_dir, with the directory: before the first run or after the last. */
void uplink_remove_files(const char *dir);

#endif
