/* SPDX-License-Identifier: MIT */
/* Files that the build put into the executable: packaging/build/embed.cmake writes the tables. */
#ifndef BASE_EMBEDDED_H
#define BASE_EMBEDDED_H

#include <stddef.h>

struct embedded_file {
    const char *path;                 /* relative, '/' between names */
    const unsigned char *start, *end; /* a NUL follows that is not counted */
};

#endif
