/* SPDX-License-Identifier: MIT */
/* Whole small files and directories on disk: read, written so that nobody sees half of them. Any thread; blocks. */
#ifndef HOST_DISK_H
#define HOST_DISK_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/* NUL-terminated behind .len; at most max_bytes. Missing files are errors too: errno says which kind. */
bool disk_read(struct arena *arena, const char *path, size_t max_bytes, struct str *text, struct err *err) MUST_CHECK;

/* Under another name first, renamed then; makes the directories above it (mode 0755 less umask). */
bool disk_write(const char *path, struct str content, struct err *err) MUST_CHECK;

bool disk_make_parents(const char *path, struct err *err) MUST_CHECK;

/* "a/./b/../c.h" -> "a/c.h"; leading ".." stay. Looks at the text only. */
char *disk_tidy(struct arena *arena, const char *path);

#endif
