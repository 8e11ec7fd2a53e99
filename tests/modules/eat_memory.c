/* SPDX-License-Identifier: MIT */
/* Takes memory until somebody stops it. */
#include "both.h"

#include <stdlib.h>
#include <string.h>

static void
eat_memory(void)
{
    enum { STEP = 16 << 20 };

    for (;;) {
        char *more = malloc(STEP);

        if (!more)
            abort();
        memset(more, 1, STEP);
    }
}
BOTH(eat_memory);
