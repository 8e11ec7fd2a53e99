/* SPDX-License-Identifier: MIT */
/* What the processes of a service get as their environment, with secrets opened. Blocks: api threads, or a start. */
#ifndef FUNCTION_SERVICE_ENVIRONMENT_H
#define FUNCTION_SERVICE_ENVIRONMENT_H

#include "function/service.h"
#include "function/service_problem.h"

struct node;
struct secrets;
struct store;

struct environment_spec {
    struct store *store;
    const struct secrets *secrets;
    const char *organization_id; /* whose ${secret:…} may be named */
    bool is_offline;             /* `interlude dev`, as serverless-offline says it */
    bool with_routes;
};

/*
 * One list of "NAME=value" for each function and with_routes one for its routes; NULL at the end of
 * each and of all. Secrets in texts that are used in
 * this process are put in their places: the service is still the caller's alone. root: of the file, for places of
 * problems; NULL: there is none.
 */
char ***service_environments(struct service *service, const struct environment_spec *spec, const struct node *root,
                             struct service_problems *problems);
void service_environments_free(char ***environments); /* NULL is fine */

#endif
