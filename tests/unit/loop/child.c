/* SPDX-License-Identifier: MIT */
/* Child processes: real ones, on the real control loop. */
#include "loop/child.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "loop/control.h"

struct seen {
    struct child_end end;
    char *output;
    struct buf lines;
    int ends;
};

static void
on_end(void *arg, const struct child_end *end)
{
    struct seen *seen = arg;

    seen->end = *end;
    seen->output = mem_strndup(end->output.p, end->output.len);
    seen->ends++;
    control_stop();
}

static void
on_line(void *arg, struct str line)
{
    struct seen *seen = arg;

    buf_printf(&seen->lines, "[%.*s]", (int)(line.len < 20 ? line.len : 20), line.p);
}

static struct seen
run(struct child_spec spec, const char *script)
{
    struct seen seen = { .ends = 0 };
    const char *argv[] = { "sh", "-c", script, NULL };
    struct child *child;
    struct err err;

    buf_init(&seen.lines, 1 << 20);
    spec.file = spec.file ? spec.file : "sh";
    spec.argv = argv;
    spec.on_end = on_end;
    spec.arg = &seen;
    if (!child_start(&spec, &child, &err))
        fail_msg("%s", err.text);
    control_run();
    assert_int_equal(seen.ends, 1);
    return seen;
}

static void
forget(struct seen *seen)
{
    free(seen->output);
    buf_fini(&seen->lines);
}

static void
keeps_output_and_status(void **state)
{
    struct seen seen = run((struct child_spec){ .output_max = 100 }, "echo out; echo err >&2; exit 3");

    (void)state;
    assert_int_equal(seen.end.exit_code, 3);
    assert_int_equal(seen.end.signal, 0);
    assert_string_equal(seen.output, "out\nerr\n");
    assert_false(seen.end.output_cut);
    forget(&seen);
    seen = run((struct child_spec){ .output_max = 10 }, "echo 0123456789abcdef");
    assert_string_equal(seen.output, "0123456789");
    assert_true(seen.end.output_cut);
    forget(&seen);
}

static void
gives_lines(void **state)
{
    struct seen seen = run((struct child_spec){ .on_line = on_line }, "printf 'a\\n\\nb\\r\\nlast'");

    (void)state;
    assert_string_equal(buf_text(&seen.lines), "[a][][b\r][last]");
    forget(&seen);
    seen = run((struct child_spec){ .on_line = on_line }, "head -c 100000 /dev/zero | tr '\\0' x; echo; echo end");
    assert_string_equal(buf_text(&seen.lines) + seen.lines.len - 5, "[end]");
    forget(&seen);
}

static void
tells_the_signal(void **state)
{
    struct seen seen = run((struct child_spec){ .output_max = 1 }, "kill -SEGV $$");
    char text[64];

    (void)state;
    assert_int_equal(seen.end.signal, SIGSEGV);
    assert_int_equal(seen.end.exit_code, -1);
    child_end_text(&seen.end, text, sizeof text);
    assert_string_equal(text, "SIGSEGV (Segmentation fault)");
    forget(&seen);
}

static void
starts_clean(void **state)
{
    const char *env[] = { "PATH=/usr/bin:/bin", "ONLY=this", NULL };
    struct seen seen;

    (void)state;
    signal(SIGPIPE, SIG_IGN);
    seen = run((struct child_spec){ .output_max = 4096, .env = env, .cwd = "/usr" },
               "pwd; echo $ONLY; sed -nE 's/^(SigBlk|SigIgn).*(.{7})$/\\1 \\2/p' /proc/self/status; set -- $(cat "
               "/proc/self/stat); "
               "[ $$ = $6 ] && echo own session; readlink /proc/self/fd/0");
    signal(SIGPIPE, SIG_DFL);
    assert_string_equal(seen.output, "/usr\nthis\nSigBlk 0000000\nSigIgn 0000000\nown session\n/dev/null\n");
    forget(&seen);
}

