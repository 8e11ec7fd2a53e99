/* SPDX-License-Identifier: MIT */
/* The capped growing buffer (buf.h). */
#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void
buf_init(struct buf *buf, size_t max_bytes)
{
    *buf = (struct buf){ .max = max_bytes };
}

void
buf_fini(struct buf *buf)
{
    free(buf->p);
    buf_init(buf, buf->max);
}

void
buf_clear(struct buf *buf)
{
    buf->len = 0;
    buf->over = false;
}

bool
buf_reserve(struct buf *buf, size_t more)
{
    size_t cap = buf->cap ? buf->cap : 64;

    if (buf->over || more > buf->max || buf->len > buf->max - more) {
        buf->over = true;
        return false;
    }
    while (cap < buf->len + more + 1) /* one more, so that buf_text never has to grow */
        cap *= 2;
    if (cap != buf->cap) {
        buf->p = mem_realloc(buf->p, cap);
        buf->cap = cap;
    }
    return true;
}

void
buf_put(struct buf *buf, const void *p, size_t len)
{
    if (len && buf_reserve(buf, len)) {
        memcpy(buf->p + buf->len, p, len);
        buf->len += len;
    }
}

void
buf_str(struct buf *buf, const char *s)
{
    buf_put(buf, s, strlen(s));
}

void
buf_char(struct buf *buf, char c)
{
    buf_put(buf, &c, 1);
}

void
buf_vprintf(struct buf *buf, const char *fmt, va_list args)
{
    va_list again;
    int len;

    va_copy(again, args);
    len = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    if (len < 0 || !buf_reserve(buf, (size_t)len + 1))
        return;
    vsnprintf(buf->p + buf->len, (size_t)len + 1, fmt, args);
    buf->len += (size_t)len;
}

void
buf_percent(struct buf *buf, struct str text, const char *plain)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.p[i];

        if ((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (c && strchr(plain, c)))
            buf_char(buf, (char)c);
        else
            buf_printf(buf, "%%%02X", c);
    }
}

void
buf_printf(struct buf *buf, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    buf_vprintf(buf, fmt, args);
    va_end(args);
}

const char *
buf_text(struct buf *buf)
{
    if (!buf->p)
        return "";
    buf->p[buf->len] = '\0';
    return buf->p;
}

char *
buf_take(struct buf *buf, size_t *len)
{
    char *p = buf->p ? buf->p : mem_alloc(1);

    p[buf->len] = '\0';
    if (len)
        *len = buf->len;
    buf_init(buf, buf->max);
    return p;
}

void
buf_drop(struct buf *buf, size_t len)
{
    ASSERT(len <= buf->len);
    buf->len -= len;
    if (buf->len)
        memmove(buf->p, buf->p + len, buf->len);
}
