/* SPDX-License-Identifier: MIT */
/*
 * Landlock can only allow. So everything beside the way from / down to the data directory is allowed, entry by entry:
 * for /srv/il/data that is all of / but srv, all of /srv but il, all of /srv/il but data. What is created in those
 * three directories later is not in the list, which is why tools cannot create files directly in an ancestor of
 * --data.
 */
#include "runtime/landlock.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* linux/landlock.h of later kernels */
#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13)
#endif
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif

/*
 * An ancestor with more entries than this (a shared /tmp) is not walked: starting a runner must stay a matter of
 * milliseconds.
 */
enum { MAX_ENTRIES = 2000 };

#define FILE_ACCESS (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE)
/* Listing and executing stay free: a name is no secret. */
#define TREE_ACCESS                                                                                                    \
    (FILE_ACCESS | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |     \
     LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |                        \
     LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM)

struct ruleset {
    int fd;
    uint64_t handled;
    int entries;
};

/* fd is O_PATH; closes it. A thing that vanished or cannot carry a rule is left out, that is: closed. */
static void
allow(struct ruleset *set, int fd, uint64_t access)
{
    struct landlock_path_beneath_attr rule = { .allowed_access = access & set->handled, .parent_fd = fd };
    struct stat info;

    if (fd < 0)
        return;
    if (fstat(fd, &info) == 0 && !S_ISDIR(info.st_mode))
        rule.allowed_access &= FILE_ACCESS | LANDLOCK_ACCESS_FS_TRUNCATE;
    syscall(SYS_landlock_add_rule, set->fd, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    close(fd);
}

/* All of a directory but one name. false: too many entries. */
static bool
allow_beside(struct ruleset *set, int dir_fd, const char *name)
{
    DIR *dir = fdopendir(dup(dir_fd));
    struct dirent *entry;

    if (!dir)
        return true; /* not readable for us, so nothing in it is opened by listing; what is inside stays closed */
    while ((entry = readdir(dir)) && set->entries < MAX_ENTRIES) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 || strcmp(entry->d_name, name) == 0 ||
            entry->d_type == DT_LNK)
            continue;
        set->entries++;
        allow(set, openat(dir_fd, entry->d_name, O_PATH | O_CLOEXEC | O_NOFOLLOW), ~0ull);
    }
    closedir(dir);
    return set->entries < MAX_ENTRIES;
}

/* Walks down a real path; false: too many entries on the way. */
static bool
allow_around(struct ruleset *set, const char *path)
{
    char copy[PATH_MAX], *rest = copy + 1, *name; /* a real path begins with one / */
    int dir = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool few = true;

    snprintf(copy, sizeof copy, "%s", path);
    while (few && dir >= 0 && (name = strsep(&rest, "/"))) {
        int next = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);

        few = allow_beside(set, dir, name);
        close(dir);
        dir = next;
    }
    if (dir >= 0)
        close(dir);
    return few;
}

/*
 * Where people's files lie, each run's in a folder whose name only its own run is told. What runs in the future is not
 * known yet, and rights cannot be added later.
 */
static int
open_uploads(const char *data_dir)
{
    int data = open(data_dir, O_PATH | O_CLOEXEC | O_DIRECTORY), uploads;

    uploads = openat(data, "uploads", O_PATH | O_CLOEXEC | O_DIRECTORY | O_NOFOLLOW);
    if (data >= 0)
        close(data);
    return uploads;
}

/* Only what is closed has to be opened; the directory of a service in development holds data_dir itself. */
static bool
is_below(const char *path, const char *data_dir)
{
    char real[PATH_MAX];
    size_t len = strlen(data_dir);

    return path && realpath(path, real) && strncmp(real, data_dir, len) == 0 && real[len] == '/';
}

static uint64_t
handled_access(long abi)
{
    return TREE_ACCESS | (abi >= 2 ? LANDLOCK_ACCESS_FS_REFER : 0) | (abi >= 3 ? LANDLOCK_ACCESS_FS_TRUNCATE : 0);
}

bool
landlock_enter(const struct landlock_paths *paths, struct err *err)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    struct landlock_ruleset_attr attr;
    struct ruleset set = { 0 };
    char real[PATH_MAX];
    bool ok = true;

    if (abi < 1 || !paths->data_dir || !realpath(paths->data_dir, real))
        return true;
    set.handled = attr.handled_access_fs = handled_access(abi);
    set.fd = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr.handled_access_fs, 0);
    if (set.fd < 0)
        return err_set_errno(err, "landlock_create_ruleset");
    if (allow_around(&set, real)) {
        allow(&set, open(paths->readable_file, O_PATH | O_CLOEXEC), LANDLOCK_ACCESS_FS_READ_FILE);
        allow(&set, open_uploads(real), LANDLOCK_ACCESS_FS_READ_FILE);
        if (paths->own_dir)
            allow(&set, open(paths->own_dir, O_PATH | O_CLOEXEC | O_DIRECTORY), ~0ull);
        if (is_below(paths->task_root, real))
            allow(&set, open(paths->task_root, O_PATH | O_CLOEXEC | O_DIRECTORY), LANDLOCK_ACCESS_FS_READ_FILE);
        ok = syscall(SYS_landlock_restrict_self, set.fd, 0) == 0 || err_set_errno(err, "landlock_restrict_self");
    } else {
        fprintf(stderr, "interlude-runner: %s is open to modules: a directory above it has more than %d entries\n",
                real, MAX_ENTRIES);
    }
    close(set.fd);
    return ok;
}
