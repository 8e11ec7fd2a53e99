/* SPDX-License-Identifier: MIT */
/* A page without handler: shows the list of the routes of its folder. */
#include <interlude.h>

IL_PAGE(NULL, .name = "Import", .description = "Get data in");
