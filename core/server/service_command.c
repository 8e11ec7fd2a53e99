/* SPDX-License-Identifier: MIT */
/* custom.interlude.build.command (service_command.h). */
#include "server/service_command.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "loop/child.h"

enum { LIMIT_MS = 120 * 1000 };

static struct {
    struct child *child; /* NULL: none runs */
    char *command, *dir;
    void (*done)(const char *why);
    bool is_asked_again;
} self;

static void start(void);

static void
on_line(void *arg, struct str line)
{
    (void)arg;
    printf("%.*s\n", STR_ARG(line));
    fflush(stdout);
}

static void
finish(const char *why)
{
    self.child = NULL;
    if (self.is_asked_again)
        start();
    else
        self.done(why);
}

static void
on_end(void *arg, const struct child_end *end)
{
    char why[128];

    (void)arg;
    if (end->timed_out)
        snprintf(why, sizeof why, "it took longer than %d s", LIMIT_MS / 1000);
    else if (end->signal)
        snprintf(why, sizeof why, "signal %d ended it", end->signal);
    else
        snprintf(why, sizeof why, "it exited with %d", end->exit_code);
    finish(end->exit_code == 0 ? NULL : why);
}

static void
start(void)
{
    const char *const argv[] = { "/bin/sh", "-c", self.command, NULL };
    struct err err;

    self.is_asked_again = false;
    if (!child_start(&(struct child_spec){ .file = argv[0],
                                           .argv = argv,
                                           .cwd = self.dir,
                                           .on_line = on_line,
                                           .timeout_ms = LIMIT_MS,
                                           .on_end = on_end },
                     &self.child, &err)) {
        self.child = NULL;
        self.done(err.text);
    }
}

void
service_command_run(const char *command, const char *dir, void (*done)(const char *why))
{
    free(self.command);
    free(self.dir);
    self.command = mem_strdup(command);
    self.dir = mem_strdup(dir);
    self.done = done;
    if (self.child)
        self.is_asked_again = true;
    else
        start();
}

bool
service_command_is_running(void)
{
    return self.child != NULL;
}

void
service_command_stop(void)
{
    if (self.child) {
        child_kill(self.child, 0);
        child_forget(self.child);
    }
    self.child = NULL;
}
