/* SPDX-License-Identifier: MIT */
/* Removing the files of runs that ended long ago (local.h). The rows know when; an unknown run's folder goes by age. */
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "store/txn.h"
#include "upload/local_internal.h"

/* Two levels are all there is; a deeper one was not made by us and stays. */
static void
remove_folder(int parent, const char *name, int depth)
{
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    struct dirent *entry;

    if (!dir) {
        if (fd >= 0)
            close(fd);
        return;
    }
    while ((entry = readdir(dir))) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (unlinkat(dirfd(dir), entry->d_name, 0) != 0 && depth > 0)
            remove_folder(dirfd(dir), entry->d_name, depth - 1);
    }
    closedir(dir);
    unlinkat(parent, name, AT_REMOVEDIR);
}

/* Folders are made before the addresses are handed out, so an age is always known. */
static bool
is_old(const char *id, int64_t ended_before)
{
    int64_t changed_at = 0;
    bool is_open = false;
    struct stat info;
    struct err err;

    if (!store_txn_last_change(upload_local_state.spec.store, id, &changed_at, &is_open, &err)) {
        log_error("upload", "cannot read when run %s ended: %s", id, err.text);
        return false;
    }
    if (!changed_at && fstatat(upload_local_state.dir_fd, id, &info, AT_SYMLINK_NOFOLLOW) == 0)
        changed_at = (int64_t)info.st_mtime * 1000;
    return !is_open && changed_at < ended_before;
}

void
upload_local_sweep(int64_t ended_before)
{
    int fd = openat(upload_local_state.dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    struct dirent *entry;
    struct uuid id;

    if (!dir && fd >= 0)
        close(fd);
    while (dir && (entry = readdir(dir)))
        if (uuid_parse(str_of(entry->d_name), &id) && is_old(entry->d_name, ended_before))
            remove_folder(upload_local_state.dir_fd, entry->d_name, 1);
    if (dir)
        closedir(dir);
}
