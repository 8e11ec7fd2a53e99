/* SPDX-License-Identifier: MIT */
/* The Range of a download and the Content-Range of an upload (RFC 9110 14). Pure. */
#ifndef UPLOAD_RANGE_H
#define UPLOAD_RANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct range {
    int64_t at, count; /* count 0: nothing of it is there */
};

/* "bytes=2-5", "bytes=2-", "bytes=-3". false: several ranges, or none of these: to be ignored. */
bool range_read(struct str text, int64_t size, struct range *range);

/* "bytes 0-99/1000" of a body with `len` bytes, or "bytes * /1000" (without the blank) and none. */
bool content_range_read(struct str text, int64_t len, int64_t *at, int64_t *total);

#endif
