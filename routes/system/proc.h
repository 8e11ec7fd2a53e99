/* SPDX-License-Identifier: MIT */
/* One process as /proc tells it (proc(5)). Used by the list and by the action that sends signals. */
#ifndef ROUTES_SYSTEM_PROC_H
#define ROUTES_SYSTEM_PROC_H

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct process {
    int pid;
    uid_t uid;
    char state; /* R, S, D, Z, T … */
    char name[64];
    char command[256]; /* with arguments; [name] for what has none */
    uint64_t cpu_ms;
    uint64_t rss_bytes;
    uint64_t started; /* clock ticks after boot; with pid, this names a process for good: pids are used again */
};

/* Reads a small file; returns its length, 0 when it is gone. */
static inline size_t proc_slurp(int pid, const char *file, char *text, size_t size)
{
    char path[64];
    int fd;
    ssize_t len;

    snprintf(path, sizeof path, "/proc/%d/%s", pid, file);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    len = read(fd, text, size - 1);
    close(fd);
    text[len > 0 ? len : 0] = '\0';
    return len > 0 ? (size_t)len : 0;
}

static inline void proc_command(struct process *p)
{
    size_t len = proc_slurp(p->pid, "cmdline", p->command, sizeof p->command);

    for (size_t i = 0; i + 1 < len; i++)
        if (p->command[i] == '\0')
            p->command[i] = ' ';
    if (len == 0)
        snprintf(p->command, sizeof p->command, "[%s]", p->name);
}

/* False: there is no such process. */
static inline bool proc_read(int pid, struct process *p)
{
    char text[1024], path[32];
    unsigned long user_ticks, system_ticks;
    unsigned long long started;
    long rss_pages;
    struct stat st;

    *p = (struct process){ .pid = pid };
    snprintf(path, sizeof path, "/proc/%d", pid);
    if (pid <= 0 || stat(path, &st) != 0 || proc_slurp(pid, "stat", text, sizeof text) == 0)
        return false;
    /* the name stands in brackets and may contain anything, brackets too: the last one ends it */
    char *open = strchr(text, '('), *shut = strrchr(text, ')');
    if (!open || !shut)
        return false;
    *shut = '\0';
    snprintf(p->name, sizeof p->name, "%s", open + 1);
    if (sscanf(shut + 1, " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %*d %*d %*d %*d %*d %*d %llu %*u %ld",
               &p->state, &user_ticks, &system_ticks, &started, &rss_pages) != 5)
        return false;
    p->uid = st.st_uid;
    p->cpu_ms = (uint64_t)(user_ticks + system_ticks) * 1000 / (uint64_t)sysconf(_SC_CLK_TCK);
    p->rss_bytes = (uint64_t)rss_pages * (uint64_t)sysconf(_SC_PAGESIZE);
    p->started = started;
    proc_command(p);
    return true;
}

#endif
