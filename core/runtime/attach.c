/* SPDX-License-Identifier: MIT */
/* Connecting to the next server (attach.h). What is said to it is control.c's and runs.c's matter. */
#include "runtime/attach.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"

enum { RETRY_MS = 100 };

/* The pipe behind stdout and stderr has lost its reader: a handler that prints would die of SIGPIPE. */
static void
drop_output(void)
{
    int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);

    if (fd < 0)
        return;
    dup2(fd, STDOUT_FILENO);
    dup2(fd, STDERR_FILENO);
    close(fd);
}

static int
try_connect(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd;

    if (strlen(path) >= sizeof address.sun_path)
        return -1;
    memcpy(address.sun_path, path, strlen(path) + 1);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

int
attach_open(const char *path, int64_t end_ms)
{
    int fd = -1;

    drop_output();
    while (fd < 0 && clock_mono_ms() < end_ms) {
        poll(NULL, 0, RETRY_MS);
        fd = try_connect(path);
    }
    return fd;
}
