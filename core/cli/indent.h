/* SPDX-License-Identifier: MIT */
/* JSON for people: a valid text with each member on a line of its own. */
#ifndef CLI_INDENT_H
#define CLI_INDENT_H

#include <stdio.h>

#include "base/str.h"

enum { INDENT = 4 };

/* Indented by INDENT, a line end behind it. The text must have passed json_validate. */
void indent_print(struct str json, FILE *out);

#endif
