/* SPDX-License-Identifier: MIT */
/*
 * Why something failed, in words for the person who can fix it: what was attempted, on what, what was found, what to
 * do. Functions that can fail because of the world return bool (true = done) and fill a struct err that the caller
 * owns.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>
#include <stdnoreturn.h>

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))

struct err {
    char text[512]; /* always terminated; "" = no error */
};

/* Fills err (which may be NULL) and returns false, so that callers can write `return err_set(…)`. Any thread. */
bool err_set(struct err *err, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* As err_set, with ": <strerror(errno)>" at the end; errno is read before anything else. */
bool err_set_errno(struct err *err, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Puts "<context>: " in front of what err already says; returns false. */
bool err_prefix(struct err *err, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* A broken invariant of ours: says where, then aborts. Never for anything that comes from outside. */
noreturn void assert_failed(const char *what, const char *file, int line);
#define ASSERT(x) ((x) ? (void)0 : assert_failed(#x, __FILE__, __LINE__))

#endif
