/* SPDX-License-Identifier: MIT */
/*
 * HTTP requests that this server makes, all on one thread of their own (libcurl). Owns connections and time limits;
 * whom one may talk to is the caller's matter (may_connect), and so is trying again.
 */
#ifndef LOOP_OUTGOING_H
#define LOOP_OUTGOING_H

#include <stdint.h>

#include "base/buf.h"
#include "loop/inbox.h"

struct sockaddr;

enum { OUTGOING_MAX_FIELDS = 128 };

/* Belongs to the outgoing thread from outgoing_send until done, which runs on the control loop. */
struct outgoing {
    struct message message;
    const char *url;
    const char *fields[OUTGOING_MAX_FIELDS]; /* "name: value", ended by NULL; an empty value: "name;" */
    bool is_get;                             /* otherwise POST, with the body */
    struct str body;
    struct buf answer; /* buf_init: the body that comes back is kept, up to that maximum; zeroed: it is not */
    int64_t connect_limit_ms, limit_ms;

    /* Outgoing thread, after the name was resolved: may it connect there? That very address is connected to. */
    bool (*may_connect)(struct outgoing *outgoing, const struct sockaddr *address);
    void (*done)(struct outgoing *outgoing);
    void *arg;

    unsigned status; /* 0: no answer; then error says why */
    char error[256];
    bool is_refused; /* may_connect said no */
    void *fields_made;
};

bool outgoing_start(struct err *err) MUST_CHECK;
void outgoing_stop(void);                      /* what is under way is given up, without done */
void outgoing_send(struct outgoing *outgoing); /* any thread */

#endif
