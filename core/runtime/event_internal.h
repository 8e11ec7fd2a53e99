/* SPDX-License-Identifier: MIT */
/* What the files of an event share: event.c the documents, event_parts.c names with values, event_body.c the body. */
#ifndef RUNTIME_EVENT_INTERNAL_H
#define RUNTIME_EVENT_INTERNAL_H

#include "json/write.h"
#include "runtime/event.h"
#include "runtime/fields.h"

struct event {
    il_request *req;
    const il_call_info *call;
    enum event_kind kind;
    struct json_out out;
    struct fields headers, query;
    const char *path; /* the function's own part */
    char time[64];
};

const char *event_context(const struct event *event, const char *key); /* "": not told */

/* event_parts.c. false: no memory */
bool event_gather(struct event *event) MUST_CHECK;                        /* headers and query */
void event_put_last(struct json_out *out, const struct fields *fields);   /* one value per name: the last */
void event_put_lists(struct json_out *out, const struct fields *fields);  /* a list per name */
void event_put_joined(struct json_out *out, const struct fields *fields); /* all values of a name, commas between */
void event_put_cookies(struct event *event);                              /* "cookies", if there are any */
void event_put_params(struct event *event);                               /* "pathParameters", or null */

void event_put_body(struct event *event); /* event_body.c: "body" and "isBase64Encoded" */

#endif
