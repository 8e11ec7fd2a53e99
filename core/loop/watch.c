/* SPDX-License-Identifier: MIT */
/* The tree watcher (watch.h). */
#include "loop/watch.h"

#include <dirent.h>
#include <errno.h>
#include <ev.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "loop/control.h"

enum { MAX_DEPTH = 32, MAX_FILES = 65536, READ_BYTES = 65536, READ_ROUNDS = 8 };
enum {
    IN_TREE = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ONLYDIR | IN_EXCL_UNLINK,
    ABOVE_TREE = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR,
};
static const double quiet_s = 0.010;

/* A file that was reported, or is about to be. */
struct file {
    struct watch *watch;
    ev_timer quiet;
    bool is_known; /* reported as CHANGED and not as GONE since */
    unsigned round;
    char path[];
};

struct dir {
    int wd;
    char path[]; /* "" is the root */
};

struct watch {
    char *root; /* absolute, as the caller named it */
    char *real; /* what it resolves to; NULL: it is not there */
    dev_t device;
    ino_t inode;
    int fd;
    ev_io ready;
    struct map dirs;         /* wd -> struct dir */
    struct map files;        /* path -> struct file */
    int above;               /* wd of the nearest directory above the root that exists */
    char next[NAME_MAX + 1]; /* the name in it that leads to the root */
    unsigned round;          /* counts readings of the whole tree */
    bool is_full, is_blind;  /* said once: too many files, too many watches */
    watch_report *report;
    void *arg;
};

/* ---- files ---- */

static void
file_free(struct file *file)
{
    ev_timer_stop(control_loop(), &file->quiet);
    map_remove(&file->watch->files, str_of(file->path));
    free(file);
}

static void
file_gone(struct file *file)
{
    if (file->is_known)
        file->watch->report(file->watch->arg, WATCH_GONE, file->path);
    file_free(file);
}

static bool
is_inside(const struct watch *watch, const char *absolute)
{
    size_t len = strlen(watch->real);

    return strncmp(absolute, watch->real, len) == 0 && (absolute[len] == '/' || len == 1);
}

/* A file, or a link to a file of this tree. */
static bool
is_there(const struct watch *watch, const char *path)
{
    char absolute[PATH_MAX], target[PATH_MAX];
    struct stat st;

    if (!watch->real || snprintf(absolute, sizeof absolute, "%s/%s", watch->real, path) >= (int)sizeof absolute)
        return false;
    if (lstat(absolute, &st) < 0)
        return false;
    if (!S_ISLNK(st.st_mode))
        return S_ISREG(st.st_mode);
    return realpath(absolute, target) && is_inside(watch, target) && stat(target, &st) == 0 && S_ISREG(st.st_mode);
}

/* What is true of this path now? */
static void
file_settle(struct file *file)
{
    struct watch *watch = file->watch;

    ev_timer_stop(control_loop(), &file->quiet);
    file->round = watch->round;
    if (is_there(watch, file->path)) {
        file->is_known = true;
        watch->report(watch->arg, WATCH_CHANGED, file->path);
    } else {
        file_gone(file);
    }
}

static void
quiet_over(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop, (void)events;
    file_settle(timer->data);
}

static struct file *
file_at(struct watch *watch, const char *path)
{
    struct file *file = map_find(&watch->files, str_of(path));
    size_t size = strlen(path) + 1;

    if (file)
        return file;
    if (watch->files.count >= MAX_FILES) {
        if (!watch->is_full)
            log_warn("watch", "%s: more than %d files; %s and others are not seen", watch->root, MAX_FILES, path);
        watch->is_full = true;
        return NULL;
    }
    file = mem_alloc(sizeof *file + size);
    file->watch = watch;
    memcpy(file->path, path, size);
    ev_init(&file->quiet, quiet_over);
    file->quiet.repeat = quiet_s;
    file->quiet.data = file;
    map_set(&watch->files, str_of(path), file);
    return file;
}

/* Something happened to this path; `is_whole` says that the content is complete already. */
static void
file_touched(struct watch *watch, const char *path, bool is_whole)
{
    struct file *file = file_at(watch, path);

    if (!file)
        return;
    file->round = watch->round;
    if (is_whole)
        file_settle(file);
    else
        ev_timer_again(control_loop(), &file->quiet);
}

/* ---- directories ---- */

static struct str
wd_key(const int *wd)
{
    return (struct str){ (const char *)wd, sizeof *wd };
}

static void
dir_free(struct watch *watch, struct dir *dir)
{
    inotify_rm_watch(watch->fd, dir->wd); /* fails when the kernel was first; no matter */
    map_remove(&watch->dirs, wd_key(&dir->wd));
    free(dir);
}

