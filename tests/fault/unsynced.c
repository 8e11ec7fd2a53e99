/* SPDX-License-Identifier: MIT */
/*
 * A power cut for one process: preloaded, it keeps what is written to databases (names with ".db") in memory until it
 * is synced; kill -9 then leaves what a disk has when the power fails. All threads and descriptors of the process see
 * what was written. Mapped memory (SQLite's -shm) is not touched: it is made anew after a crash. While the file that
 * UNSYNCED_EIO names exists, syncing fails as it does on a broken disk.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK = 4096, MAX_FD = 4096, SLOTS = 4096 };

struct block {
    struct block *next;
    off64_t at;
    unsigned char bytes[BLOCK];
};

/* A file with writes that no sync has taken to the disk yet. */
struct shadow {
    struct shadow *next;
    dev_t dev;
    ino_t ino;
    off64_t size;
    struct block *blocks[SLOTS];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct shadow *shadows;
static struct shadow *by_fd[MAX_FD];

static void *
real(const char *name)
{
    return dlsym(RTLD_NEXT, name);
}

#define REAL(name, type, ...)                                                                                          \
    static type (*real_)(__VA_ARGS__);                                                                                 \
    if (!real_)                                                                                                        \
    *(void **)&real_ = real(#name)

static ssize_t
disk_read(int fd, void *p, size_t len, off64_t at)
{
    REAL(pread64, ssize_t, int, void *, size_t, off64_t);
    return real_(fd, p, len, at);
}

static ssize_t
disk_write(int fd, const void *p, size_t len, off64_t at)
{
    REAL(pwrite64, ssize_t, int, const void *, size_t, off64_t);
    return real_(fd, p, len, at);
}

static int
disk_truncate(int fd, off64_t size)
{
    REAL(ftruncate64, int, int, off64_t);
    return real_(fd, size);
}

static int
disk_sync(int fd)
{
    REAL(fdatasync, int, int);
    return real_(fd);
}

static int
disk_stat(int fd, struct stat *st)
{
    REAL(fstat, int, int, struct stat *);
    return real_(fd, st);
}

static struct shadow *
shadow_of(int fd)
{
    return fd >= 0 && fd < MAX_FD ? by_fd[fd] : NULL;
}

static struct shadow *
shadow_at(dev_t dev, ino_t ino)
{
    struct shadow *shadow = shadows;

    while (shadow && (shadow->dev != dev || shadow->ino != ino))
        shadow = shadow->next;
    return shadow;
}

static void
opened(int fd, const char *path)
{
    const char *name = strrchr(path, '/'), *db = strstr(name ? name : path, ".db");
    struct shadow *shadow;
    struct stat st;

    if (fd < 0 || fd >= MAX_FD || !db || strstr(db, "-shm") || disk_stat(fd, &st) || !S_ISREG(st.st_mode))
        return;
    pthread_mutex_lock(&lock);
    shadow = shadow_at(st.st_dev, st.st_ino);
    if (!shadow && (shadow = calloc(1, sizeof *shadow))) {
        shadow->dev = st.st_dev;
        shadow->ino = st.st_ino;
        shadow->size = st.st_size;
        shadow->next = shadows;
        shadows = shadow;
    }
    by_fd[fd] = shadow;
    pthread_mutex_unlock(&lock);
}

/* ---- blocks */

static struct block **
place_of(struct shadow *shadow, off64_t at)
{
    struct block **place = &shadow->blocks[at / BLOCK % SLOTS];

    while (*place && (*place)->at != at)
        place = &(*place)->next;
    return place;
}

/* What is on the disk, zeroes behind its end. */
static struct block *
block_for(struct shadow *shadow, int fd, off64_t at)
{
    struct block **place = place_of(shadow, at);
    ssize_t got;

    if (*place)
        return *place;
    *place = calloc(1, sizeof **place);
    (*place)->at = at;
    got = disk_read(fd, (*place)->bytes, BLOCK, at);
    if (got < BLOCK)
        memset((*place)->bytes + (got < 0 ? 0 : got), 0, (size_t)(BLOCK - (got < 0 ? 0 : got)));
    return *place;
}

static void
keep(struct shadow *shadow, int fd, const unsigned char *p, size_t len, off64_t at)
{
    while (len) {
        off64_t begin = at / BLOCK * BLOCK;
        size_t offset = (size_t)(at - begin), some = BLOCK - offset < len ? BLOCK - offset : len;

        memcpy(block_for(shadow, fd, begin)->bytes + offset, p, some);
        p += some;
        at += (off64_t)some;
        len -= some;
    }
    if (at > shadow->size)
        shadow->size = at;
}

static size_t
look(struct shadow *shadow, int fd, unsigned char *p, size_t len, off64_t at)
{
    size_t done = 0;

    if (at >= shadow->size)
        return 0;
    if ((off64_t)len > shadow->size - at)
        len = (size_t)(shadow->size - at);
    while (done < len) {
        off64_t begin = at / BLOCK * BLOCK;
        size_t offset = (size_t)(at - begin), some = BLOCK - offset < len - done ? BLOCK - offset : len - done;
        struct block *block = *place_of(shadow, begin);

        if (block) {
            memcpy(p + done, block->bytes + offset, some);
        } else {
            memset(p + done, 0, some);
            (void)disk_read(fd, p + done, some, at);
        }
        done += some;
        at += (off64_t)some;
    }
    return len;
}

static int
flush(struct shadow *shadow, int fd)
{
    struct stat st;

    for (size_t i = 0; i < SLOTS; i++)
        while (shadow->blocks[i]) {
            struct block *block = shadow->blocks[i];
            off64_t len = block->at + BLOCK > shadow->size ? shadow->size - block->at : BLOCK;

            if (len > 0 && disk_write(fd, block->bytes, (size_t)len, block->at) != len)
                return -1;
            shadow->blocks[i] = block->next;
            free(block);
        }
    if (!disk_stat(fd, &st) && st.st_size != shadow->size && disk_truncate(fd, shadow->size))
        return -1;
    return disk_sync(fd);
}

/* ---- in place of the C library's */

#define EXPORT __attribute__((visibility("default")))

EXPORT int open(const char *path, int flags, ...);
EXPORT int open64(const char *path, int flags, ...);

static int
open_as(const char *path, int flags, mode_t mode)
{
    REAL(open64, int, const char *, int, ...);
    int fd = real_(path, flags, mode);

    opened(fd, path);
    return fd;
}

EXPORT int
open(const char *path, int flags, ...)
{
    va_list args;
    mode_t mode;

    va_start(args, flags);
    mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(args, mode_t) : 0;
    va_end(args);
    return open_as(path, flags, mode);
}

EXPORT int
open64(const char *path, int flags, ...)
{
    va_list args;
    mode_t mode;

    va_start(args, flags);
    mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(args, mode_t) : 0;
    va_end(args);
    return open_as(path, flags, mode);
}

EXPORT int
close(int fd)
{
    REAL(close, int, int);
    if (fd >= 0 && fd < MAX_FD)
        by_fd[fd] = NULL;
    return real_(fd);
}

EXPORT ssize_t
pwrite64(int fd, const void *p, size_t len, off64_t at)
{
    struct shadow *shadow = shadow_of(fd);

    if (!shadow)
        return disk_write(fd, p, len, at);
    pthread_mutex_lock(&lock);
    keep(shadow, fd, p, len, at);
    pthread_mutex_unlock(&lock);
    return (ssize_t)len;
}

EXPORT ssize_t
pwrite(int fd, const void *p, size_t len, off_t at)
{
    return pwrite64(fd, p, len, at);
}

EXPORT ssize_t
pread64(int fd, void *p, size_t len, off64_t at)
{
    struct shadow *shadow = shadow_of(fd);
    size_t got;

    if (!shadow)
        return disk_read(fd, p, len, at);
    pthread_mutex_lock(&lock);
    got = look(shadow, fd, p, len, at);
    pthread_mutex_unlock(&lock);
    return (ssize_t)got;
}

EXPORT ssize_t
pread(int fd, void *p, size_t len, off_t at)
{
    return pread64(fd, p, len, at);
}

EXPORT ssize_t
write(int fd, const void *p, size_t len)
{
    REAL(write, ssize_t, int, const void *, size_t);
    off64_t at;

    if (!shadow_of(fd))
        return real_(fd, p, len);
    at = lseek64(fd, 0, SEEK_CUR);
    lseek64(fd, at + (off64_t)len, SEEK_SET);
    return pwrite64(fd, p, len, at);
}

EXPORT ssize_t
read(int fd, void *p, size_t len)
{
    REAL(read, ssize_t, int, void *, size_t);
    off64_t at;
    ssize_t got;

    if (!shadow_of(fd))
        return real_(fd, p, len);
    at = lseek64(fd, 0, SEEK_CUR);
    got = pread64(fd, p, len, at);
    lseek64(fd, at + got, SEEK_SET);
    return got;
}

EXPORT int
ftruncate64(int fd, off64_t size)
{
    struct shadow *shadow = shadow_of(fd);

    if (!shadow)
        return disk_truncate(fd, size);
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < SLOTS; i++)
        for (struct block **place = &shadow->blocks[i]; *place;) {
            struct block *block = *place;

            if (block->at >= size) {
                *place = block->next;
                free(block);
                continue;
            }
            if (block->at + BLOCK > size)
                memset(block->bytes + (size - block->at), 0, (size_t)(block->at + BLOCK - size));
            place = &block->next;
        }
    if (size < shadow->size)
        (void)disk_truncate(fd, size); /* the end that is cut off must not come back when the file grows again */
    shadow->size = size;
    pthread_mutex_unlock(&lock);
    return 0;
}

EXPORT int
ftruncate(int fd, off_t size)
{
    return ftruncate64(fd, size);
}

EXPORT int
fstat64(int fd, struct stat64 *st)
{
    REAL(fstat64, int, int, struct stat64 *);
    struct shadow *shadow = shadow_of(fd);
    int failed = real_(fd, st);

    if (shadow && !failed)
        st->st_size = shadow->size;
    return failed;
}

EXPORT int
fstat(int fd, struct stat *st)
{
    struct shadow *shadow = shadow_of(fd);
    int failed = disk_stat(fd, st);

    if (shadow && !failed)
        st->st_size = (off_t)shadow->size;
    return failed;
}

EXPORT int
stat64(const char *path, struct stat64 *st)
{
    REAL(stat64, int, const char *, struct stat64 *);
    int failed = real_(path, st);
    struct shadow *shadow;

    pthread_mutex_lock(&lock);
    shadow = failed ? NULL : shadow_at(st->st_dev, st->st_ino);
    if (shadow)
        st->st_size = shadow->size;
    pthread_mutex_unlock(&lock);
    return failed;
}

/* Another file may get the same number. */
EXPORT int
unlink(const char *path)
{
    REAL(unlink, int, const char *);
    struct shadow *shadow;
    struct stat64 st;

    if (strstr(path, ".db") && !stat64(path, &st)) {
        pthread_mutex_lock(&lock);
        shadow = shadow_at(st.st_dev, st.st_ino);
        if (shadow)
            shadow->ino = 0;
        pthread_mutex_unlock(&lock);
    }
    return real_(path);
}

static int
sync_file(int fd)
{
    struct shadow *shadow = shadow_of(fd);
    const char *broken = getenv("UNSYNCED_EIO");
    int failed;

    if (!shadow)
        return disk_sync(fd);
    if (broken && access(broken, F_OK) == 0) {
        errno = EIO;
        return -1;
    }
    pthread_mutex_lock(&lock);
    failed = flush(shadow, fd);
    pthread_mutex_unlock(&lock);
    return failed;
}

EXPORT int
fdatasync(int fd)
{
    return sync_file(fd);
}

EXPORT int
fsync(int fd)
{
    return sync_file(fd);
}
