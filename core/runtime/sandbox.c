/* SPDX-License-Identifier: MIT */
/* Entering the sandbox (sandbox.h): limits and system calls here, files in landlock.c. */
#include "runtime/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"

/* Tracing, other processes' memory, and what only administers a kernel. */
static const int refused[] = {
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(process_madvise),
    SCMP_SYS(process_mrelease),
    SCMP_SYS(kcmp),
    SCMP_SYS(pidfd_getfd),
    SCMP_SYS(perf_event_open),
    SCMP_SYS(mount),
    SCMP_SYS(umount2),
    SCMP_SYS(pivot_root),
    SCMP_SYS(chroot),
    SCMP_SYS(move_mount),
    SCMP_SYS(open_tree),
    SCMP_SYS(fsopen),
    SCMP_SYS(fsconfig),
    SCMP_SYS(fsmount),
    SCMP_SYS(fspick),
    SCMP_SYS(mount_setattr),
    SCMP_SYS(setns),
    SCMP_SYS(unshare),
    SCMP_SYS(swapon),
    SCMP_SYS(swapoff),
    SCMP_SYS(reboot),
    SCMP_SYS(kexec_load),
    SCMP_SYS(kexec_file_load),
    SCMP_SYS(init_module),
    SCMP_SYS(finit_module),
    SCMP_SYS(delete_module),
    SCMP_SYS(bpf),
    SCMP_SYS(acct),
    SCMP_SYS(quotactl),
    SCMP_SYS(quotactl_fd),
    SCMP_SYS(nfsservctl),
    SCMP_SYS(settimeofday),
    SCMP_SYS(clock_settime),
    SCMP_SYS(adjtimex),
    SCMP_SYS(clock_adjtime),
    SCMP_SYS(sethostname),
    SCMP_SYS(setdomainname),
    SCMP_SYS(iopl),
    SCMP_SYS(ioperm),
    SCMP_SYS(syslog),
    SCMP_SYS(vhangup),
};

/* Process ids are 32 bits; what stands in the upper half of a register is up to the caller. */
static int
refuse_for_pid(scmp_filter_ctx filter, int call, unsigned argument, int pid)
{
    return seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), call, 1,
                            SCMP_CMP(argument, SCMP_CMP_MASKED_EQ, 0xffffffff, (uint32_t)pid));
}

/*
 * Everything that signals a process by its id. A thread id other than the main one also names its process to kill(2),
 * and no filter can know those; this is a fence, not a wall: the wall between users is another user.
 */
static int
add_signals(scmp_filter_ctx filter, pid_t server)
{
    static const int calls[] = {
        SCMP_SYS(kill),      SCMP_SYS(tgkill),    SCMP_SYS(rt_sigqueueinfo), SCMP_SYS(rt_tgsigqueueinfo),
        SCMP_SYS(prlimit64), SCMP_SYS(pidfd_open)
    };
    pid_t group = getpgid(server);
    int rc = 0;

    for (size_t i = 0; i < COUNT_OF(calls) && !rc; i++)
        rc = refuse_for_pid(filter, calls[i], 0, server);
    if (!rc && group > 1)
        rc = refuse_for_pid(filter, SCMP_SYS(kill), 0, -group);
    if (!rc) /* F_SETOWN makes the kernel send signals */
        rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(fcntl), 2,
                              SCMP_CMP(1, SCMP_CMP_MASKED_EQ, 0xffffffff, F_SETOWN),
                              SCMP_CMP(2, SCMP_CMP_MASKED_EQ, 0xffffffff, (uint32_t)server));
    return rc;
}

static int
add_calls(scmp_filter_ctx filter)
{
    int rc = 0;

    for (size_t i = 0; i < COUNT_OF(refused) && !rc; i++)
        rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), refused[i], 0);
    if (!rc)
        rc = refuse_for_pid(filter, SCMP_SYS(kill), 0, 0);
    if (!rc)
        rc = refuse_for_pid(filter, SCMP_SYS(kill), 0, -1);
    if (!rc)
        rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(tkill), 0);
    if (!rc) /* libraries that use it fall back to kill */
        rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(pidfd_send_signal), 0);
    return rc;
}

/* Filters add up: a later one for another server leaves the first in place. */
static int
load_filter(pid_t server, bool is_first)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    int rc;

    if (!filter)
        return -ENOMEM;
    rc = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
    if (!rc && is_first)
        rc = add_calls(filter);
    if (!rc)
        rc = add_signals(filter, server);
    if (!rc)
        rc = seccomp_load(filter);
    seccomp_release(filter);
    return rc;
}

bool
sandbox_enter(const struct landlock_paths *paths, struct err *err)
{
    int rc;

    setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return err_set_errno(err, "no_new_privs");
    if (!landlock_enter(paths, err))
        return false;
    rc = load_filter(getppid(), true);
    if (rc == -EINVAL || rc == -ENOSYS)
        return true; /* a kernel without seccomp filters */
    return rc == 0 || err_set(err, "the seccomp filter: %s", strerror(-rc));
}

void
sandbox_guard_peer(int fd)
{
    struct ucred peer;
    socklen_t len = sizeof peer;

    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 && peer.pid > 0)
        load_filter(peer.pid, false);
}
