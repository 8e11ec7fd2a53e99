/* SPDX-License-Identifier: MIT */
/*
 * The native host: modules of the routes directory, run in runners. Ties files (module.h), processes (runner.h) and
 * runs (host.h) together, and decides what a crash means. Control thread only, unless a function says otherwise.
 */
#ifndef HOST_NATIVE_H
#define HOST_NATIVE_H

#include "base/err.h"
#include "host/problem.h"
#include "host/registry.h"
#include "host/runner.h"

/* What function/ does with versions and runners; its streams live on the http threads. */
struct native_functions {
    void (*table_changed)(void);
    void (*streams)(struct runner *runner, const int *fds);
    void (*close_streams)(struct runner *runner);
    void (*runner_ended)(struct runner *runner, const struct host_loss *loss);
    int64_t (*last_use)(const struct version *version);           /* monotonic ms */
    void (*line)(const struct version *version, struct str line); /* printed by its process */
};

struct native_spec {
    struct scope *scope;
    const char *routes_dir, *data_dir;
    unsigned http_thread_count;
    int64_t memory_limit_bytes, idle_limit_ms;
    struct native_functions functions;
    void (*published)(const struct scope *scope, const struct version *version); /* to be kept, too */
    void (*settled)(void); /* every file noticed so far is live or refused; again after later changes */
    /* A version of a service crashed before it ever worked; true: the one before it is back. NULL: never. */
    bool (*fall_back)(struct version *bad, const char *why);
    /* to be kept; modules_know() gives it back at the next start */
    void (*described)(const char *hash, struct str descriptor);
    /*
     * A run that survived the last server knocks; the layer above finds its transaction and answers with its host_run,
     * or NULL.
     */
    struct host_run *(*adopt)(struct uuid id, const char *module);
};

/* Prepares everything; modules_know() may follow, then native_watch(). */
bool native_start(const struct native_spec *spec, struct err *err) MUST_CHECK;
/* What lies in routes_dir becomes live from the loop, and so does what is dropped there later. */
bool native_watch(struct err *err) MUST_CHECK;
void native_stop(void); /* runners leave; nothing is watched any more */
size_t native_runners(void);

/* Compiled sources: `object` is where the compiler wrote it. */
void native_compiled(const char *file, const char *object);
void native_source_gone(const char *file);
bool native_is_live(const char *file); /* does some version of it serve? */

/* While held, what lies in routes_dir waits: who is deployed goes first. */
void native_hold(bool is_held);

/* Versions of services (prepare.h): it serves from now on; it does not any more, the table says so already. */
void native_publish(struct version *version);
/* Registers the routes of `new` instead of those of `old` (either may be NULL). */
void native_exchange(struct version *old, struct version *new);
void native_retire(struct version *version);

const struct scope *native_scope(void); /* where the routes of modules are registered */
struct problems *native_problems(void);
const char *native_file(const struct route *route); /* "users/edit.so"; NULL: not a native route */

#endif
