/* SPDX-License-Identifier: MIT */
/* Error texts (err.h). */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool
err_set(struct err *err, const char *fmt, ...)
{
    if (err) {
        va_list args;

        va_start(args, fmt);
        vsnprintf(err->text, sizeof err->text, fmt, args);
        va_end(args);
    }
    return false;
}

bool
err_set_errno(struct err *err, const char *fmt, ...)
{
    int number = errno;

    if (err) {
        va_list args;
        size_t len;

        va_start(args, fmt);
        vsnprintf(err->text, sizeof err->text, fmt, args);
        va_end(args);
        len = strlen(err->text);
        snprintf(err->text + len, sizeof err->text - len, ": %s", strerror(number));
    }
    return false;
}

bool
err_prefix(struct err *err, const char *fmt, ...)
{
    if (err) {
        struct err old = *err;
        va_list args;
        size_t len;

        va_start(args, fmt);
        vsnprintf(err->text, sizeof err->text, fmt, args);
        va_end(args);
        len = strlen(err->text);
        snprintf(err->text + len, sizeof err->text - len, ": %s", old.text);
    }
    return false;
}

noreturn void
assert_failed(const char *what, const char *file, int line)
{
    fprintf(stderr, "interlude: broken invariant at %s:%d: %s. Please report this.\n", file, line, what);
    abort();
}
