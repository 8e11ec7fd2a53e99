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

enum { MAX_MODULE_BYTES = 256 << 20, MODULE_MODE = 0500 };

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

/* Writes under a name of its own and renames, so that a name that exists is always complete. */
static bool
write_copy(const char *dir, const char *path, const unsigned char *bytes, size_t len, struct err *err)
{
    struct uuid_text unique = uuid_format(uuid_v4());
    char *temporary = NULL;
    bool is_ok;
    int fd;

    if (asprintf(&temporary, "%s/%s.part", dir, unique.s) < 0)
        return err_set(err, "out of memory");
    fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, MODULE_MODE);
    is_ok = fd >= 0 && write_whole(fd, bytes, len) && fdatasync(fd) == 0; /* the name promises the content */
    is_ok = (fd < 0 || close(fd) == 0) && is_ok;
    is_ok = is_ok && rename(temporary, path) == 0;
    if (!is_ok) {
        err_set_errno(err, "cannot keep a copy in %s", dir);
        unlink(temporary);
    }
    free(temporary);
    return is_ok;
}

static bool
stage(const char *source, const char *dir, struct stage_result *result)
{
    unsigned char hash[crypto_generichash_BYTES], *bytes;
    struct stat st;
    size_t len = 0;
    bool is_ok = true;
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
    /* One that is there already is touched, so that prune.c sees it is in use. */
    if (stat(result->path, &st) != 0 || (size_t)st.st_size != len || utimensat(AT_FDCWD, result->path, NULL, 0) != 0)
        is_ok = write_copy(dir, result->path, bytes, len, &result->err);
    free(bytes);
    return is_ok;
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

    job->result.is_ok = stage(job->source, job->modules_dir, &job->result);
    control_post(&job->message, report);
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
