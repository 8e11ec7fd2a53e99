/* SPDX-License-Identifier: MIT */
/* Finding the next server after one died. */
#ifndef RUNTIME_ATTACH_H
#define RUNTIME_ATTACH_H

/* Tries to connect for 10 s; the new control stream, or -1. Output of the module goes to /dev/null from then on. */
int attach_open(const char *path);

#endif
