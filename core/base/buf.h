/* SPDX-License-Identifier: MIT */
/*
 * A growing byte buffer that cannot be made without a maximum. Past the maximum nothing more is kept and `over` is set.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct buf {
    char *p; /* not NUL-terminated; see buf_text */
    size_t len, cap, max;
    bool over; /* something did not fit; what is in p is incomplete */
};

void buf_init(struct buf *buf, size_t max_bytes);
void buf_fini(struct buf *buf);
void buf_clear(struct buf *buf);                /* keeps the memory */
char *buf_take(struct buf *buf, size_t *len);   /* hands the bytes (NUL-terminated) to the caller, who frees them */
const char *buf_text(struct buf *buf);          /* the bytes, NUL-terminated, until the next change */
bool buf_reserve(struct buf *buf, size_t more); /* false: would pass the maximum (and sets over) */
void buf_put(struct buf *buf, const void *p, size_t len);
void buf_str(struct buf *buf, const char *s);
void buf_char(struct buf *buf, char c);
/* As in URLs: what is neither a letter, a digit nor in `plain` as %XX. */
void buf_percent(struct buf *buf, struct str text, const char *plain);
void buf_printf(struct buf *buf, const char *fmt, ...) PRINTF_LIKE(2, 3);
void buf_vprintf(struct buf *buf, const char *fmt, va_list args) PRINTF_LIKE(2, 0);
void buf_drop(struct buf *buf, size_t len); /* removes from the front */

static inline struct str
buf_view(const struct buf *buf)
{
    return (struct str){ buf->p, buf->len };
}

#endif
