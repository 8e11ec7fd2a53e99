/* SPDX-License-Identifier: MIT */
/*
 * One line on a terminal that says what is being waited for, and moves: on stderr, gone when it is over. Where stderr
 * is no terminal, or one that cannot move back, nothing is written. One at a time.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "base/buf.h"

void progress_begin(const char *text);
void progress_say(const char *fmt, ...) PRINTF_LIKE(1, 2); /* another text from now on */
void progress_end(void);

#endif
