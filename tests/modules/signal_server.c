/* SPDX-License-Identifier: MIT */
/*
 * Tries what a runner may not do and reports the errno of each; the function answers JSON {"kill server": 1, …}.
 * Signal 0 would be refused as well, so nobody is hurt where the sandbox is missing.
 */
#define _GNU_SOURCE
#include <interlude.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
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
    const struct {
        const char *what;
        int result;
    } tries[] = {
        { "kill server", result_of(kill(server, 0)) },
        { "kill group 0", result_of(kill(0, 0)) },
        { "kill all", result_of(kill(-1, 0)) },
        { "kill own", result_of(kill(getpid(), 0)) },
        { "kill child", kill_child() },
        { "tgkill server", result_of(syscall(SYS_tgkill, server, server, 0)) },
        { "tkill server", result_of(syscall(SYS_tkill, server, 0)) },
        { "sigqueue server", result_of(sigqueue(server, 0, (union sigval){ 0 })) },
        { "pidfd_open server", result_of(syscall(SYS_pidfd_open, server, 0)) },
        { "prlimit server", result_of(prlimit(server, RLIMIT_CPU, NULL, &limit)) },
        { "setown server", result_of(fcntl(0, F_SETOWN, server)) },
        { "ptrace", result_of(ptrace(PTRACE_TRACEME, 0, NULL, NULL)) },
        { "mount", result_of(mount("none", "/nowhere", "tmpfs", 0, NULL)) },
        { "unshare", result_of(syscall(SYS_unshare, 0)) },
        { "bpf", result_of(syscall(SYS_bpf, 0, NULL, 0)) },
        { "reboot", result_of(syscall(SYS_reboot, 0, 0, 0, NULL)) },
        { "init_module", result_of(syscall(SYS_init_module, NULL, 0, "")) },
        { "swapon", result_of(syscall(SYS_swapon, "/nowhere", 0)) },
        { "setns", result_of(syscall(SYS_setns, -1, 0)) },
    };
    const char *text = "{";

    for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++)
        text = il_rfmt(req, "%s%s\"%s\":%d", text, i ? "," : "", tries[i].what, tries[i].result);
    text = il_rfmt(req, "%s}", text);
    return il_respond(res, 200, "application/json", text, strlen(text));
}
IL_FUNCTION(signal_server, .method = "ANY");
