/* SPDX-License-Identifier: MIT */
/* The runner executable (program.h). */
#include "host/program.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "host/runner_image.h"

extern char **environ;

static int image_fd = -1;

bool
program_open(struct err *err)
{
    const unsigned char *at = runner_image_start;
    int fd = memfd_create("interlude-runner", MFD_CLOEXEC | MFD_ALLOW_SEALING);

    if (fd < 0)
        return err_set_errno(err, "cannot prepare the runner (memfd_create)");
    while (at < runner_image_end) {
        ssize_t n = write(fd, at, (size_t)(runner_image_end - at));

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            err_set_errno(err, "cannot prepare the runner (write to a memfd)");
            close(fd);
            return false;
        }
        at += n;
    }
    if (fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0) {
        err_set_errno(err, "cannot seal the runner");
        close(fd);
        return false;
    }
    image_fd = fd;
    return true;
}

int
program_fd(void)
{
    return image_fd;
}

static bool
is_passed_on(const char *variable)
{
    static const char *const names[] = { "PATH=", "HOME=", "LANG=", "TZ=", "TMPDIR=", "USER=" };

    if (strncmp(variable, "LC_", 3) == 0)
        return true;
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (strncmp(variable, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

static bool
has_name(char *const *list, const char *variable)
{
    size_t len = strcspn(variable, "=") + 1;

    for (; list && *list; list++)
        if (strncmp(*list, variable, len) == 0)
            return true;
    return false;
}

const char **
program_environment(const char *extra, char *const *more)
{
    const char **env;
    size_t count = 0, more_count = 0, at = 0;

    while (environ[count])
        count++;
    while (more && more[more_count])
        more_count++;
    env = mem_alloc((count + more_count + 2) * sizeof *env);
    for (size_t i = 0; i < count; i++)
        if (is_passed_on(environ[i]) && !has_name(more, environ[i]))
            env[at++] = environ[i];
    for (size_t i = 0; i < more_count; i++)
        env[at++] = more[i];
    if (extra)
        env[at] = extra;
    return env;
}
