/* SPDX-License-Identifier: MIT */
/* Describing a module in a process of its own (probe.h). */
#include "host/probe.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "host/program.h"
#include "json/write.h"
#include "loop/child.h"

enum { TIME_LIMIT_MS = 5000, MAX_DESCRIPTOR = 4 << 20 };

struct probe {
    int output; /* a memfd, not a pipe: a module with many routes must not block on it */
    probe_done *done;
    void *arg;
};

static void
describe_death(const struct child_end *end, struct buf *out)
{
    char how[256];
    struct json_out json;
    struct buf text;

    child_end_text(end, how, sizeof how);
    buf_init(&text, sizeof how * 4);
    buf_printf(&text,
               "it could not be opened: the process that tried %s. Code that runs at load time (constructors, global "
               "initialisers) must not crash, exit or wait",
               how);
    json_out_init(&json, out);
    json_object(&json);
    json_pair_str(&json, "error", buf_view(&text));
    json_object_end(&json);
    buf_fini(&text);
}

static bool
read_descriptor(int fd, struct buf *out)
{
    off_t size = lseek(fd, 0, SEEK_END);

    if (size <= 0 || size > MAX_DESCRIPTOR || !buf_reserve(out, (size_t)size))
        return false;
    out->len = (size_t)size;
    return pread(fd, out->p, out->len, 0) == size;
}

static void
on_end(void *arg, const struct child_end *end)
{
    struct probe *probe = arg;
    struct buf text;

    buf_init(&text, MAX_DESCRIPTOR);
    if (end->exit_code != 0 || !read_descriptor(probe->output, &text)) {
        buf_clear(&text);
        describe_death(end, &text);
    }
    close(probe->output);
    probe->done(buf_view(&text), probe->arg);
    buf_fini(&text);
    free(probe);
}

bool
probe_start(const char *module_path, probe_done *done, void *arg, struct err *err)
{
    struct probe *probe = mem_alloc(sizeof *probe);
    const char **env = program_environment(NULL, NULL);
    struct child *child;
    bool is_started;

    probe->done = done;
    probe->arg = arg;
    probe->output = memfd_create("probe", MFD_CLOEXEC);
    is_started = probe->output >= 0
                     ? child_start(&(struct child_spec){ .exec_fd = program_fd(),
                                                         .argv = (const char *const[]){ "interlude-runner", "probe",
                                                                                        module_path, NULL },
                                                         .env = env,
                                                         .fds = &probe->output,
                                                         .fd_count = 1,
                                                         .timeout_ms = TIME_LIMIT_MS,
                                                         .on_end = on_end,
                                                         .arg = probe },
                                   &child, err)
                     : err_set_errno(err, "cannot look into the module");
    free(env);
    if (!is_started) {
        if (probe->output >= 0)
            close(probe->output);
        free(probe);
    }
    return is_started;
}
