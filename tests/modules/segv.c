/* SPDX-License-Identifier: MIT */
/* Dies of SIGSEGV. */
#include "both.h"

static void
segv(void)
{
    int *volatile nowhere = (int *)8;

    *nowhere = 1;
}
BOTH(segv);
