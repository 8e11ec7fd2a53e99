/* SPDX-License-Identifier: MIT */
/* Child processes of the control loop (child.h). */
#include "loop/child.h"

#include <errno.h>
#include <ev.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "loop/control.h"

enum { FIRST_PASSED_FD = 3, MAX_PASSED_FDS = 256, LINE_MAX_BYTES = 8192, READ_BYTES = 16384 };
enum { PIPE_ROUNDS = 64 }; /* 1 MiB, the most a pipe holds by default */
enum { WAIT_PIDFD = 3 };   /* P_PIDFD of waitid(2); glibc names it since 2.36 only */

struct child {
    pid_t pid;
    int pidfd;
    int output; /* read end, -1: none or ended */
    bool timed_out, killed;
    int64_t started_ms;
    ev_io on_exit, on_output;
    ev_timer limit, grace;
    struct buf text; /* the unfinished line, or everything */
    bool text_cut;
    void (*on_line)(void *arg, struct str line);
    void (*on_end)(void *arg, const struct child_end *end);
    void *arg;
};

/* ---- starting ---- */

/* What the spawn opens in passing; all of it is closed when the child runs. */
struct passage {
    int fds[MAX_PASSED_FDS + 1];
    size_t count;
};

/*
 * File actions run one after the other, so a descriptor must not lie where an earlier one is going to: such ones are
 * moved up first.
 */
static int
out_of_the_way(struct passage *passage, int fd, int floor)
{
    if (fd >= floor)
        return fd;
    fd = fcntl(fd, F_DUPFD_CLOEXEC, floor);
    if (fd >= 0)
        passage->fds[passage->count++] = fd;
    return fd;
}

static bool
pass_fds(posix_spawn_file_actions_t *actions, const struct child_spec *spec, struct passage *passage)
{
    int next = FIRST_PASSED_FD, floor = FIRST_PASSED_FD + (int)spec->fd_count + 1;

    for (size_t i = 0; i <= spec->fd_count; i++) {
        bool is_image = i == spec->fd_count;
        int fd;

        if (is_image && spec->file)
            break;
        fd = out_of_the_way(passage, is_image ? spec->exec_fd : spec->fds[i], floor);
        if (fd < 0)
            return false;
        errno = posix_spawn_file_actions_adddup2(actions, fd, next++);
        if (errno)
            return false;
    }
    errno = posix_spawn_file_actions_addclosefrom_np(actions, next);
    return !errno;
}

static bool
set_actions(posix_spawn_file_actions_t *actions, const struct child_spec *spec, int output, struct passage *passage)
{
    errno = posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (!errno && output >= 0)
        errno = posix_spawn_file_actions_adddup2(actions, output, STDOUT_FILENO);
    else if (!errno)
        errno = posix_spawn_file_actions_addopen(actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    if (!errno)
        errno = posix_spawn_file_actions_adddup2(actions, STDOUT_FILENO, STDERR_FILENO);
    if (!errno && spec->cwd)
        errno = posix_spawn_file_actions_addchdir_np(actions, spec->cwd);
    return !errno && pass_fds(actions, spec, passage);
}

static bool
spawn(const struct child_spec *spec, int output, pid_t *pid, struct err *err)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    struct passage passage = { .count = 0 };
    char image[32];
    char *const *env = spec->env ? (char *const *)(uintptr_t)spec->env : environ;
    sigset_t all, none;
    bool is_started = false;

    sigfillset(&all);
    sigemptyset(&none);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawn_file_actions_init(&actions);
    snprintf(image, sizeof image, "/proc/self/fd/%d", FIRST_PASSED_FD + (int)spec->fd_count);
    if (set_actions(&actions, spec, output, &passage)) {
        errno = posix_spawnp(pid, spec->file ? spec->file : image, &actions, &attributes,
                             (char *const *)(uintptr_t)spec->argv, env);
        is_started = !errno;
    }
    if (!is_started)
        err_set_errno(err, "cannot start %s", spec->argv[0]);
    while (passage.count)
        close(passage.fds[--passage.count]);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return is_started;
}

