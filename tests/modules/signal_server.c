/* SPDX-License-Identifier: MIT */
/*
 * Tries what a runner may not do and reports the errno of each; the function answers JSON {"kill server": 1, …}. Signal 0 would be
 * refused as well, so nobody is hurt where the sandbox is missing.
 */
#define _GNU_SOURCE
#include <interlude.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

static int
result_of(long rc)
{
    return rc < 0 ? errno : 0;
}

static int
kill_child(void)
{
    pid_t child = fork();
    int rc, status = 0;

    if (child == 0)
        for (;;)
            pause();
    rc = result_of(kill(child, SIGKILL));
    waitpid(child, &status, 0);
    return rc ? rc : WIFSIGNALED(status) ? 0 : -1;
}

static il_status
signal_server(il_request *req, il_response *res)
{
    pid_t server = getppid();
    struct rlimit limit;
    const char *text = il_rfmt(req,
        "{\"kill server\":%d,\"kill group 0\":%d,\"kill all\":%d,\"kill own\":%d,\"kill child\":%d,\"tgkill server\":%d,"
        "\"tkill server\":%d,\"sigqueue server\":%d,\"pidfd server\":%d,\"prlimit server\":%d,\"setown server\":%d,"
        "\"ptrace\":%d,\"mount\":%d,\"unshare\":%d,\"bpf\":%d,\"reboot\":%d,\"init_module\":%d,\"swapon\":%d,\"setns\":%d}",
        result_of(kill(server, 0)), result_of(kill(0, 0)), result_of(kill(-1, 0)), result_of(kill(getpid(), 0)), kill_child(),
        result_of(syscall(SYS_tgkill, server, server, 0)), result_of(syscall(SYS_tkill, server, 0)),
        result_of(sigqueue(server, 0, (union sigval){ 0 })), result_of(syscall(SYS_pidfd_open, server, 0)),
        result_of(prlimit(server, RLIMIT_CPU, NULL, &limit)), result_of(fcntl(0, F_SETOWN, server)),
        result_of(ptrace(PTRACE_TRACEME, 0, NULL, NULL)), result_of(mount("none", "/nowhere", "tmpfs", 0, NULL)),
        result_of(syscall(SYS_unshare, 0)), result_of(syscall(SYS_bpf, 0, NULL, 0)), result_of(syscall(SYS_reboot, 0, 0, 0, NULL)),
        result_of(syscall(SYS_init_module, NULL, 0, "")), result_of(syscall(SYS_swapon, "/nowhere", 0)),
        result_of(syscall(SYS_setns, -1, 0)));

    return text ? il_respond(res, 200, "application/json", text, __builtin_strlen(text)) : IL_NO_MEMORY;
}
IL_FUNCTION(signal_server, .method = "ANY");
