/* SPDX-License-Identifier: MIT */
/*
 * The threads that run handlers: made when needed, small stacks behind a guard, kept for a while when idle, and cheap
 * while parked. What runs on them is runs.c and function.c.
 */
#ifndef RUNTIME_THREAD_H
#define RUNTIME_THREAD_H

#include <stdatomic.h>
#include <stdint.h>

enum { THREAD_STACK = 256 << 10, THREAD_GUARD = 64 << 10 };

void thread_init(void); /* once, before the first thread */

/*
 * Runs run(arg) on a thread of the pool, at once unless the system refuses another thread; then as soon as one is
 * free. Any thread.
 */
void thread_run(void (*run)(void *arg), void *arg);

/*
 * Waits until *word is not `seen` (may return earlier, look again), at most timeout_ms (negative: no end). A wait
 * that lasts gives the unused part of the stack back to the system.
 */
void thread_park(_Atomic uint32_t *word, uint32_t seen, int64_t timeout_ms);

/* What thread_park does with the stack, for threads that wait in another way. */
void thread_trim_stack(void);

#endif
