/* SPDX-License-Identifier: MIT */
/*
 * Runners: one process serving one version. Owns starting, watching, draining and ending them, and the runs inside.
 * What a crash means for the route is native.c. Control thread only.
 */
#ifndef HOST_RUNNER_H
#define HOST_RUNNER_H

#include "base/id.h"
#include "host/host.h"
#include "host/version.h"
#include "link/frame.h"

struct child;
struct trial;
struct wire;

struct runner {
    struct list in_all;
    struct version *version; /* counted; NULL for one that survived the last server */
    uint64_t serial;         /* never used twice: a name for other threads */
    struct uuid instance;
    struct child *child; /* NULL: re-attached, not ours to wait for */
    int pid;             /* 0: gone */
    struct wire *wire;   /* NULL: the stream has ended */
    struct list runs;    /* host_run.in_host */
    bool is_draining;    /* takes nothing new */
    bool is_killed;      /* by us: not a crash */
    bool is_telling;     /* drain was sent */
    int64_t lost_at;     /* monotonic ms: its stream ended while it runs on; 0: it did not */
    unsigned streams;    /* function streams the http threads still hold */
    uint32_t last_call;
    int64_t started_at, idle_since, draining_since; /* monotonic ms */
    int64_t cpu_ms, rss_bytes;                      /* last sample */
    const char *kill_reason;
    char memory_reason[64];
    bool is_loaded;      /* it has opened its module, .load is done */
    struct trial *trial; /* it is being tried; NULL: it is not */
    char *failure;       /* why it could not begin to work, in its own words; or NULL */
};

struct runner_spec {
    unsigned stream_count;        /* function streams per runner: one per http thread */
    const char *attach_path;      /* where a runner whose server died knocks */
    const char *modules_data_dir; /* DATA/modules-data: one directory per module below */
    const char *server_data_dir;
    int64_t memory_limit_bytes;
    int64_t idle_limit_ms;
    /* A new runner's function streams, stream_count descriptors which the receiver owns. */
    void (*streams)(struct runner *runner, const int *fds);
    /* It drains: the http threads half-close their streams to it (runner_stream_ended for each). */
    void (*close_streams)(struct runner *runner);
    int64_t (*last_use)(const struct version *version);           /* by functions, monotonic ms */
    void (*line)(const struct version *version, struct str line); /* may be NULL */
    /* The process is gone; runs have been told. `loss` says why (is_crash false: planned). */
    void (*ended)(struct runner *runner, const struct host_loss *loss);
};

void runners_init(const struct runner_spec *spec);

/* The version's runner for new runs, started if it is cold. */
struct runner *runner_for(struct version *version, struct err *err);

/* Sends a frame about a run; wants a response only for calls (answered in native.c's reply). */
void runner_send(struct runner *runner, enum link_method method, uint32_t slot, struct uuid subject, struct uuid group,
                 struct str payload);
/* `run` names whose call it was, also when that run is over here. */
void runner_respond(struct runner *runner, enum link_method method, uint32_t call, struct uuid run, bool is_ok,
                    struct str reason);

/* Asks whether .load is done and, with_health, .health says yes; trial_answered() follows. */
void runner_ask_health(struct runner *runner, bool with_health);

void runner_run_add(struct runner *runner, struct host_run *run);
void runner_run_remove(struct host_run *run); /* forgets it; the runner may become idle */

/* Takes nothing new; leaves when its runs and streams are done. */
void runner_drain(struct runner *runner);
void runner_kill(struct runner *runner, const char *reason);
/* An http thread has given its stream back. */
void runner_stream_ended(struct runner *runner);
void runner_touch(struct runner *runner);
/* Is this still one of ours? NULL: it has ended meanwhile. */
struct runner *runner_find(uint64_t serial);

/* Twice a second: limits, idle ones, busy runs. */
void runners_sample(void);

int64_t runner_memory(const struct runner *runner); /* resident bytes: the last sample, or now if there is none */

/* Does a process of this version live, perhaps to finish what it has? */
bool runners_have(const struct version *version);
size_t runners_count(void);
/* Planned stop: everyone leaves at once. */
void runners_dismiss(void);

#endif
