/* SPDX-License-Identifier: MIT */
/* Writes what is no text to stdout and stderr, a lot of it, without line ends. */
#include "both.h"

#include <stdio.h>

static void
garbage_stdout(void)
{
    for (int i = 0; i < 100000; i++) {
        putc(i % 256, stdout);
        putc(255 - i % 256, stderr);
    }
}
BOTH(garbage_stdout);
