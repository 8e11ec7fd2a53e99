/* SPDX-License-Identifier: MIT */
/* Recurses until it meets the guard below its stack: SIGSEGV. */
#include "both.h"

static int
dig(volatile char *above, int depth)
{
    volatile char here[1000];

    here[0] = *above;
    return depth < 0 ? 0 : dig(here, depth + 1) + here[0];
}

static void
stack_overflow(void)
{
    volatile char top = 1;

    dig(&top, 0);
}
BOTH(stack_overflow);
