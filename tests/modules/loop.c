/* SPDX-License-Identifier: MIT */
/* Never comes back. */
#include "both.h"

static void
loop(void)
{
    for (volatile unsigned i = 0;; i++)
        ;
}
BOTH(loop);
