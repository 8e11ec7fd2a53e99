/* SPDX-License-Identifier: MIT */
/* Temporary directories (scratch.h): DATA/tmp/PID-XXXXXX. */
#include "host/scratch.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "host/disk.h"

char *
scratch_make(struct arena *arena, const char *data_dir, struct err *err)
{
    char *dir = arena_printf(arena, "%s/tmp/%ld-XXXXXX", data_dir, (long)getpid());

    if (!disk_make_parents(dir, err))
        return NULL;
    if (mkdtemp(dir))
        return dir;
    err_set_errno(err, "cannot make a directory in %s/tmp", data_dir);
    return NULL;
}

void
scratch_remove(const char *dir)
{
    DIR *stream = opendir(dir);
    struct dirent *entry;

    while (stream && (entry = readdir(stream)))
        unlinkat(dirfd(stream), entry->d_name, 0);
    if (stream)
        closedir(stream);
    rmdir(dir);
}

static bool
is_left(const char *name, bool is_first_sweep)
{
    char *end;
    long pid = strtol(name, &end, 10);

    if (pid <= 0 || *end != '-')
        return false;
    return pid == getpid() ? is_first_sweep : kill((pid_t)pid, 0) != 0 && errno == ESRCH;
}

void
scratch_sweep(const char *data_dir)
{
    static bool has_swept;
    struct dirent *entry;
    struct arena arena;
    const char *tmp;
    DIR *stream;

    arena_init(&arena, 0);
    tmp = arena_printf(&arena, "%s/tmp", data_dir);
    stream = opendir(tmp);
    while (stream && (entry = readdir(stream)))
        if (is_left(entry->d_name, !has_swept))
            scratch_remove(arena_printf(&arena, "%s/%s", tmp, entry->d_name));
    if (stream)
        closedir(stream);
    arena_fini(&arena);
    has_swept = true;
}
