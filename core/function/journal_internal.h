/* SPDX-License-Identifier: MIT */
/* What writing and reading of journals share. Any thread. */
#ifndef FUNCTION_JOURNAL_INTERNAL_H
#define FUNCTION_JOURNAL_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "function/journal.h"

void journal_time_text(int64_t at_ms, char text[JOURNAL_TIME + 1]);
/* The file of a day; false: the name cannot be one of a function. */
bool journal_path(const char *function, const char *day, char *path, size_t size);
int64_t journal_day_ms(const char *day); /* when a day began, wall clock */

#endif
