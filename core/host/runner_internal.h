/* SPDX-License-Identifier: MIT */
/* What the files of the runner share: runner.c, runner_events.c, runner_sample.c. */
#ifndef HOST_RUNNER_INTERNAL_H
#define HOST_RUNNER_INTERNAL_H

#include "base/map.h"
#include "host/runner.h"
#include "host/wire.h"

struct child_end;

struct runner_state {
    struct runner_spec spec;
    struct map runs; /* 16 bytes of id -> struct host_run */
    struct list all;
    size_t count;
    uint64_t last_serial;
};
extern struct runner_state runner_state;

extern const struct wire_events runner_wire_events;
void runner_on_line(void *arg, struct str line);
void runner_on_end(void *arg, const struct child_end *end);
void runner_free_when_done(struct runner *runner);

#endif
