/* SPDX-License-Identifier: MIT */
/* The package that a command sends: made here for the machine it goes to, or made before. */
#ifndef CLI_DEPLOY_PACKAGE_H
#define CLI_DEPLOY_PACKAGE_H

#include "cli/deploy_command.h"
#include "deploy/package.h"

struct deploy_package {
    struct json listed; /* what the server said of its deployments, and of itself */
    const char *only;   /* a package of this function; NULL: of the service */
    bool is_config_only;
};

/* false: it was said why. package_fini in both cases. */
bool deploy_package_make(struct deploy_command *command, const struct deploy_package *wanted,
                         struct package *package) MUST_CHECK;

/* How far it is: on a terminal for people; in the old layout always, as its readers expect. */
void deploy_step(const struct deploy_command *command, const char *step);

#endif
