/* SPDX-License-Identifier: MIT */
/* A shared object, but no module: the author forgot the macro at the end. */
#include <interlude.h>

extern IL_EXPORT int something;
int something = 1;
