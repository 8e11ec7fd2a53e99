/* SPDX-License-Identifier: MIT */
/*
 * Functions that run at times (functions.md 6.1): every run is a durable call on the queue "schedules", named after the
 * rule and the minute, so that it happens once. Owns which rules there are and their timers; when something is due is
 * timetable.h. Control thread, unless a function says otherwise.
 */
#ifndef FUNCTION_SCHEDULE_H
#define FUNCTION_SCHEDULE_H

#include "function/service.h"

struct store;

/* Reads what earlier runs left; blocks: before control runs. */
bool schedules_init(struct store *store, struct err *err) MUST_CHECK;
void schedules_stop(void); /* begins nothing any more */

/*
 * The rules of a service that has become live. Same names keep their phase; where another one comes after it, the next
 * is added before it is removed, so that nothing falls between them.
 */
void schedules_add(struct service *service);
void schedules_remove(const struct service *service);

/* For people: all of them, by name. */
struct schedule_view {
    const char *name, *fn, *expression, *timezone;
    bool is_enabled;
    int64_t next; /* wall ms; 0: never */
    int64_t skipped;
    const char *last_call; /* NULL: none yet */
};
void schedules_each(void (*visit)(void *arg, const struct schedule_view *view), void *arg);

#endif
