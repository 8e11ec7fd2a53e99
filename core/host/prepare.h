/* SPDX-License-Identifier: MIT */
/*
 * Modules from outside routes/, those of services: staged and probed like all others, but who asked decides when a
 * version becomes live, so that all modules of a service change at once (architecture 3), and whether its slugs are
 * registered: those of a function of serverless.yml are not. Control thread only.
 */
#ifndef HOST_PREPARE_H
#define HOST_PREPARE_H

#include "host/version.h"

struct prepare_spec {
    const char *name;                      /* "shop/dev/quote": in messages, and where its data lies */
    const char *slug_file;                 /* "shop/dev/refund.so": what its slugs are made of; NULL: the name */
    const char *path;                      /* the object */
    const struct version_setting *setting; /* the version takes a copy */
    /*
     * Once, from the loop. version: one reference, or NULL and err says in one sentence why not. Its contents or its
     * setting may be those of a version that serves already (version_is_same).
     */
    void (*done)(void *arg, struct version *version, const struct err *err);
    void *arg;
};

void prepare_start(const struct prepare_spec *spec);

/* The slot of a function by the name of its handler. false: err says what there is. */
bool prepare_find_symbol(const struct version *version, const char *symbol, uint32_t *slot, struct err *err) MUST_CHECK;

#endif
