/* SPDX-License-Identifier: MIT */
/* Whole small files (disk.h). */
#include "host/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool
disk_read(struct arena *arena, const char *path, size_t max_bytes, struct str *text, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a named pipe is refused below, not waited for */
    struct stat st;
    ssize_t got = 0;
    char *p;

    *text = (struct str){ NULL, 0 };
    if (fd < 0)
        return err_set_errno(err, "cannot read %s", path);
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || (size_t)st.st_size > max_bytes) {
        close(fd);
        errno = EINVAL;
        return err_set(err, "cannot read %s: it is not a file of at most %zu bytes", path, max_bytes);
    }
    p = arena_alloc(arena, (size_t)st.st_size + 1);
    if (p)
        while (text->len < (size_t)st.st_size && (got = read(fd, p + text->len, (size_t)st.st_size - text->len)) > 0)
            text->len += (size_t)got;
    close(fd);
    text->p = p;
    return (p && got >= 0) || err_set_errno(err, "cannot read %s", path);
}

bool
disk_make_parents(const char *path, struct err *err)
{
    char dir[PATH_MAX];

    if (snprintf(dir, sizeof dir, "%s", path) >= (int)sizeof dir)
        return err_set(err, "cannot make %s: the path is too long", path);
    for (char *slash = strchr(dir + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(dir, 0755) < 0 && errno != EEXIST)
            return err_set_errno(err, "cannot make the directory %s", dir);
        *slash = '/';
    }
    return true;
}

static bool
write_all(int fd, struct str content)
{
    while (content.len) {
        ssize_t put = write(fd, content.p, content.len);

        if (put < 0)
            return false;
        content.p += put;
        content.len -= (size_t)put;
    }
    return true;
}

bool
disk_write(const char *path, struct str content, struct err *err)
{
    char draft[PATH_MAX];
    bool is_done;
    int fd;

    if (snprintf(draft, sizeof draft, "%s.%d", path, getpid()) >= (int)sizeof draft)
        return err_set(err, "cannot write %s: the path is too long", path);
    if (!disk_make_parents(path, err))
        return false;
    fd = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0)
        return err_set_errno(err, "cannot write %s", path);
    is_done = write_all(fd, content);
    is_done = close(fd) == 0 && is_done && rename(draft, path) == 0;
    if (is_done)
        return true;
    err_set_errno(err, "cannot write %s", path);
    unlink(draft);
    return false;
}

char *
disk_tidy(struct arena *arena, const char *path)
{
    char *out = arena_alloc(arena, strlen(path) + 2);
    size_t len = 0, fixed; /* what ".." cannot take back */

    if (*path == '/')
        out[len++] = '/';
    fixed = len;
    while (*path) {
        size_t word = strcspn(path, "/");
        bool is_up = word == 2 && path[0] == '.' && path[1] == '.';

        if (is_up && len > fixed) {
            while (len > fixed && out[--len] != '/')
                ;
        } else if (word && !(word == 1 && *path == '.')) {
            if (len && out[len - 1] != '/')
                out[len++] = '/';
            memcpy(out + len, path, word);
            len += word;
            fixed = is_up ? len : fixed;
        }
        path += word + (path[word] == '/');
    }
    out[len] = '\0';
    return out;
}
