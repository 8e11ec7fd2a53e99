/* SPDX-License-Identifier: MIT */
/* Limits of runners, measured from outside: memory, CPU time, idleness (runner.h). */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "host/runner_internal.h"

/*
 * A draining runner whose only work is function calls has this long; one that has nothing of ours any more should just
 * leave.
 */
enum { BUSY_MS = 10 * 1000, LEAVE_LIMIT_MS = 2 * 1000, GUEST_LIMIT_MS = 10 * 1000 };

static bool
read_proc(int pid, const char *name, char *text, size_t size)
{
    char path[64];
    ssize_t n;
    int fd;

    snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    n = read(fd, text, size - 1);
    close(fd);
    if (n <= 0)
        return false;
    text[n] = '\0';
    return true;
}

/* utime and stime are the 14th and 15th field; the name in the 2nd may contain anything (proc(5)). */
static int64_t
cpu_ms(int pid)
{
    char text[1024], *at;
    unsigned long long user, system;

    if (!read_proc(pid, "stat", text, sizeof text) || !(at = strrchr(text, ')')))
        return 0;
    if (sscanf(at + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu", &user, &system) != 2)
        return 0;
    return (int64_t)((user + system) * 1000 / (unsigned long long)sysconf(_SC_CLK_TCK));
}

static int64_t
rss_bytes(int pid)
{
    char text[256];
    long long total, resident;

    if (!read_proc(pid, "statm", text, sizeof text) || sscanf(text, "%lld %lld", &total, &resident) != 2)
        return 0;
    return resident * sysconf(_SC_PAGESIZE);
}

int64_t
runner_memory(const struct runner *runner)
{
    return runner->rss_bytes ? runner->rss_bytes : rss_bytes(runner->pid);
}

static void
tell_busy(struct runner *runner)
{
    LIST_EACH(&runner->runs, node)
    {
        struct host_run *run = LIST_ENTRY(node, struct host_run, in_host);
        int64_t used = runner->cpu_ms - run->cpu_base_ms;

        if (!run->is_parked && used >= BUSY_MS)
            run->events->busy(run, (int)(used / 1000), &runner->runs);
    }
}

static void
check_memory(struct runner *runner)
{
    int64_t limit = runner_state.spec.memory_limit_bytes;

    if (runner->version && runner->version->memory_limit_bytes)
        limit = runner->version->memory_limit_bytes;
    if (!limit || runner->rss_bytes <= limit || runner->is_killed)
        return;
    snprintf(runner->memory_reason, sizeof runner->memory_reason, "used more than %lld MiB of memory and was ended",
             (long long)(limit >> 20));
    runner_kill(runner, runner->memory_reason);
}

static void
check_draining(struct runner *runner, int64_t now)
{
    int64_t limit = LEAVE_LIMIT_MS;

    if (runner->streams)
        limit = runner->version && runner->version->drain_limit_ms ? runner->version->drain_limit_ms : DRAIN_LIMIT_MS;

    if (!runner->is_killed && now - runner->draining_since > limit && now - runner->idle_since > LEAVE_LIMIT_MS)
        runner_kill(runner, NULL);
}

static void
check_idle(struct runner *runner, int64_t now)
{
    int64_t used = runner_state.spec.last_use(runner->version);

    if (used < runner->idle_since)
        used = runner->idle_since;
    if (runner_state.spec.idle_limit_ms && now - used > runner_state.spec.idle_limit_ms)
        runner_drain(runner);
}

/* A handler may have closed what is not its own. Nothing can be said to its process any more, and its people wait. */
static void
check_stream(struct runner *runner, int64_t now)
{
    if (runner->lost_at && !runner->is_killed && now - runner->lost_at > LEAVE_LIMIT_MS)
        runner_kill(runner, "closed its connection to the server and was ended");
}

/* Who knocked, brings back nothing and does not leave either. */
static void
check_guest(struct runner *runner, int64_t now)
{
    if (runner->wire && now - runner->idle_since > GUEST_LIMIT_MS)
        wire_end(runner->wire);
}

void
runners_sample(void)
{
    int64_t now = clock_mono_ms();

    LIST_EACH(&runner_state.all, node)
    {
        struct runner *runner = LIST_ENTRY(node, struct runner, in_all);
        bool is_idle = list_is_empty(&runner->runs);

        if (!runner->child && is_idle) {
            check_guest(runner, now);
            continue;
        }
        check_stream(runner, now);
        if (!is_idle || runner->streams) {
            runner->rss_bytes = rss_bytes(runner->pid);
            check_memory(runner);
        }
        if (!is_idle) {
            runner->cpu_ms = cpu_ms(runner->pid);
            tell_busy(runner);
        } else if (runner->is_draining) {
            check_draining(runner, now);
        } else {
            check_idle(runner, now);
        }
    }
}
