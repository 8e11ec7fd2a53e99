/* SPDX-License-Identifier: MIT */
/* What the two halves of the framing guard share: guard.c (heads) and guard_body.c (chunked bodies). */
#ifndef HTTP_GUARD_PARTS_H
#define HTTP_GUARD_PARTS_H

#include "http/guard.h"

enum guard_verdict guard_refuse(struct guard *guard, unsigned status, const char *reason);

/* The next line without its '\n'; false: not there yet. */
bool guard_next_line(struct guard *guard, struct str in, struct str *line);
bool guard_strip_cr(struct str *line);

/* Splits a line into name and value; false: refused. The line is not empty. */
bool guard_field(struct guard *guard, const struct http_limits *limits, struct str line, struct str *name,
                 struct str *value);

enum guard_verdict guard_chunks(struct guard *guard, const struct http_limits *limits, struct str in);

#endif
