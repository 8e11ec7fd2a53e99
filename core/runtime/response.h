/* SPDX-License-Identifier: MIT */
/* The answer of a function, from what its handler says to the frame. What is asked for is request.h. */
#ifndef RUNTIME_RESPONSE_H
#define RUNTIME_RESPONSE_H

#include "runtime/request.h"

/* ---- api.c */
il_status response_header(il_response *res, const char *name, const char *value);
il_status response_body(il_response *res, int status, const char *type, const void *body, size_t len);

/* Forgets what was set; the memory stays. */
void response_clear(il_response *res);

#endif
