/* SPDX-License-Identifier: MIT */
/* A page without handler groups the routes of its folder: it shows their list, and they take over its access rule. */
#include <interlude.h>

IL_PAGE(NULL, .name = "Examples", .description = "Every input and every display of the SDK");
