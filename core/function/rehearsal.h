/* SPDX-License-Identifier: MIT */
/*
 * Calls of a service before it serves (deploy/canary.c): routing, event, process and result are those of any call, but
 * nobody else finds its addresses, no statistics count it, and neither key nor authorizer is asked for. Control thread.
 */
#ifndef FUNCTION_REHEARSAL_H
#define FUNCTION_REHEARSAL_H

#include "function/call.h"

struct rehearsal_request {
    const char *method;
    const char *path; /* below the place of the service, with its query: "/quote?id=7" */
    const char *body; /* NULL: none */
};

struct rehearsal_answer {
    unsigned status;      /* what a caller would get; 0: there was no answer in time */
    const char *function; /* its key; NULL: no function has this address */
    const char *text;     /* the beginning of the body, or why there is none */
    bool is_lost;         /* the function gave no answer: its process may have ended */
};

typedef void rehearsal_answered(void *arg, const struct rehearsal_answer *answer);

/*
 * From now on runners of these versions get their streams, so that they are warm when they are served: functions of
 * `live` first, then whatever else becomes live with it.
 */
struct rehearsal *rehearsal_new(const struct live_service *live, struct version *const *versions, size_t version_count);
/* `answered` comes once, from the loop. One at a time. */
void rehearsal_call(struct rehearsal *rehearsal, const struct rehearsal_request *request, rehearsal_answered *answered,
                    void *arg);
/* Nothing is told any more. */
void rehearsal_free(struct rehearsal *rehearsal);

#endif
