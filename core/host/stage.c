/* SPDX-License-Identifier: MIT */
/* Copying dropped modules to content-hash names (stage.h). */
#include "host/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/id.h"
#include "base/mem.h"
#include "loop/control.h"
#include "loop/worker.h"

/*
 * A copy that has its final mode is on the disk. A module does not wait for that before it goes live: a copy that a
 * power cut has left half written still has the first mode, and is made again.
 */
enum { MAX_MODULE_BYTES = 256 << 20, FIRST_MODE = 0400, FINAL_MODE = 0500 };

struct job {
    struct message message;
    char *source, *modules_dir;
    stage_done *done;
    void *arg;
    struct stage_result result;
};

/* The whole file at one moment; one that changes meanwhile gives a torn copy, which its next event replaces. */
static unsigned char *
read_whole(int fd, size_t *len, struct err *err)
{
    struct stat st;
    unsigned char *bytes;
    size_t have = 0;

    if (fstat(fd, &st) != 0) {
        err_set_errno(err, "cannot look at it");
        return NULL;
    }
    if (!S_ISREG(st.st_mode)) {
        err_set(err, "it is not a regular file");
        return NULL;
    }
    if (st.st_size > MAX_MODULE_BYTES) {
        err_set(err, "it has %lld bytes; a module may have at most %d", (long long)st.st_size, MAX_MODULE_BYTES);
        return NULL;
    }
    bytes = mem_alloc((size_t)st.st_size + 1);
    while (have < (size_t)st.st_size) {
        ssize_t n = read(fd, bytes + have, (size_t)st.st_size - have);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            err_set_errno(err, "cannot read it");
            free(bytes);
            return NULL;
        }
        if (n == 0)
            break;
        have += (size_t)n;
    }
    *len = have;
    return bytes;
}

static bool
write_whole(int fd, const unsigned char *bytes, size_t len)
{
    while (len) {
        ssize_t n = write(fd, bytes, len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        bytes += n;
        len -= (size_t)n;
    }
    return true;
}

/* Writes under a name of its own and renames, so that a name that exists is complete. -1: not written. */
static int
write_copy(const char *dir, const char *path, const unsigned char *bytes, size_t len, struct err *err)
{
    struct uuid_text unique = uuid_format(uuid_v4());
    char *temporary = NULL;
    int fd;

    if (asprintf(&temporary, "%s/%s.part", dir, unique.s) < 0) {
        err_set(err, "out of memory");
        return -1;
    }
    fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, FIRST_MODE);
    if (fd < 0 || !write_whole(fd, bytes, len) || rename(temporary, path) != 0) {
        err_set_errno(err, "cannot keep a copy in %s", dir);
        unlink(temporary);
        if (fd >= 0)
            close(fd);
        fd = -1;
    }
    free(temporary);
    return fd;
}

/* One that is there already is touched, so that prune.c sees it is in use. */
static bool
is_there(const char *path, size_t len)
{
    struct stat st;

    return stat(path, &st) == 0 && (st.st_mode & 0777) == FINAL_MODE && (size_t)st.st_size == len &&
           utimensat(AT_FDCWD, path, NULL, 0) == 0;
}

/* *copy_fd: a new copy that is not on the disk yet; -1: none. */
static bool
stage(const char *source, const char *dir, struct stage_result *result, int *copy_fd)
{
    unsigned char hash[crypto_generichash_BYTES], *bytes;
    bool is_kept;
    size_t len = 0;
    int fd = open(source, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a FIFO must not hold the thread */

    if (fd < 0)
        return err_set_errno(&result->err, "cannot open it");
    bytes = read_whole(fd, &len, &result->err);
    close(fd);
    if (!bytes)
        return false;
    crypto_generichash(hash, sizeof hash, bytes, len, NULL, 0);
    sodium_bin2hex(result->hash, sizeof result->hash, hash, sizeof hash);
    if (asprintf(&result->path, "%s/%s.so", dir, result->hash) < 0)
        result->path = NULL;
    is_kept = is_there(result->path, len);
    if (!is_kept)
        *copy_fd = write_copy(dir, result->path, bytes, len, &result->err);
    free(bytes);
    return is_kept || *copy_fd >= 0;
}

static void
make_durable(int fd)
{
    if (fdatasync(fd) == 0)
        (void)fchmod(fd, FINAL_MODE);
    close(fd);
}

static void
report(struct message *message)
{
    struct job *job = container_of(message, struct job, message);

    job->done(&job->result, job->arg);
    free(job->source);
    free(job->modules_dir);
    free(job);
}

static void
work(struct message *message)
{
    struct job *job = container_of(message, struct job, message);
    int copy_fd = -1;

    job->result.is_ok = stage(job->source, job->modules_dir, &job->result, &copy_fd);
    control_post(&job->message, report);
    if (copy_fd >= 0)
        make_durable(copy_fd);
}

void
stage_start(const char *source, const char *modules_dir, stage_done *done, void *arg)
{
    struct job *job = mem_alloc(sizeof *job);

    job->source = mem_strdup(source);
    job->modules_dir = mem_strdup(modules_dir);
    job->done = done;
    job->arg = arg;
    if (!worker_post(&job->message, work)) {
        err_set(&job->result.err, "too many files changed at once; save it again");
        control_post(&job->message, report);
    }
}
