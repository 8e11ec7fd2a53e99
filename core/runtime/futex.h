/* SPDX-License-Identifier: MIT */
/*
 * Waiting for a word of this process to change (futex(2)): four bytes per waiter, which matters when 10,000 threads
 * are parked.
 */
#ifndef RUNTIME_FUTEX_H
#define RUNTIME_FUTEX_H

#include <limits.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/*
 * Returns when the word is no longer `seen`, was woken, a signal came, or timeout_ms (negative: none) is over: look
 * again.
 */
static inline void
futex_wait(_Atomic uint32_t *word, uint32_t seen, int64_t timeout_ms)
{
    struct timespec timeout = { .tv_sec = timeout_ms / 1000, .tv_nsec = timeout_ms % 1000 * 1000000 };

    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, seen, timeout_ms < 0 ? NULL : &timeout, NULL, 0);
}

static inline void
futex_wake_all(_Atomic uint32_t *word)
{
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

#endif