static void
dir_add(struct watch *watch, const char *absolute, const char *path)
{
    uint32_t mask = IN_TREE | IN_MASK_ADD | (*path ? IN_DONT_FOLLOW : 0u);
    int wd = inotify_add_watch(watch->fd, absolute, mask);
    size_t size = strlen(path) + 1;
    struct dir *dir;

    if (wd < 0) {
        if (errno == ENOSPC && !watch->is_blind) {
            log_error("watch", "cannot watch %s: no inotify watch is left; raise fs.inotify.max_user_watches",
                      absolute);
            watch->is_blind = true;
        }
        return;
    }
    dir = mem_alloc(sizeof *dir + size);
    dir->wd = wd;
    memcpy(dir->path, path, size);
    free(map_set(&watch->dirs, wd_key(&wd), dir));
}

static bool
join(char *out, const char *dir, const char *name)
{
    return snprintf(out, PATH_MAX, "%s%s%s", dir, *dir ? "/" : "", name) < PATH_MAX;
}

static bool
entry_is_dir(const char *absolute_dir, const struct dirent *entry)
{
    char absolute[PATH_MAX];
    struct stat st;

    if (entry->d_type != DT_UNKNOWN)
        return entry->d_type == DT_DIR;
    return join(absolute, absolute_dir, entry->d_name) && lstat(absolute, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Hidden names, and a directory that may hold ten thousand others, none of them ours. */
static bool
is_passed_over(const char *name)
{
    return name[0] == '.' || strcmp(name, "node_modules") == 0;
}

/* Watches the directory first and reads it then, so that nothing falls between. */
static void
scan(struct watch *watch, const char *path, bool is_whole, unsigned depth)
{
    char absolute[PATH_MAX], below[PATH_MAX];
    struct dirent *entry;
    DIR *stream;

    if (depth > MAX_DEPTH || !join(absolute, watch->real, path))
        return;
    dir_add(watch, absolute, path);
    stream = opendir(absolute);
    if (!stream)
        return; /* gone again, or not ours to read */
    while ((entry = readdir(stream))) {
        if (is_passed_over(entry->d_name) || !join(below, path, entry->d_name))
            continue;
        if (entry_is_dir(absolute, entry))
            scan(watch, below, is_whole, depth + 1);
        else
            file_touched(watch, below, is_whole);
    }
    closedir(stream);
}

static bool
is_under(const char *path, const char *dir)
{
    size_t len = strlen(dir);

    return strncmp(path, dir, len) == 0 && path[len] == '/';
}

static void
tree_gone(struct watch *watch, const char *path)
{
    struct map_cursor cursor = { 0, NULL };
    struct map_entry *entry;

    while ((entry = map_next(&watch->dirs, &cursor))) {
        struct dir *dir = entry->value;

        if (strcmp(dir->path, path) == 0 || is_under(dir->path, path))
            dir_free(watch, dir);
    }
    cursor = (struct map_cursor){ 0, NULL };
    while ((entry = map_next(&watch->files, &cursor)))
        if (is_under(entry->key, path))
            file_gone(entry->value);
}

/* ---- the root ---- */

/* Watches the nearest directory above the root that exists, for the name that leads to it. */
static void
watch_above(struct watch *watch)
{
    char path[PATH_MAX];

    snprintf(path, sizeof path, "%s", watch->root);
    watch->above = -1;
    while (watch->above < 0 && strcmp(path, "/") != 0) {
        char *slash = strrchr(path, '/');

        snprintf(watch->next, sizeof watch->next, "%s", slash + 1);
        slash[slash == path] = '\0';
        watch->above = inotify_add_watch(watch->fd, path, ABOVE_TREE | IN_MASK_ADD);
    }
}

static bool
root_is_direct(const struct watch *watch)
{
    return strcmp(strrchr(watch->root, '/') + 1, watch->next) == 0;
}

/* Is the root what and where it was when it was read? */
static bool
root_is_same(const struct watch *watch)
{
    struct stat st;

    if (stat(watch->root, &st) < 0 || !S_ISDIR(st.st_mode))
        return !watch->real && root_is_direct(watch);
    return watch->real && st.st_dev == watch->device && st.st_ino == watch->inode;
}

/* Reads everything anew: watches, files, and what has gone since the last time. */
static void
root_read(struct watch *watch)
{
    struct map_cursor cursor = { 0, NULL };
    struct map_entry *entry;
    struct stat st;

    while ((entry = map_next(&watch->dirs, &cursor)))
        dir_free(watch, entry->value);
    inotify_rm_watch(watch->fd, watch->above);
    free(watch->real);
    watch->round++;
    watch_above(watch);
    watch->real = realpath(watch->root, NULL);
    if (watch->real && stat(watch->real, &st) == 0 && S_ISDIR(st.st_mode)) {
        watch->device = st.st_dev;
        watch->inode = st.st_ino;
        scan(watch, "", true, 0);
    } else {
        free(watch->real);
        watch->real = NULL;
    }
    cursor = (struct map_cursor){ 0, NULL };
    while ((entry = map_next(&watch->files, &cursor)))
        if (((struct file *)entry->value)->round != watch->round)
            file_gone(entry->value);
}

/* ---- events ---- */

static bool
is_complete_at_birth(const struct watch *watch, const char *path)
{
    char absolute[PATH_MAX];
    struct stat st;

    return join(absolute, watch->real, path) && lstat(absolute, &st) == 0 && (S_ISLNK(st.st_mode) || st.st_nlink > 1);
}

static void
dir_event(struct watch *watch, struct dir *dir, const struct inotify_event *event)
{
    char path[PATH_MAX];

    if (event->mask & IN_IGNORED)
        dir_free(watch, dir);
    if (!event->len || is_passed_over(event->name) || !join(path, dir->path, event->name))
        return;
    if (event->mask & IN_ISDIR) {
        if (event->mask & (IN_CREATE | IN_MOVED_TO))
            scan(watch, path, event->mask & IN_MOVED_TO, 0);
        else
            tree_gone(watch, path);
    } else if (event->mask & IN_CREATE) {
        if (is_complete_at_birth(watch, path)) /* a link; what is created by open(2) is complete when it is closed */
            file_touched(watch, path, true);
    } else {
        file_touched(watch, path, event->mask & IN_MOVED_TO);
    }
}

static bool
concerns_root(const struct watch *watch, const struct inotify_event *event)
{
    return event->wd == watch->above && (!event->len || strcmp(event->name, watch->next) == 0);
}

/* true: the tree must be read anew, the other events say nothing more. */
static bool
take_events(struct watch *watch, const char *p, const char *end, bool *lost)
{
    while (p < end) {
        const struct inotify_event *event = (const void *)p;
        struct dir *dir = map_find(&watch->dirs, wd_key(&event->wd));

        p += sizeof *event + event->len;
        if (event->mask & IN_Q_OVERFLOW)
            return *lost = true;
        if (concerns_root(watch, event) && !root_is_same(watch))
            return true;
        if (dir)
            dir_event(watch, dir, event);
    }
    return false;
}

static void
events_ready(struct ev_loop *loop, ev_io *watcher, int events)
{
    _Alignas(struct inotify_event) char buffer[READ_BYTES];
    struct watch *watch = watcher->data;
    bool lost = false;
    ssize_t got = 1;

    (void)loop, (void)events;
    for (int rounds = 0; rounds < READ_ROUNDS && got > 0 && !lost; rounds++) {
        got = read(watch->fd, buffer, sizeof buffer);
        if (got > 0 && take_events(watch, buffer, buffer + got, &lost) && !lost)
            root_read(watch);
    }
    if (lost)
        watch_rescan(watch);
}

/* ---- interface ---- */

static char *
absolute_path(const char *path, struct err *err)
{
    char text[PATH_MAX], cwd[PATH_MAX];
    size_t len;

    if (*path != '/' && !getcwd(cwd, sizeof cwd)) {
        err_set_errno(err, "cannot watch %s: no current directory", path);
        return NULL;
    }
    while (path[0] == '.' && (path[1] == '/' || path[1] == '\0'))
        path += path[1] == '/' ? 2 : 1;
    if (snprintf(text, sizeof text, "%s/%s", *path == '/' ? "" : cwd, *path == '/' ? path + 1 : path) >= PATH_MAX) {
        err_set(err, "cannot watch %s: the path is too long", path);
        return NULL;
    }
    for (len = strlen(text); len > 1 && text[len - 1] == '/';)
        text[--len] = '\0';
    return mem_strdup(text);
}

bool
watch_start(struct watch **out, const char *root, watch_report *report, void *arg, struct err *err)
{
    char *absolute = absolute_path(root, err);
    struct watch *watch;
    int fd;

    if (!absolute)
        return false;
    fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (fd < 0) {
        err_set_errno(err, "cannot watch %s (fs.inotify.max_user_instances may be too low)", root);
        free(absolute);
        return false;
    }
    watch = mem_alloc(sizeof *watch);
    *watch = (struct watch){ .root = absolute, .fd = fd, .above = -1, .report = report, .arg = arg };
    map_init(&watch->dirs);
    map_init(&watch->files);
    ev_io_init(&watch->ready, events_ready, fd, EV_READ);
    watch->ready.data = watch;
    ev_io_start(control_loop(), &watch->ready);
    root_read(watch);
    *out = watch;
    return true;
}

void
watch_rescan(struct watch *watch)
{
    watch->report(watch->arg, WATCH_RESCAN, "");
    root_read(watch);
}

void
watch_stop(struct watch *watch)
{
    struct map_cursor cursor = { 0, NULL };
    struct map_entry *entry;

    if (!watch)
        return;
    while ((entry = map_next(&watch->dirs, &cursor)))
        dir_free(watch, entry->value);
    cursor = (struct map_cursor){ 0, NULL };
    while ((entry = map_next(&watch->files, &cursor)))
        file_free(entry->value);
    map_fini(&watch->dirs);
    map_fini(&watch->files);
    ev_io_stop(control_loop(), &watch->ready);
    close(watch->fd);
    free(watch->real);
    free(watch->root);
    free(watch);
}
