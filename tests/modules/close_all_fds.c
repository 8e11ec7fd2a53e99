/* SPDX-License-Identifier: MIT */
/* Closes what it does not own: the link to the server, among others. */
#include "both.h"

#include <unistd.h>

static void
close_all_fds(void)
{
    for (int fd = 0; fd < 1000; fd++)
        close(fd);
}
BOTH(close_all_fds);
