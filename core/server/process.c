/* SPDX-License-Identifier: MIT */
/* The data directory's lock, and limits (process.h). */
#include "server/process.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

enum { LOCK_TRIES = 50 };

void
process_raise_limits(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

/* A server that was killed leaves the lock for a moment to a process it was about to start. */
static bool
lock_soon(int fd)
{
    static const struct timespec pause = { .tv_nsec = 10 * 1000000 };

    for (int i = 0; i < LOCK_TRIES; i++) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0)
            return true;
        nanosleep(&pause, NULL);
    }
    return false;
}

bool
process_take_data(const char *data_dir, struct err *err)
{
    char *path = NULL;
    int fd;

    if (mkdir(data_dir, 0700) != 0 && errno != EEXIST)
        return err_set_errno(err, "cannot make the data directory %s", data_dir);
    if (asprintf(&path, "%s/lock", data_dir) < 0)
        return err_set(err, "out of memory");
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    free(path);
    if (fd < 0)
        return err_set_errno(err, "cannot write to the data directory %s", data_dir);
    if (!lock_soon(fd))
        return err_set(err,
                       "another interlude server uses the data directory %s; stop it, or choose another with --data",
                       data_dir);
    return true; /* the descriptor stays open as long as the process lives */
}
