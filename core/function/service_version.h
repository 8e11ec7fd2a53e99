/* SPDX-License-Identifier: MIT */
/* Ranges of versions as npm writes them, as far as a frameworkVersion needs them. */
#ifndef FUNCTION_SERVICE_VERSION_H
#define FUNCTION_SERVICE_VERSION_H

#include <stdbool.h>

/* May a version of major number `least` … `most` be in "^3.1 || >=4 <5"? What is not understood: yes. */
bool version_range_has(const char *range, int least, int most);

#endif
