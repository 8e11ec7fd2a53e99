/* SPDX-License-Identifier: MIT */
/* A call of a rehearsal on its way: rehearsal.c makes it, request.c puts it into a frame. */
#ifndef FUNCTION_REHEARSAL_INTERNAL_H
#define FUNCTION_REHEARSAL_INTERNAL_H

#include <ev.h>

#include "function/internal.h"
#include "function/rehearsal.h"

enum { REHEARSAL_TEXT = 200 };

struct rehearsal_call {
    struct message message;
    struct rehearsal *of;         /* NULL: nobody wants to know any more */
    struct function_table *table; /* counted */
    struct endpoint_match found;  /* points into what is here */
    char *method, *path, *query, *body;
    ev_timer limit;
    rehearsal_answered *answered;
    void *arg;
    unsigned status;
    bool is_lost;
    char text[REHEARSAL_TEXT + 1];
};

#endif
