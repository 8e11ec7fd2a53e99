/* SPDX-License-Identifier: MIT */
/*
 * One call of a function without a server: a runner of its own for the module, the frames of link/frame.h over a socket
 * pair, and its end. What the function prints goes to stderr. Main thread, on the control loop, which it runs.
 */
#ifndef CLI_LOCAL_RUN_H
#define CLI_LOCAL_RUN_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct local_run {
    const char *object;             /* absolute */
    const char *name;               /* what the module is called in messages: "dist/quote.so" */
    const char *data_dir, *own_dir; /* of the server, and what il_data_dir() says; both exist */
    char *const *environment;       /* "NAME=value", NULL at the end; NULL: none */
    const char *root;               /* LAMBDA_TASK_ROOT; NULL: nowhere */
    uint32_t slot, timeout_ms;
    struct str context, client_context; /* event_context_put; JSON or empty */
    struct str event;
};

/* The JSON that the function answers with. false: it could not be started, failed, or took too long. */
bool local_run(const struct local_run *run, struct buf *result, struct err *err) MUST_CHECK;

/* What a module holds, as probe.h has it. false: the process could not be started. */
bool local_probe(const char *object, struct buf *descriptor, struct err *err) MUST_CHECK;

#endif
