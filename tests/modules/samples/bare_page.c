/* SPDX-License-Identifier: MIT */
/* A page that only groups the routes below it. */
#include <interlude.h>
IL_PAGE(NULL);
