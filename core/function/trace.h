/* SPDX-License-Identifier: MIT */
/*
 * What a caller has sent so that others find its call again: trace ids of AWS and W3C, an id of its own. Http threads.
 */
#ifndef FUNCTION_TRACE_H
#define FUNCTION_TRACE_H

#include "function/stream.h"

enum { TRACE_TEXT = 512 };

/* "\tTraceId: Root=1-…\tTraceparent: 00-…\tCallId: …" for the log of the function; "": nothing was sent. */
const char *trace_text(const struct function_call *call, char text[TRACE_TEXT]);

#endif
