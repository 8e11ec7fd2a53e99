/* SPDX-License-Identifier: MIT */
/* What versions.c and unpack.c say to each other. */
#ifndef DEPLOY_VERSIONS_INTERNAL_H
#define DEPLOY_VERSIONS_INTERNAL_H

#include "deploy/versions.h"

#define VERSIONS_MARKER ".complete"

bool versions_sync_dir(const char *path, struct err *err) MUST_CHECK;
bool versions_delete_tree(const char *path);
bool versions_write_all(int fd, struct str bytes) MUST_CHECK;

#endif
