/* SPDX-License-Identifier: MIT */
/* Leaves a thread behind that never ends. */
#include "both.h"

#include <pthread.h>
#include <unistd.h>

static void *
stay(void *arg)
{
    for (;;)
        pause();
    return arg;
}

static void
leave_threads(void)
{
    pthread_t thread;

    if (pthread_create(&thread, NULL, stay, NULL) == 0)
        pthread_detach(thread);
}
BOTH(leave_threads);
