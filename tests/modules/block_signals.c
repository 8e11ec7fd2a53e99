/* SPDX-License-Identifier: MIT */
/* Blocks and ignores every signal it can. */
#include "both.h"

#include <signal.h>

static void
block_signals(void)
{
    sigset_t all;

    sigfillset(&all);
    for (int number = 1; number < 32; number++)
        signal(number, SIG_IGN);
    sigprocmask(SIG_BLOCK, &all, NULL);
}
BOTH(block_signals);
