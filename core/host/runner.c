/* SPDX-License-Identifier: MIT */
/* Starting, draining and ending runners (runner.h). What they say is runner_events.c, what they use runner_sample.c. */
#include "host/runner.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "host/program.h"
#include "host/runner_internal.h"
#include "host/wire.h"
#include "loop/child.h"

/* What does not leave at SIGTERM is killed; sooner when the server itself wants to stop. */
enum { KILL_GRACE_MS = 5000, STOP_GRACE_MS = 2000, MAX_STREAMS = 64, MAX_OLD_RUNNERS = 8 };

struct runner_state runner_state;

void
runners_init(const struct runner_spec *spec)
{
    runner_state.spec = *spec;
    ASSERT(spec->stream_count <= MAX_STREAMS);
    map_init(&runner_state.runs);
    list_init(&runner_state.all);
}

size_t
runners_count(void)
{
    return runner_state.count;
}

void
runner_free_when_done(struct runner *runner)
{
    if (runner->child || runner->wire)
        return;
    list_remove(&runner->in_all);
    runner_state.count--;
    if (runner->version) {
        if (runner->version->runner == runner)
            runner->version->runner = NULL;
        version_put(runner->version);
    }
    free(runner->failure);
    free(runner);
}

static void
make_directories(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
    mkdir(path, 0700);
}

/* "NAME=DIR" of the module's own data directory: the same for users/edit.c and users/edit.so. */
static char *
data_variable(const struct version *version)
{
    static const char name[] = "INTERLUDE_DATA_DIR=";
    const char *dot = strrchr(version->file, '.');
    int stem_len = dot ? (int)(dot - version->file) : (int)strlen(version->file);
    char *text = NULL;

    if (asprintf(&text, "%s%s/%.*s", name, runner_state.spec.modules_data_dir, stem_len, version->file) < 0)
        return NULL;
    make_directories(text + sizeof name - 1);
    return text;
}

static char *
root_variable(const struct version *version)
{
    char *text = NULL;

    return version->root && asprintf(&text, "LAMBDA_TASK_ROOT=%s", version->root) >= 0 ? text : NULL;
}

/* ours[i] and theirs[i] are the two ends; [0] is the control stream. */
static bool
make_streams(size_t count, int *ours, int *theirs, struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        int ends[2];

        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
            err_set_errno(err, "cannot make a stream to the runner");
            while (i-- > 0) {
                close(ours[i]);
                close(theirs[i]);
            }
            return false;
        }
        ours[i] = ends[0];
        theirs[i] = ends[1];
        fcntl(ours[i], F_SETFL, O_NONBLOCK);
    }
    return true;
}

static bool
start_process(struct runner *runner, const int *fds, size_t fd_count, struct err *err)
{
    const struct runner_spec *spec = &runner_state.spec;
    const struct version *version = runner->version;
    struct uuid_text instance = uuid_format(runner->instance);
    char *data = data_variable(version), *root = root_variable(version), streams[16];
    const char **env = program_environment((const char *const[]){ data, root, NULL }, version->environment);
    const char *argv[] = { "interlude-runner",
                           "serve",
                           version->path,
                           "--name",
                           version->file,
                           "--instance",
                           instance.s,
                           "--streams",
                           streams,
                           "--attach",
                           spec->attach_path,
                           "--data",
                           spec->server_data_dir,
                           "--prefix",
                           version->prefix ? version->prefix : "",
                           "--root",
                           version->root ? version->root : "",
                           NULL };
    bool is_started;

    snprintf(streams, sizeof streams, "%zu", fd_count - 1);
    is_started = child_start(&(struct child_spec){ .exec_fd = program_fd(),
                                                   .argv = argv,
                                                   .env = env,
                                                   .fds = fds,
                                                   .fd_count = fd_count,
                                                   .on_line = runner_on_line,
                                                   .on_end = runner_on_end,
                                                   .arg = runner },
                             &runner->child, err);
    free(env);
    free(data);
    free(root);
    return is_started;
}

static struct runner *
runner_start(struct version *version, struct err *err)
{
    size_t stream_count = version_has_functions(version) ? runner_state.spec.stream_count : 0;
    int ours[MAX_STREAMS + 1], theirs[MAX_STREAMS + 1];
    struct runner *runner;
    bool is_started;

    if (!make_streams(stream_count + 1, ours, theirs, err))
        return NULL;
    runner = mem_alloc(sizeof *runner);
    runner->serial = ++runner_state.last_serial;
    runner->version = version_get(version);
    runner->instance = uuid_v4();
    runner->started_at = runner->idle_since = clock_mono_ms();
    list_init(&runner->runs);
    list_add_tail(&runner_state.all, &runner->in_all);
    runner_state.count++;
    is_started = start_process(runner, theirs, stream_count + 1, err);
    for (size_t i = 0; i <= stream_count; i++) {
        close(theirs[i]);
        if (!is_started)
            close(ours[i]);
    }
    if (!is_started) {
        runner_free_when_done(runner);
        return NULL;
    }
    runner->pid = child_pid(runner->child);
    runner->wire = wire_open(ours[0], &runner_wire_events, runner);
    runner->streams = (unsigned)stream_count;
    version->runner = runner;
    log_debug("runner", "%s: started as process %d", version->file, runner->pid);
    if (stream_count)
        runner_state.spec.streams(runner, ours + 1);
    return runner;
}

