/* SPDX-License-Identifier: MIT */
/*
 * The event that a schedule gives its function (functions.md 6.1, fixtures/schedule.event.expected.json). Any thread.
 */
#ifndef FUNCTION_SCHEDULE_EVENT_H
#define FUNCTION_SCHEDULE_EVENT_H

#include "base/buf.h"
#include "function/service.h"

/*
 * Appends it: .input as it is; otherwise the standard event, through .input_path or .input_template if they are given.
 */
void schedule_event_put(struct buf *out, const struct service_schedule *schedule, const char *rule, const char *region,
                        int64_t due_ms);

#endif
