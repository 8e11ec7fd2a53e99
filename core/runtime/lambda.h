/* SPDX-License-Identifier: MIT */
/* Lambda-proxy results (functions.md 1.7): from a handler's JSON to an answer, and from a typed answer to JSON. */
#ifndef RUNTIME_LAMBDA_H
#define RUNTIME_LAMBDA_H

#include "runtime/request.h"

/* ---- api.c */
il_status lambda_respond(il_response *res, const char *json);

/* The answer of a typed handler to a call that did not come through HTTP, as a result. false: it is too large. */
bool lambda_put_answer(struct buf *json, const il_response *res) MUST_CHECK;

#endif
