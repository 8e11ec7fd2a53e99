/* SPDX-License-Identifier: MIT */
/*
 * Access logs (provider.logs.restApi, provider.logs.httpApi): a line per request in the format that the service gives,
 * with $context.* as AWS names them; what is not known here is "-". They are kept like the logs of functions
 * (journal.h), under the name SERVICE-STAGE/access. Http threads, unless said otherwise.
 */
#ifndef FUNCTION_ACCESS_LOG_H
#define FUNCTION_ACCESS_LOG_H

#include "function/stream.h"

struct access_entry {
    const struct endpoint *endpoint;
    struct http_request *request;
    const struct function_call *call; /* NULL: a preflight */
    unsigned status;
    struct str body;
};

/* The format for such an address; NULL: it is not noted. Any thread. */
const char *access_log_format(const struct service *service, bool answers_as_v2);

enum { ACCESS_LOG_NAME = 2 * SERVICE_MAX_NAME + 16 };
void access_log_name(const struct service *service, char name[ACCESS_LOG_NAME]); /* any thread */

void access_log_note(const struct access_entry *entry);

#endif
