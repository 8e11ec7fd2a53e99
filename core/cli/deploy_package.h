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

/* Makes the package live and sees it through its watch window, if it has one. `step` names that for people. */
bool deploy_package_upload(struct deploy_command *command, const struct package *package, const char *step,
                           struct json *answer, struct err *err) MUST_CHECK;

#endif
