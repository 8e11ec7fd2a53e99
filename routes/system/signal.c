/* SPDX-License-Identifier: MIT */
/*
 * Sends a signal to a process, after a look at it and a confirmation.
 * The SDK in it: parameters of the address with a question as fallback, il_confirm, a failure with a text that helps
 * (il_fail), waiting with il_sleep_ms, which ends early when the person leaves.
 */
#define _GNU_SOURCE
#include <interlude.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "proc.h"
#include "units.h"

static const struct {
    int number;
    const char *name;
} signals[] = { { SIGTERM, "SIGTERM" }, { SIGKILL, "SIGKILL" }, { SIGHUP, "SIGHUP" },
                { SIGINT, "SIGINT" },   { SIGSTOP, "SIGSTOP" }, { SIGCONT, "SIGCONT" } };

static bool is_same(const struct process *p)
{
    struct process now;

    return proc_read(p->pid, &now) && now.started == p->started && now.state != 'Z';
}

/* From the row menu of the list the process is known; from the list of routes it is asked for. */
static il_status choose(il_ctx *ctx, struct process *p)
{
    const char *pid = il_param_str(ctx, "pid"), *started = il_param_str(ctx, "started");
    double number;

    if (!pid)
        IL_TRY(il_ask(ctx, IL_NUMBER(&number, "Process ID", .min = IL_SET(1), .max = IL_SET(4194304))));
    if (!proc_read(pid ? (int)strtol(pid, NULL, 10) : (int)number, p))
        return il_fail(ctx, "There is no such process: it may have ended.");
    if (started && strtoull(started, NULL, 10) != p->started)
        return il_fail(ctx, "The process of that list has ended; %d is another one now: %s", p->pid, p->command);
    return IL_OK;
}

static il_status refused(il_ctx *ctx, const struct process *p, int error)
{
    if (error == ESRCH)
        return il_fail(ctx, "Process %d has ended meanwhile.", p->pid);
    if (error == EPERM)
        return il_fail(ctx,
                       "Not permitted: process %d belongs to somebody else, or it is the server itself, which the "
                       "sandbox protects from its tools.",
                       p->pid);
    return il_fail(ctx, "Process %d: %s", p->pid, strerror(error));
}

/* Most processes need a moment to end. */
static il_status await_end(il_ctx *ctx, const struct process *p)
{
    il_loading_start(ctx, "Waiting for the process to end", .description = p->name);
    for (int i = 0; i < 20 && is_same(p); i++)
        IL_TRY(il_sleep_ms(ctx, 100));
    return IL_OK;
}

static il_status send_signal(il_ctx *ctx)
{
    struct process p;
    size_t chosen;
    bool yes;

    IL_TRY(choose(ctx, &p));
    IL_TRY(il_ask(
        ctx,
        IL_METADATA("Process",
                    IL_META({ "PID", IL_S(il_fmt(ctx, "%d", p.pid)) }, { "Name", IL_S(p.name) },
                            { "Memory", IL_S(units_bytes(p.rss_bytes).text) }, { "Command", IL_S(p.command) })),
        IL_SELECT(&chosen, "Signal", .value = "SIGTERM",
                  IL_OPTIONS(IL_OPT("Terminate", "SIGTERM", .description = "Asks it to end"),
                             IL_OPT("Kill", "SIGKILL", .description = "Ends it at once; it cannot save anything"),
                             IL_OPT("Hang up", "SIGHUP", .description = "Many daemons read their configuration anew"),
                             IL_OPT("Interrupt", "SIGINT", .description = "As Ctrl+C"),
                             IL_OPT("Stop", "SIGSTOP", .description = "Pauses it"),
                             IL_OPT("Continue", "SIGCONT", .description = "After a stop")))));
    IL_TRY(il_confirm(ctx, il_fmt(ctx, "Send %s to %s (%d)?", signals[chosen].name, p.name, p.pid), NULL, &yes));
    if (!yes)
        return il_return_str(ctx, "Nothing was sent.");

    /* the person may have taken a while: is it still the same process? */
    if (!is_same(&p))
        return refused(ctx, &p, ESRCH);
    if (kill(p.pid, signals[chosen].number) != 0)
        return refused(ctx, &p, errno);
    il_log(ctx, "%s sent %s to %d: %s", il_user(ctx)->email, signals[chosen].name, p.pid, p.command);
    if (signals[chosen].number == SIGTERM || signals[chosen].number == SIGKILL)
        IL_TRY(await_end(ctx, &p));
    return il_return(ctx, { "sent", IL_S(signals[chosen].name) }, { "process", IL_S(p.name) },
                     { "still running", IL_B(is_same(&p)) });
}
IL_ACTION(send_signal, .name = "Send a signal", .description = "Ends, stops or continues a process");