/* ---- output ---- */

static void
give_line(struct child *child, const char *p, size_t len)
{
    if (child->on_line) /* child_forget may have come between two lines */
        child->on_line(child->arg, (struct str){ p, len });
}

/* Gives every finished line, and pieces of one that does not end. */
static void
give_lines(struct child *child)
{
    const char *p = child->text.p, *end = p + child->text.len, *newline;

    while (p < end && (newline = memchr(p, '\n', (size_t)(end - p)))) {
        give_line(child, p, (size_t)(newline - p));
        p = newline + 1;
    }
    if (end - p >= LINE_MAX_BYTES) {
        give_line(child, p, (size_t)(end - p));
        p = end;
    }
    buf_drop(&child->text, (size_t)(p - child->text.p));
}

static void
take_output(struct child *child, const char *p, size_t len)
{
    size_t room = child->text.max - child->text.len;

    if (len > room) {
        child->text_cut = true;
        len = room;
    }
    buf_put(&child->text, p, len);
    if (child->on_line)
        give_lines(child);
}

static void
stop_output(struct child *child)
{
    if (child->output < 0)
        return;
    ev_io_stop(control_loop(), &child->on_output);
    close(child->output);
    child->output = -1;
    if (child->on_line && child->text.len)
        give_line(child, child->text.p, child->text.len);
}

/* At most `rounds` reads: a child that never stops writing must not hold the loop. */
static void
read_output(struct child *child, int rounds)
{
    char chunk[READ_BYTES];

    while (child->output >= 0 && rounds--) {
        ssize_t got = read(child->output, chunk, sizeof chunk);

        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (got <= 0)
            stop_output(child);
        else
            take_output(child, chunk, (size_t)got);
    }
}

static void
output_ready(struct ev_loop *loop, ev_io *watcher, int events)
{
    (void)loop, (void)events;
    read_output(watcher->data, 4);
}

/* ---- the end ---- */

static void
kill_group(const struct child *child, int signal)
{
    kill(-child->pid, signal); /* not reaped yet, so the number is still ours */
}

static void
child_free(struct child *child)
{
    struct ev_loop *loop = control_loop();

    ev_io_stop(loop, &child->on_exit);
    ev_timer_stop(loop, &child->limit);
    ev_timer_stop(loop, &child->grace);
    close(child->pidfd);
    buf_fini(&child->text);
    free(child);
}

static void
exited(struct ev_loop *loop, ev_io *watcher, int events)
{
    struct child *child = watcher->data;
    struct child_end end = { .exit_code = -1, .timed_out = child->timed_out, .killed = child->killed };
    siginfo_t info = { .si_code = 0 };

    (void)loop, (void)events;
    kill_group(child, SIGKILL); /* what it left behind; the leader itself is dead already */
    waitid((idtype_t)WAIT_PIDFD, (id_t)child->pidfd, &info, WEXITED | WNOHANG);
    if (info.si_code == CLD_EXITED)
        end.exit_code = info.si_status;
    else
        end.signal = info.si_status;
    read_output(child, PIPE_ROUNDS); /* what a dead process wrote is in the pipe already */
    stop_output(child);
    end.elapsed_ms = clock_mono_ms() - child->started_ms;
    end.output = (struct str){ buf_text(&child->text), child->text.len };
    end.output_cut = child->text_cut;
    if (child->on_end)
        child->on_end(child->arg, &end);
    child_free(child);
}

static void
limit_reached(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct child *child = timer->data;

    (void)loop, (void)events;
    child->timed_out = true;
    kill_group(child, SIGKILL);
}

static void
grace_over(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop, (void)events;
    kill_group(timer->data, SIGKILL);
}

/* ---- interface ---- */

