/* SPDX-License-Identifier: MIT */
/*
 * Uploaded files in the data directory: DATA/uploads/<transaction>/<group>/<key>, with the media type beside each in
 * .<key>.type and what has arrived so far of an unfinished one in .<key>.part. Tokens name files, never paths. Who may
 * have addresses is api/upload.c, HTTP is serve.h. Api threads: everything here reads and writes files.
 */
#ifndef UPLOAD_LOCAL_H
#define UPLOAD_LOCAL_H

#include "auth/secrets.h"
#include "store/store.h"
#include "upload/upload.h"

struct upload_local_spec {
    struct store *store; /* knows which runs have ended */
    const struct secrets *secrets;
    const char *dir, *app_url; /* DATA/uploads */
    int64_t max_bytes;         /* of all files of one run */
};

extern const struct upload_ops upload_local;

bool upload_local_init(const struct upload_local_spec *spec, struct err *err) MUST_CHECK;
const struct upload_local_spec *upload_local_spec(void);

/* Where a part of a file goes. A whole file is one part from 0. */
struct upload_part {
    struct str bytes;
    int64_t at, total;
    bool is_question; /* nothing is written: how much is there? */
    const char *type; /* media type; NULL: unknown */
};

enum upload_verdict {
    UPLOAD_DONE,  /* the file is complete */
    UPLOAD_MORE,  /* *have bytes are there; the next part begins behind them */
    UPLOAD_GONE,  /* the run has ended, its files are gone */
    UPLOAD_BUSY,  /* another request writes to it */
    UPLOAD_LARGE, /* the run's files together would be larger than allowed */
    UPLOAD_FULL,  /* no room on the disk */
    UPLOAD_ERROR,
};

enum upload_verdict upload_local_put(const struct upload_object *object, const struct upload_part *part, int64_t *have,
                                     struct err *err) MUST_CHECK;

/* An open descriptor, or -1: there is no such file. type is "" when unknown. */
int upload_local_open(const struct upload_object *object, int64_t *size, char *type, size_t type_size);

#endif
