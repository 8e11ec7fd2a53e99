/* SPDX-License-Identifier: MIT */
/*
 * Where one HTTP/1 request ends, decided strictly on the raw bytes before h2o sees them: whatever two parsers could
 * read in two ways (RFC 9112 section 11.2) is refused. Pure: knows no socket. gate.c feeds it and acts on the verdict.
 */
#ifndef HTTP_GUARD_H
#define HTTP_GUARD_H

#include "base/str.h"
#include "http/limits.h"

enum guard_verdict {
    GUARD_MORE, /* the request is not complete yet */
    GUARD_DONE, /* complete; `size` bytes belong to it */
    GUARD_BAD   /* refuse with `status`, close */
};

struct guard {
    enum { GUARD_REQUEST_LINE, GUARD_FIELDS, GUARD_LENGTH, GUARD_CHUNK_SIZE, GUARD_CHUNK_DATA, GUARD_TRAILER } part;
    size_t line;      /* where the line or chunk being read starts; all offsets count from the request's first byte */
    size_t scanned;   /* no line end between `line` and here */
    size_t head_size; /* 0 until the head is complete */
    size_t size;      /* of the whole request, once known */
    size_t body;      /* bytes of content announced so far */
    size_t expect_at; /* where the Expect line starts, 0: there is none */
    size_t chunk;     /* size of the chunk being read */
    unsigned line_count;
    bool is_http10, skipped_line, has_host, has_length, has_coding;

    unsigned status;    /* GUARD_BAD: 400, 413, 414, 417, 431, 505 */
    const char *reason; /* GUARD_BAD: one sentence, a literal */
};

void guard_init(struct guard *guard);

/*
 * `in` holds the request from its first byte on, as far as it has arrived, and possibly what follows it. May be called
 * again with more (and at another address): what has been looked at is not looked at again.
 */
enum guard_verdict guard_check(struct guard *guard, const struct http_limits *limits, struct str in);

static inline bool
guard_has_head(const struct guard *guard)
{
    return guard->head_size != 0;
}

#endif