static struct child *
child_new(const struct child_spec *spec, pid_t pid, int pidfd, int output)
{
    struct ev_loop *loop = control_loop();
    struct child *child = mem_alloc(sizeof *child);

    *child = (struct child){ .pid = pid,
                             .pidfd = pidfd,
                             .output = output,
                             .started_ms = clock_mono_ms(),
                             .on_line = spec->on_line,
                             .on_end = spec->on_end,
                             .arg = spec->arg };
    buf_init(&child->text, spec->on_line ? LINE_MAX_BYTES + READ_BYTES : spec->output_max);
    ev_io_init(&child->on_exit, exited, pidfd, EV_READ);
    ev_io_init(&child->on_output, output_ready, output, EV_READ);
    ev_timer_init(&child->limit, limit_reached, (double)spec->timeout_ms / 1e3, 0);
    ev_init(&child->grace, grace_over);
    child->on_exit.data = child->on_output.data = child->limit.data = child->grace.data = child;
    ev_now_update(loop);
    ev_io_start(loop, &child->on_exit);
    if (output >= 0)
        ev_io_start(loop, &child->on_output);
    if (spec->timeout_ms)
        ev_timer_start(loop, &child->limit);
    return child;
}

bool
child_start(const struct child_spec *spec, struct child **child, struct err *err)
{
    bool has_output = spec->on_line || spec->output_max;
    int ends[2] = { -1, -1 }, pidfd = -1;
    pid_t pid = 0;

    if (spec->fd_count > MAX_PASSED_FDS)
        return err_set(err, "cannot start %s: %zu descriptors to pass, at most %d", spec->argv[0], spec->fd_count,
                       MAX_PASSED_FDS);
    if (has_output && pipe2(ends, O_CLOEXEC) < 0)
        return err_set_errno(err, "cannot start %s: no pipe for its output", spec->argv[0]);
    if (has_output)
        fcntl(ends[0], F_SETFL, O_NONBLOCK); /* this end only; the child's writes may block */
    if (!spawn(spec, ends[1], &pid, err))
        goto out;
    pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (pidfd < 0) {
        err_set_errno(err, "cannot watch %s (Linux 5.4 or later is needed)", spec->argv[0]);
        kill(-pid, SIGKILL);
        waitpid(pid, NULL, 0);
        goto out;
    }
    *child = child_new(spec, pid, pidfd, ends[0]);
    ends[0] = -1;
out:
    if (ends[0] >= 0)
        close(ends[0]);
    if (ends[1] >= 0)
        close(ends[1]);
    return pidfd >= 0;
}

pid_t
child_pid(const struct child *child)
{
    return child->pid;
}

void
child_kill(struct child *child, int64_t grace_ms)
{
    struct ev_loop *loop = control_loop();
    double grace = (double)grace_ms / 1e3;

    child->killed = true;
    if (grace_ms <= 0) {
        kill_group(child, SIGKILL);
        return;
    }
    kill_group(child, SIGTERM);
    if (ev_is_active(&child->grace) && ev_timer_remaining(loop, &child->grace) <= grace)
        return;
    ev_timer_stop(loop, &child->grace);
    ev_now_update(loop);
    ev_timer_set(&child->grace, grace, 0);
    ev_timer_start(loop, &child->grace);
}

void
child_forget(struct child *child)
{
    child->on_line = NULL;
    child->on_end = NULL; /* its output is still read, or it would stand still once the pipe is full */
}

void
child_end_text(const struct child_end *end, char *text, size_t size)
{
    const char *name = end->signal ? sigabbrev_np(end->signal) : NULL;

    if (end->timed_out)
        snprintf(text, size, "took longer than its time limit and was ended");
    else if (name)
        snprintf(text, size, "SIG%s (%s)", name, sigdescr_np(end->signal));
    else if (end->signal)
        snprintf(text, size, "signal %d", end->signal);
    else
        snprintf(text, size, "exited with status %d", end->exit_code);
}
