/* SPDX-License-Identifier: MIT */
/*
 * What compiling a route needs, out of the server and onto the disk: the headers of sdk-headers below DATA/sdk-headers,
 * and the compiler flags that belong to them. Control thread, or a command.
 */
#ifndef HOST_SDK_H
#define HOST_SDK_H

#include "base/arena.h"
#include "base/err.h"

struct sdk {
    const char *dir;    /* DATA/sdk-headers */
    const char **flags; /* of module-flags, flag_count of them, NULL behind the last */
    size_t flag_count;
    unsigned char hash[32]; /* of everything in it */
};

/* Writes the files out if others are there. Texts live in the arena. */
bool sdk_open(struct sdk *sdk, struct arena *arena, const char *data_dir, struct err *err) MUST_CHECK;

#endif
