/* SPDX-License-Identifier: MIT */
/* Damages the heap; the C library notices and aborts. */
#include "both.h"

#include <stdlib.h>

static void
double_free(void)
{
    void *volatile p = malloc(2000), *volatile q = malloc(2000);

    free(p);
    free(p);
    free(q);
}
BOTH(double_free);