struct runner *
runner_for(struct version *version, struct err *err)
{
    return version->runner && !version->runner->is_draining ? version->runner : runner_start(version, err);
}

void
runner_send(struct runner *runner, enum link_method method, uint32_t slot, struct uuid subject, struct uuid group,
            struct str payload)
{
    struct link_frame head = { .kind = LINK_CALL, .method = (uint8_t)method, .flags = LINK_ONEWAY, .slot = slot };

    if (!runner->wire)
        return;
    head.call = ++runner->last_call;
    memcpy(head.subject.bytes, subject.bytes, sizeof head.subject.bytes);
    memcpy(head.group.bytes, group.bytes, sizeof head.group.bytes);
    wire_send(runner->wire, &head, payload);
}

void
runner_respond(struct runner *runner, enum link_method method, uint32_t call, struct uuid run, bool is_ok,
               struct str reason)
{
    struct link_frame head = {
        .kind = LINK_RESPONSE, .method = (uint8_t)method, .status = is_ok ? LINK_OK : LINK_REFUSED, .call = call
    };

    memcpy(head.subject.bytes, run.bytes, sizeof head.subject.bytes);
    if (runner->wire)
        wire_send(runner->wire, &head, reason);
}

void
runner_ask_health(struct runner *runner, bool with_health)
{
    struct link_frame head = { .kind = LINK_CALL, .method = LINK_HEALTH, .status = !with_health };

    head.call = ++runner->last_call;
    if (runner->wire)
        wire_send(runner->wire, &head, STR(""));
}

void
runner_run_add(struct runner *runner, struct host_run *run)
{
    run->place = runner;
    run->cpu_base_ms = runner->cpu_ms;
    list_add_tail(&runner->runs, &run->in_host);
    map_set(&runner_state.runs, (struct str){ (const char *)run->id.bytes, sizeof run->id.bytes }, run);
}

/* DRAIN is sent once the runner has nothing of ours any more, so that it may leave as soon as it is done itself. */
static void
tell_if_drained(struct runner *runner)
{
    if (!runner->is_draining || runner->is_telling || !list_is_empty(&runner->runs) || !runner->wire)
        return;
    runner->is_telling = true;
    runner_send(runner, LINK_DRAIN, 0, (struct uuid){ 0 }, (struct uuid){ 0 }, STR(""));
}

void
runner_run_remove(struct host_run *run)
{
    struct runner *runner = run->place;

    map_remove(&runner_state.runs, (struct str){ (const char *)run->id.bytes, sizeof run->id.bytes });
    list_remove(&run->in_host);
    run->place = NULL;
    run->host = NULL;
    runner_touch(runner);
    tell_if_drained(runner);
}

/* Someone who leaves a form open for days must not keep a process for every save since (architecture 3). */
static void
push_out_oldest(const struct runner *newest)
{
    struct runner *oldest = NULL;
    size_t count = 0;

    LIST_EACH(&runner_state.all, node)
    {
        struct runner *other = LIST_ENTRY(node, struct runner, in_all);

        if (!other->is_draining || other->is_killed || !other->version ||
            strcmp(other->version->file, newest->version->file) != 0)
            continue;
        oldest = oldest ? oldest : other; /* the list is in the order of starting */
        count++;
    }
    if (count > MAX_OLD_RUNNERS)
        runner_kill(oldest, "was replaced by newer versions several times, so its oldest process was ended");
}

void
runner_drain(struct runner *runner)
{
    if (runner->is_draining)
        return;
    runner->is_draining = true;
    runner->draining_since = clock_mono_ms();
    if (runner->version && runner->version->runner == runner)
        runner->version->runner = NULL;
    if (runner->streams)
        runner_state.spec.close_streams(runner);
    tell_if_drained(runner);
    if (runner->version)
        push_out_oldest(runner);
}

void
runner_kill(struct runner *runner, const char *reason)
{
    runner->is_killed = true;
    runner->kill_reason = reason;
    if (runner->child) {
        child_kill(runner->child, reason ? 0 : KILL_GRACE_MS);
    } else if (runner->wire) { /* not our child: its end is the end of the stream */
        if (runner->pid > 1)
            kill(-runner->pid, SIGKILL);
        wire_end(runner->wire);
    }
}

void
runner_stream_ended(struct runner *runner)
{
    ASSERT(runner->streams > 0);
    runner->streams--;
}

void
runner_touch(struct runner *runner)
{
    runner->idle_since = clock_mono_ms();
}

struct runner *
runner_find(uint64_t serial)
{
    LIST_EACH(&runner_state.all, node)
    if (LIST_ENTRY(node, struct runner, in_all)->serial == serial)
        return LIST_ENTRY(node, struct runner, in_all);
    return NULL;
}

bool
runners_have(const struct version *version)
{
    LIST_EACH(&runner_state.all, node)
    if (LIST_ENTRY(node, struct runner, in_all)->version == version)
        return true;
    return false;
}

void
runners_dismiss(void)
{
    LIST_EACH(&runner_state.all, node)
    {
        struct runner *runner = LIST_ENTRY(node, struct runner, in_all);
        struct link_frame head = { .kind = LINK_CALL, .method = LINK_DRAIN, .flags = LINK_ONEWAY, .status = 1 };

        runner->is_killed = true;
        runner->is_draining = true;
        if (runner->wire)
            wire_send(runner->wire, &head, STR(""));
        if (runner->child)
            child_kill(runner->child, STOP_GRACE_MS);
    }
}
