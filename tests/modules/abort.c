/* SPDX-License-Identifier: MIT */
/* Dies of SIGABRT. */
#include "both.h"

#include <stdlib.h>

static void
call_abort(void)
{
    abort();
}
BOTH(call_abort);
