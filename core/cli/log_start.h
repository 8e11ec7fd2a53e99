/* SPDX-License-Identifier: MIT */
/* From when on: --startTime of `interlude logs`. */
#ifndef CLI_LOG_START_H
#define CLI_LOG_START_H

#include <stdint.h>

#include "base/err.h"

/*
 * 30s, 20m, 2h, 1d before now; an ISO date or time, of UTC unless an offset stands behind it; seconds or ms since 1970.
 * now, *at: ms since 1970.
 */
bool log_start_read(const char *text, int64_t now, int64_t *at, struct err *err) MUST_CHECK;

#endif
