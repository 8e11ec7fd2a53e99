/* SPDX-License-Identifier: MIT */
/* The two clocks: monotonic for waiting and measuring, wall for what people and rows see. Any thread. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline int64_t
clock_mono_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static inline int64_t
clock_mono_ms(void)
{
    return clock_mono_us() / 1000;
}

static inline int64_t
clock_wall_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static inline int64_t
clock_wall_ms(void)
{
    return clock_wall_us() / 1000;
}

#endif
