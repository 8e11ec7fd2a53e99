/* SPDX-License-Identifier: MIT */
/*
 * A version is tried before it serves (functions.md 2.2): its runner is started, the one that will serve, its .load
 * runs there, its .health is asked. Until the trial is freed the end of that process is a failure as well. What else a
 * version has to pass is deploy/canary.c. Control thread only.
 */
#ifndef HOST_TRIAL_H
#define HOST_TRIAL_H

#include "host/version.h"
#include "link/frame.h"

struct trial_spec {
    struct version *version;
    bool with_health; /* false: .load only, which nobody can skip */
    int64_t limit_ms; /* for both */
    void (*passed)(void *arg);
    /*
     * Once, then nothing more is told; perhaps after `passed`. why: "crashed with SIGSEGV …", ".health of quote: …".
     */
    void (*failed)(void *arg, const char *why);
    void *arg;
};

/* NULL: no process can be started. The callbacks come from the loop. */
struct trial *trial_start(const struct trial_spec *spec, struct err *err) MUST_CHECK;
/* Nothing is told any more. The process stays as it is. */
void trial_free(struct trial *trial);

/* ---- runner_events.c */
void trial_answered(struct trial *trial, const struct link_frame *head, struct str payload);
void trial_lost(struct trial *trial, const char *why);

#endif
