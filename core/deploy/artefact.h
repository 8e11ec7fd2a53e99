/* SPDX-License-Identifier: MIT */
/*
 * Reading an artefact that somebody made (functions.md 2.3): everything in it is checked against its manifest, names
 * and kinds of files against tricks, modules by their bytes. Nothing is run, and nothing is written but by `take`. Any
 * thread; blocks.
 */
#ifndef DEPLOY_ARTEFACT_H
#define DEPLOY_ARTEFACT_H

#include "deploy/package.h"

/* One file after the other, checked; the name is relative and tidy. false ends it; the reason is then in err. */
typedef bool artefact_take(void *arg, const char *name, struct str bytes, bool is_executable, struct err *err);

/*
 * Fills the package and gives its service (one reference), as the manifest has it. `take` may be NULL. NULL: problems
 * has at least one error, and what was taken is not to be used. package_fini in both cases.
 */
struct service *artefact_read(struct package *package, const char *path, artefact_take *take, void *arg,
                              struct service_problems *problems) MUST_CHECK;

#endif
