/* SPDX-License-Identifier: MIT */
/* Leaves a process behind that holds every descriptor it inherited, and never ends. */
#include "both.h"

#include <unistd.h>

static void
fork_child(void)
{
    if (fork() == 0)
        for (;;)
            pause();
}
BOTH(fork_child);
