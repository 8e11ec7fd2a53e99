/* SPDX-License-Identifier: MIT */
/*
 * Files that people upload into runs (io-methods.md 12, server.md 5.5): one interface, whoever keeps them. local.h
 * keeps them in the data directory; an object store would be another struct upload_ops. Api threads.
 */
#ifndef UPLOAD_UPLOAD_H
#define UPLOAD_UPLOAD_H

#include "base/arena.h"
#include "base/err.h"
#include "base/id.h"

#define UPLOAD_PUT_MS ((int64_t)3600 * 1000)       /* how long an upload address is good */
#define UPLOAD_GET_MS ((int64_t)48 * 3600 * 1000)  /* and a download address */
#define UPLOAD_KEPT_MS ((int64_t)48 * 3600 * 1000) /* how long files stay after the run has ended */

/* Names one file: transaction/group/key, which is also where it lies. */
struct upload_object {
    struct uuid transaction, group;
    const char *key; /* upload_key_is_valid */
};

struct upload_urls {
    const char *put, *get; /* absolute */
};

struct upload_ops {
    /*
     * Addresses for one file, good from `now` on. origin: how the browser reaches this server ("http://host:port"), so
     * that it need not leave it; NULL: unknown.
     */
    bool (*urls)(struct arena *arena, const struct upload_object *object, const char *origin, int64_t now,
                 struct upload_urls *urls, struct err *err);
    /* Removes the files of runs that ended before `ended_before`; now and then. */
    void (*sweep)(int64_t ended_before);
};

/* Letters, digits, '_', '-', '.' and ':', not beginning with '.', at most 100: safe as a file name. */
bool upload_key_is_valid(const char *key);

#endif
