/* SPDX-License-Identifier: MIT */
/*
 * Compressed tar archives, by libarchive, which is loaded when the first one is made or read: it brings a dozen
 * libraries along that a server which deploys nothing has no use for. One thread per archive.
 */
#ifndef DEPLOY_ARCHIVE_H
#define DEPLOY_ARCHIVE_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct archive_file; /* one that is open */

/* What stands in front of the bytes of an entry. Texts are valid until the next one. */
struct archive_item {
    const char *name; /* NULL: none that can be read */
    int64_t size;
    bool is_file; /* ordinary, and no link to another one */
    bool is_executable;
};

enum archive_next { ARCHIVE_ITEM, ARCHIVE_END, ARCHIVE_DAMAGED };

/* NULL: err says why. What is written does not depend on when, where and by whom. */
struct archive_file *archive_create(const char *path, struct err *err) MUST_CHECK;
struct archive_file *archive_open(const char *path, struct err *err) MUST_CHECK;
void archive_close(struct archive_file *file); /* NULL is fine */

bool archive_put(struct archive_file *file, const char *name, struct str bytes, bool is_executable,
                 struct err *err) MUST_CHECK;
bool archive_finish(struct archive_file *file, struct err *err) MUST_CHECK; /* all is written; archive_close follows */

enum archive_next archive_next(struct archive_file *file, struct archive_item *item, struct err *err) MUST_CHECK;
bool archive_read(struct archive_file *file, char *bytes, size_t size, struct err *err) MUST_CHECK; /* of that entry */

#endif
