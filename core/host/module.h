/* SPDX-License-Identifier: MIT */
/*
 * Module files and how they become live: noticed, staged, probed, published (architecture 3). Owns which version of
 * each file is live; a bad file changes nothing but the list of problems. Runs are native.h, processes runner.h.
 * Control thread only.
 */
#ifndef HOST_MODULE_H
#define HOST_MODULE_H

#include "host/problem.h"
#include "host/registry.h"
#include "host/version.h"

struct modules_spec {
    struct scope *scope;
    struct host *host;      /* entered in the routes */
    const char *staged_dir; /* where copies are kept */
    /*
     * A version stops being live, or becomes it (old or new may be NULL). Routes are already exchanged in the registry.
     */
    void (*switched)(struct version *old, struct version *new);
    /* Nothing is pending any more: every file noticed is live or refused. */
    void (*settled)(void);
    /* A descriptor that a probe reported, to be kept for the next start. */
    void (*described)(const char *hash, struct str descriptor);
};

void modules_init(const struct modules_spec *spec);

/* What was kept of earlier probes: no process is started for these contents. */
void modules_know(const char *hash, const char *descriptor);

const char *modules_known(const char *hash); /* the description; NULL: unknown */
/* A probe's result, to be known from now on and after the next start. */
void modules_learn(const char *hash, struct str descriptor);
const struct modules_spec *modules_given(void);

/* `file` is the name people know ("users/edit.so", "users/edit.c"), `path` where the object is to be read now. */
void module_changed(const char *file, const char *path);
void module_gone(const char *file);
bool module_is_live(const char *file);

/*
 * Goes back from `bad`, if it is live, to the version before it. false: there is none. The file stays bad until its
 * content changes.
 */
bool module_fall_back(struct version *bad, const char *why);

/* The routes of `new` instead of those of `old` (either may be NULL), in one turn. */
void modules_exchange(struct version *old, struct version *new);
/* Some slug has become free. */
void modules_retry_clashes(void);
/* Files that are noticed wait: others go first. Only before the first is noticed. */
void modules_hold(bool is_held);
bool modules_are_held(void);

struct problems *modules_problems(void);
size_t modules_pending(void); /* files noticed and not yet live or refused */

#endif