/* Descriptors arrive at 3, 4, … in the order given, whatever numbers they have here, and nothing else arrives. */
static void
passes_descriptors(void **state)
{
    int pipes[3][2], fds[3], leak = open("/dev/null", O_RDONLY);
    char text[8] = "";
    struct seen seen;

    (void)state;
    for (int i = 0; i < 3; i++)
        assert_int_equal(pipe2(pipes[i], O_CLOEXEC), 0);
    for (int i = 0; i < 3; i++)
        fds[i] = pipes[2 - i][1]; /* in descending order: they collide with their targets */
    seen = run((struct child_spec){ .output_max = 4096, .fds = fds, .fd_count = 3 },
               "echo 3 >&3; echo 4 >&4; echo 5 >&5; i=0; while [ $i -lt 64 ]; do [ -e /proc/$$/fd/$i ] && printf '%d ' "
               "$i; i=$((i + 1)); done");
    assert_string_equal(seen.output, "0 1 2 3 4 5 ");
    for (int i = 0; i < 3; i++) {
        assert_int_equal(read(pipes[2 - i][0], text, sizeof text), 2);
        assert_int_equal(text[0], '3' + i);
        close(pipes[2 - i][0]);
        close(pipes[2 - i][1]);
    }
    close(leak);
    forget(&seen);
}

static void
runs_from_memory(void **state)
{
    int image = memfd_create("image", MFD_CLOEXEC), file = open("/bin/sh", O_RDONLY | O_CLOEXEC), sockets[2];
    const char *argv[] = { "from-memory", "-c", "echo hello >&3", NULL };
    struct seen seen = { .ends = 0 };
    struct child_spec spec = {
        .exec_fd = image, .argv = argv, .fds = &sockets[1], .fd_count = 1, .on_end = on_end, .arg = &seen
    };
    struct child *child;
    char text[8];

    (void)state;
    while (sendfile(image, file, NULL, 1 << 20) > 0)
        ;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets), 0);
    assert_true(child_start(&spec, &child, NULL));
    control_run();
    assert_int_equal(seen.end.exit_code, 0);
    assert_int_equal(read(sockets[0], text, sizeof text), 6);
    close(sockets[0]);
    close(sockets[1]);
    close(image);
    close(file);
    free(seen.output);
}

static void
time_limit_ends_the_whole_group(void **state)
{
    int ends[2];
    char text[4];
    struct seen seen;

    (void)state;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    seen = run((struct child_spec){ .timeout_ms = 30, .fds = &ends[1], .fd_count = 1 },
               "tail -f /dev/null & tail -f /dev/null");
    close(ends[1]);
    assert_true(seen.end.timed_out);
    assert_int_equal(seen.end.signal, SIGKILL);
    assert_in_range(seen.end.elapsed_ms, 30, 2000);
    assert_int_equal(read(ends[0], text, sizeof text), 0); /* ends only when the grandchild is dead too */
    close(ends[0]);
    forget(&seen);
}

static void
kill_on_line(void *arg, struct str line)
{
    struct child **child = arg;

    assert_true(str_is(line, "ready"));
    child_kill(*child, 20);
}

static void
end_by_kill(void *arg, const struct child_end *end)
{
    (void)arg;
    assert_true(end->killed);
    assert_int_equal(end->signal, SIGKILL);
    control_stop();
}

static void
kill_waits_and_then_insists(void **state)
{
    const char *argv[] = { "sh", "-c", "trap '' TERM; echo ready; tail -f /dev/null & while :; do wait; done", NULL };
    struct child *child;
    struct child_spec spec = {
        .file = "sh", .argv = argv, .on_line = kill_on_line, .on_end = end_by_kill, .arg = &child
    };

    (void)state;
    assert_true(child_start(&spec, &child, NULL));
    assert_true(child_pid(child) > 0);
    control_run();
}

static void
says_why_it_did_not_start(void **state)
{
    const char *argv[] = { "no-such-program", NULL };
    struct child_spec spec = { .file = "no-such-program", .argv = argv, .output_max = 1, .on_end = on_end };
    struct child *child;
    struct err err;
    int before = dup(0), after;

    (void)state;
    close(before);
    assert_false(child_start(&spec, &child, &err));
    assert_string_equal(err.text, "cannot start no-such-program: No such file or directory");
    after = dup(0);
    close(after);
    assert_int_equal(after, before); /* nothing stayed open */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_output_and_status),
        cmocka_unit_test(gives_lines),
        cmocka_unit_test(tells_the_signal),
        cmocka_unit_test(starts_clean),
        cmocka_unit_test(passes_descriptors),
        cmocka_unit_test(runs_from_memory),
        cmocka_unit_test(time_limit_ends_the_whole_group),
        cmocka_unit_test(kill_waits_and_then_insists),
        cmocka_unit_test(says_why_it_did_not_start),
    };

    control_init();
    return cmocka_run_group_tests_name("loop/child", tests, NULL, NULL);
}
