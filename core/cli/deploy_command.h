/* SPDX-License-Identifier: MIT */
/* What deploy, deploy list, rollback, remove and info share: the service of this directory, and a server's API. */
#ifndef CLI_DEPLOY_COMMAND_H
#define CLI_DEPLOY_COMMAND_H

#include "cli/deploy_api.h"
#include "cli/service.h"

/* clang-format off */
#define DEPLOY_OPTIONS                                                                                 \
    SERVICE_OPTIONS,                                                                                   \
    { "server", "URL", "Address of the server; default: INTERLUDE_URL, else the first 'login' has kept" }, \
    { "json", NULL, "Print what the server answers" }
#define DEPLOY_LETTERS SERVICE_LETTERS "--"
/* clang-format on */

struct deploy_command {
    const struct arguments *arguments;
    struct service_input input; /* input.service is there */
    struct deploy_api api;
    int64_t begun_ms; /* monotonic */
    bool is_legacy;   /* the layout of version 1 of the Serverless Framework */
};

/* false: it failed for the reason in err; with an empty err that was said before. */
typedef bool deploy_action(struct deploy_command *command, struct err *err);
int deploy_command_run(const struct arguments *arguments, deploy_action *action);

long long deploy_command_seconds(const struct deploy_command *command); /* since it began */

const char *deploy_region(const struct service *service); /* "local": it has none */

/* " -s staging --server …": what another command has to be given to mean the same service, when it was given here. */
const char *deploy_same_options(struct deploy_command *command);

/* "✔ " or "✖ ", in colour where the stream is a terminal that likes that. */
const char *deploy_mark(FILE *out, bool is_good);

void deploy_print_json(struct json answer);

/* The one that is live; NULL: nothing is. */
const struct deployment *deploy_live(const struct deployment *deployments, size_t count);

/* What 'deploy list' and 'rollback' show, newest first. */
void deploy_print_list(struct deploy_command *command, const struct deployment *deployments, size_t count);

#endif
