/* SPDX-License-Identifier: MIT */
/* Uploaded files in the data directory (local.h): addresses, parts, files. Removing them is local_sweep.c. */
#include "upload/local.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "upload/local_internal.h"
#include "upload/token.h"

struct upload_local_state upload_local_state;

const struct upload_local_spec *
upload_local_spec(void)
{
    return &upload_local_state.spec;
}

bool
upload_local_init(const struct upload_local_spec *spec, struct err *err)
{
    upload_local_state.spec = *spec;
    if (mkdir(spec->dir, 0700) != 0 && errno != EEXIST)
        return err_set_errno(err, "cannot make the directory of uploads %s", spec->dir);
    upload_local_state.dir_fd = open(spec->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return upload_local_state.dir_fd >= 0 || err_set_errno(err, "cannot open the directory of uploads %s", spec->dir);
}

/* The folder of a file's group; with `makes`, it is made. -1: it is not there. */
static int
open_group(const struct upload_object *object, bool makes)
{
    struct uuid_text transaction = uuid_format(object->transaction), group = uuid_format(object->group);
    char path[2 * UUID_TEXT_LEN + 2];

    snprintf(path, sizeof path, "%s/%s", transaction.s, group.s);
    if (makes && ((mkdirat(upload_local_state.dir_fd, transaction.s, 0700) != 0 && errno != EEXIST) ||
                  (mkdirat(upload_local_state.dir_fd, path, 0700) != 0 && errno != EEXIST)))
        return -1;
    return openat(upload_local_state.dir_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
}

static bool
make_urls(struct arena *arena, const struct upload_object *object, const char *origin, int64_t now,
          struct upload_urls *urls, struct err *err)
{
    const struct upload_local_spec *spec = &upload_local_state.spec;
    int group = open_group(object, true);

    if (group < 0)
        return err_set_errno(err, "cannot make room for uploads in %s", spec->dir);
    close(group);
    urls->put = arena_printf(arena, "%s/uploads/%s", origin ? origin : spec->app_url,
                             upload_token(arena, spec->secrets, UPLOAD_PUT, object, now + UPLOAD_PUT_MS));
    urls->get = arena_printf(arena, "%s/uploads/%s", spec->app_url,
                             upload_token(arena, spec->secrets, UPLOAD_GET, object, now + UPLOAD_GET_MS));
    return true;
}

const struct upload_ops upload_local = { .urls = make_urls, .sweep = upload_local_sweep };

/* ---- writing */

/* Name of what lies beside a file. */
struct beside {
    char s[128];
};

static struct beside
beside(const char *key, const char *what)
{
    struct beside name;

    snprintf(name.s, sizeof name.s, ".%s.%s", key, what);
    return name;
}

static int64_t
size_in(int dir_fd)
{
    int copy = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = copy < 0 ? NULL : fdopendir(copy);
    struct dirent *entry;
    int64_t bytes = 0;

    if (!dir && copy >= 0)
        close(copy);
    while (dir && (entry = readdir(dir))) {
        struct stat info;

        if (fstatat(dir_fd, entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(info.st_mode))
            bytes += info.st_size;
    }
    if (dir)
        closedir(dir);
    return bytes;
}

/* What all files of a run take. */
static int64_t
size_of_run(const struct upload_object *object)
{
    struct uuid_text transaction = uuid_format(object->transaction);
    int run = openat(upload_local_state.dir_fd, transaction.s, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    DIR *dir = run < 0 ? NULL : fdopendir(run);
    struct dirent *entry;
    int64_t bytes = 0;

    if (!dir && run >= 0)
        close(run);
    while (dir && (entry = readdir(dir))) {
        int group = entry->d_name[0] == '.'
                        ? -1
                        : openat(dirfd(dir), entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);

        if (group < 0)
            continue;
        bytes += size_in(group);
        close(group);
    }
    if (dir)
        closedir(dir);
    return bytes;
}

static bool
write_all(int fd, struct str bytes, int64_t at)
{
    while (bytes.len) {
        ssize_t sent = pwrite(fd, bytes.p, bytes.len, at);

        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return false;
        bytes.p += sent;
        bytes.len -= (size_t)sent;
        at += sent;
    }
    return true;
}

static bool
write_type(int group, const char *key, const char *type)
{
    struct beside name = beside(key, "type");
    int fd = openat(group, name.s, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool is_ok = fd >= 0 && write_all(fd, str_of(type), 0);

    if (fd >= 0)
        close(fd);
    return is_ok;
}

static enum upload_verdict
fail(struct err *err, const char *what)
{
    bool is_full = errno == ENOSPC || errno == EDQUOT;

    err_set_errno(err, "cannot %s an uploaded file", what);
    return is_full ? UPLOAD_FULL : UPLOAD_ERROR;
}

static enum upload_verdict
finish(int group, int fd, const struct upload_object *object, const struct upload_part *part, struct err *err)
{
    struct beside name = beside(object->key, "part");

    if (!write_type(group, object->key, part->type ? part->type : "") || fdatasync(fd) != 0 ||
        renameat(group, name.s, group, object->key) != 0 || fsync(group) != 0)
        return fail(err, "finish");
    return UPLOAD_DONE;
}

static bool
is_finished(int group, const char *key, int64_t total)
{
    struct stat info;

    return fstatat(group, key, &info, AT_SYMLINK_NOFOLLOW) == 0 && info.st_size == total;
}

/* The part file is locked: nobody else writes. */
static enum upload_verdict
write_part(int group, int fd, const struct upload_object *object, const struct upload_part *part, int64_t *have,
           struct err *err)
{
    int64_t max_bytes = upload_local_state.spec.max_bytes;
    struct stat info;

    if (fstat(fd, &info) != 0)
        return fail(err, "read");
    *have = info.st_size;
    if (part->is_question)
        return is_finished(group, object->key, part->total) ? UPLOAD_DONE : UPLOAD_MORE;
    if (part->at == 0) { /* begins (again) */
        if (ftruncate(fd, 0) != 0)
            return fail(err, "write");
        *have = 0;
    }
    if (part->at != *have) /* it came before, or one in front of it is missing */
        return UPLOAD_MORE;
    if (part->total > max_bytes || size_of_run(object) - *have + part->total > max_bytes)
        return UPLOAD_LARGE;
    if (!write_all(fd, part->bytes, part->at))
        return fail(err, "write");
    *have += (int64_t)part->bytes.len;
    return *have == part->total ? finish(group, fd, object, part, err) : UPLOAD_MORE;
}

enum upload_verdict
upload_local_put(const struct upload_object *object, const struct upload_part *part, int64_t *have, struct err *err)
{
    struct beside name = beside(object->key, "part");
    int group = open_group(object, false), fd;
    enum upload_verdict verdict;

    *have = 0;
    if (group < 0)
        return UPLOAD_GONE;
    fd = openat(group, name.s, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        verdict = fail(err, "make");
    else if (flock(fd, LOCK_EX | LOCK_NB) != 0)
        verdict = UPLOAD_BUSY;
    else
        verdict = write_part(group, fd, object, part, have, err);
    if (fd >= 0)
        close(fd);
    close(group);
    return verdict;
}

/* ---- reading */

static void
read_type(int group, const char *key, char *type, size_t size)
{
    struct beside name = beside(key, "type");
    int fd = openat(group, name.s, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    ssize_t len = fd < 0 ? 0 : read(fd, type, size - 1);

    type[len > 0 ? len : 0] = '\0';
    if (fd >= 0)
        close(fd);
}

int
upload_local_open(const struct upload_object *object, int64_t *size, char *type, size_t type_size)
{
    int group = open_group(object, false), fd;
    struct stat info;

    if (group < 0)
        return -1;
    fd = openat(group, object->key, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd >= 0 && (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode))) {
        close(fd);
        fd = -1;
    }
    if (fd >= 0) {
        *size = info.st_size;
        read_type(group, object->key, type, type_size);
    }
    close(group);
    return fd;
}
