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
has_name(const char *const *list, const char *variable)
{
    size_t len = strcspn(variable, "=") + 1;

    for (; *list; list++)
        if (strncmp(*list, variable, len) == 0)
            return true;
    return false;
}

static size_t
count_of(const char *const *list)
{
    size_t count = 0;

    while (list && list[count])
        count++;
    return count;
}

const char **
program_environment(const char *const *own, char *const *more)
{
    const char *const *theirs = (const char *const *)more, *const *ours = (const char *const *)environ;
    const char **env = mem_alloc((count_of(own) + count_of(theirs) + count_of(ours) + 1) * sizeof *env);
    size_t at = 0;

    for (; own && *own; own++)
        env[at++] = *own;
    for (; theirs && *theirs; theirs++)
        if (!has_name(env, *theirs)) /* mem_alloc gives zeros: a list at any time */
            env[at++] = *theirs;
    for (; *ours; ours++)
        if (is_passed_on(*ours) && !has_name(env, *ours))
            env[at++] = *ours;
    return env;
}
