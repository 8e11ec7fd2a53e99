/* SPDX-License-Identifier: MIT */
/*
 * Who may call (functions.md 1.10 to 1.12): keys, usage plans, authorizers, required parameters, signatures of
 * webhooks. Asked before a call begins or is kept; http threads.
 */
#ifndef FUNCTION_ADMIT_H
#define FUNCTION_ADMIT_H

#include "function/keys.h"
#include "function/stream.h"

enum admission {
    ADMIT_YES,
    ADMIT_ANSWERED, /* it was refused, and has ended (function_refuse) */
    ADMIT_LATER,    /* function_call_admitted or function_refuse follows, on this thread */
};

/* Only for endpoints that are gated. */
enum admission admit(struct function_call *call);

/* The call ends: frees its grant. */
void admit_forget(struct function_call *call);

/* Control thread: once the http threads run, before anything becomes live; and when they have nothing left to do. */
void admit_start(const struct keys_spec *spec);
void admit_stop(void);

#endif
