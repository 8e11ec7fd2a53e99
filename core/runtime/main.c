/* SPDX-License-Identifier: MIT */
/*
 * interlude-runner: the process in which the code of one module runs. Started by the server (host/native.c), never by
 * hand, except `probe`, which is what `interlude check` shows.
 *
 *     probe FILE    module.c, probe.c          what is in the file, as JSON
 *     serve FILE …  sandbox.c, landlock.c      what it may not do
 *                   module.c, elf.c            opening and verifying it
 *                   control.c, attach.c        the control stream, the end of this process
 *                   runs.c, run.c, thread.c    actions and pages: the IO half (api.c …) sits on run.h
 *                   function.c, request.c, response.c   HTTP functions
 *                   event.c, lambda.c, call_info.c      the same as AWS Lambda has it
 */
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "runtime/control.h"
#include "runtime/prefix.h"
#include "runtime/probe.h"
#include "runtime/sandbox.h"
#include "runtime/thread.h"

enum { FIRST_FD = 3, EXIT_USAGE = 2, MAX_STREAMS = 256 };

static int
usage(void)
{
    fputs("usage: interlude-runner probe FILE\n"
          "       interlude-runner serve FILE --name NAME --instance UUID --streams N --attach PATH --data DIR\n"
          "           [--prefix PREFIX] [--root DIR]\n",
          stderr);
    return EXIT_USAGE;
}

/* Ignored signals and masks are inherited; a module expects neither. */
static void
reset_signals(void)
{
    sigset_t none;

    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL); /* refused for SIGKILL, SIGSTOP and those of the C library, rightly */
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static int
probe(const char *path)
{
    struct err err;

    prctl(PR_SET_PDEATHSIG, SIGKILL); /* a constructor that hangs must not outlive who keeps the time */
    if (!sandbox_enter(&(struct landlock_paths){ .readable_file = path }, &err)) {
        fprintf(stderr, "interlude-runner: cannot enter the sandbox: %s\n", err.text);
        return EXIT_FAILURE;
    }
    return probe_run(path, FIRST_FD);
}

static int
serve(const struct serve_options *options)
{
    int end_fd = options->first_function_fd + options->function_stream_count;
    const struct landlock_paths paths = { options->data_dir, getenv("INTERLUDE_DATA_DIR"), options->path,
                                          options->task_root };
    struct err err;

    for (int fd = options->control_fd; fd < end_fd; fd++)
        fcntl(fd, F_SETFD, FD_CLOEXEC); /* what a handler executes must not hold the link */
    setsid();                           /* fails if the server has seen to it already */
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (!sandbox_enter(&paths, &err)) {
        fprintf(stderr, "interlude-runner: cannot enter the sandbox: %s\n", err.text);
        return EXIT_FAILURE;
    }
    thread_init();
    return control_serve(options);
}

static bool
parse_count(const char *text, int *count)
{
    char *end;
    long value = strtol(text, &end, 10);

    if (*end || end == text || value < 0 || value > MAX_STREAMS)
        return false;
    *count = (int)value;
    return true;
}

/* argv[0] is the file. */
static bool
parse_serve(int argc, char **argv, struct serve_options *options)
{
    static const struct option known[] = {
        { "name", required_argument, NULL, 'n' },    { "instance", required_argument, NULL, 'i' },
        { "streams", required_argument, NULL, 's' }, { "attach", required_argument, NULL, 'a' },
        { "data", required_argument, NULL, 'd' },    { "prefix", required_argument, NULL, 'p' },
        { "root", required_argument, NULL, 'r' },    { NULL, 0, NULL, 0 },
    };
    bool ok = true;
    int letter;

    *options = (struct serve_options){ .path = argv[0], .control_fd = FIRST_FD, .first_function_fd = FIRST_FD + 1 };
    while ((letter = getopt_long(argc, argv, "", known, NULL)) != -1)
        switch (letter) {
        case 'n':
            options->name = optarg;
            break;
        case 'i':
            options->instance = optarg;
            break;
        case 's':
            ok = ok && parse_count(optarg, &options->function_stream_count);
            break;
        case 'a':
            options->attach_path = optarg;
            break;
        case 'd':
            options->data_dir = optarg;
            break;
        case 'p':
            prefix_set(optarg);
            break;
        case 'r':
            options->task_root = *optarg ? optarg : NULL;
            break;
        default:
            ok = false;
        }
    return ok && optind == argc && options->name && options->instance && options->attach_path && options->data_dir;
}

int
main(int argc, char **argv)
{
    struct serve_options options;

    reset_signals();
    if (argc == 3 && strcmp(argv[1], "probe") == 0)
        return probe(argv[2]);
    if (argc > 3 && strcmp(argv[1], "serve") == 0 && parse_serve(argc - 2, argv + 2, &options))
        return serve(&options);
    return usage();
}
