/* SPDX-License-Identifier: MIT */
/* Parameters that a request must have (functions.md 1.12, `request.parameters`). Any thread. */
#ifndef FUNCTION_PARAMETERS_H
#define FUNCTION_PARAMETERS_H

#include "function/service.h"
#include "http/request.h"

/*
 * Writes what is missing, as "a, b"; nothing: the request has all of them. Parameters of the path are always there:
 * otherwise the path would not have matched.
 */
void parameters_missing(const struct service_endpoint *endpoint, const struct http_request *request, struct buf *names);

/* The next pair of a query, decoded into the arena; moves *rest behind it. false: no more. */
bool query_next(struct arena *arena, struct str *rest, struct str *name, struct str *value);

/*
 * The value of the first parameter of that name in a query as sent, decoded ('+' is a blank) into the arena and
 * NUL-terminated. p NULL: not there; one without '=' is "".
 */
struct str query_parameter(struct arena *arena, struct str query, struct str name);

/*
 * All values of that name with commas between them, so that who decides by one of them and who reads another one are
 * not led apart by a request that has two. p NULL: there is none. The name of a header has any case.
 */
struct str query_values(struct arena *arena, struct str query, struct str name);
struct str header_values(struct arena *arena, const struct http_request *request, struct str name);

#endif
