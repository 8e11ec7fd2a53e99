/* SPDX-License-Identifier: MIT */
/*
 * The machine that modules are made for: whether they would load there is known from their bytes, before anything is
 * sent or run. A server is its own target; a command that deploys takes what the server says about itself.
 */
#ifndef DEPLOY_MACHINE_H
#define DEPLOY_MACHINE_H

#include "deploy/module_file.h"
#include "json/read.h"
#include "json/write.h"

struct machine {
    const char *name;                  /* "this machine", "the server" */
    unsigned glibc_major, glibc_minor; /* 0: not known */
    uint16_t machine;                  /* EM_…; EM_NONE: not known */
    const char *libraries; /* besides those of C and C++, separated by commas or blanks; NULL: it is not known which */
};

/* This machine, until it is set: once, before packages are made or read. The texts stay the caller's. */
const struct machine *machine_get(void);
void machine_set(const struct machine *machine);
struct machine machine_own(const char *libraries);

/* An object: what a server says about itself, and how a command reads it; missing members are not known. */
void machine_json(const struct machine *machine, struct json_out *out);
struct machine machine_read(struct arena *arena, struct json said);

/* Would it load there? */
bool machine_takes(const struct machine *machine, const struct module_file *module, struct err *err) MUST_CHECK;

#endif
