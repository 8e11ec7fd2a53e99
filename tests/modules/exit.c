/* SPDX-License-Identifier: MIT */
/* Ends the process as if it were its own. */
#include "both.h"

#include <stdlib.h>

static void
call_exit(void)
{
    exit(7);
}
BOTH(call_exit);
