/* SPDX-License-Identifier: MIT */
/* Re-attachment of runners that outlived their server (attach.h). */
#include "host/attach.h"

#include <errno.h>
#include <ev.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "host/runner_internal.h"
#include "json/read.h"
#include "loop/control.h"

static struct {
    ev_io acceptor;
    char *path;
    struct host *host;
    struct host_run *(*adopt)(struct uuid id, const char *module);
} attach;

/* One that knocked and has not introduced itself yet, or has. */
struct guest {
    struct runner runner; /* first: freed as a runner */
    char *module;         /* NULL: no HELLO so far */
};

static void
on_hello(struct guest *guest, struct str payload)
{
    struct arena arena;
    struct json root;
    struct err err;

    arena_init(&arena, 0);
    if (json_parse(&arena, payload, &root, &err)) {
        const char *module = json_text(&arena, json_get(root, "module"));

        if (module && json_int(json_get(root, "version"), 0) == LINK_VERSION) {
            guest->module = mem_strdup(module);
            log_info("runner", "%s (process %d) outlived the last server; its runs go on", module, guest->runner.pid);
        }
    }
    arena_fini(&arena);
}

/* The first frame about a run brings it back. */
static void
adopt(struct guest *guest, const struct link_frame *head)
{
    struct str key = { (const char *)head->subject.bytes, sizeof head->subject.bytes };
    struct host_run *run;
    struct uuid id;

    if (map_find(&runner_state.runs, key))
        return;
    memcpy(id.bytes, head->subject.bytes, sizeof id.bytes);
    run = uuid_is_nil(id) ? NULL : attach.adopt(id, guest->module);
    if (!run)
        return;
    run->host = attach.host;
    run->slot = UINT32_MAX; /* its version is not one of ours */
    runner_run_add(&guest->runner, run);
}

static void
on_frame(void *arg, const struct link_frame *head, struct str payload)
{
    struct guest *guest = arg;

    if (head->method == LINK_HELLO && !guest->module)
        on_hello(guest, payload);
    if (!guest->module) {
        runner_wire_events.ended(&guest->runner);
        return;
    }
    adopt(guest, head);
    runner_wire_events.frame(&guest->runner, head, payload);
}

static void
on_ended(void *arg)
{
    struct guest *guest = arg;

    free(guest->module);
    guest->module = NULL;
    runner_wire_events.ended(&guest->runner);
}

static const struct wire_events guest_events = { .frame = on_frame, .ended = on_ended };

/* As the kernel knows it: what a guest says of itself is not what a person's Stop should kill. */
static int
peer_pid(int fd)
{
    struct ucred peer;
    socklen_t len = sizeof peer;

    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 && peer.pid != getpid() ? peer.pid : 0;
}

static void
on_connection(struct ev_loop *loop, ev_io *io, int events)
{
    int fd = accept4(io->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    struct guest *guest;

    (void)events;
    if (fd < 0) {
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
            ev_io_stop(loop, io); /* it would be ready for ever; attach_retry() comes in a moment */
        return;
    }
    guest = mem_alloc(sizeof *guest);
    guest->runner.pid = peer_pid(fd);
    list_init(&guest->runner.runs);
    guest->runner.is_draining = true; /* takes nothing new, leaves when its last run is done */
    guest->runner.started_at = guest->runner.idle_since = clock_mono_ms();
    list_add_tail(&runner_state.all, &guest->runner.in_all);
    runner_state.count++;
    guest->runner.wire = wire_open(fd, &guest_events, guest);
}

bool
attach_listen(const char *path, struct host *host, struct host_run *(*adopt_run)(struct uuid id, const char *module),
              struct err *err)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd;

    if (strlen(path) >= sizeof address.sun_path)
        return err_set(err, "the path %s is too long for a socket (%zu bytes); choose a shorter --data", path,
                       sizeof address.sun_path - 1);
    memcpy(address.sun_path, path, strlen(path) + 1);
    unlink(path);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || chmod(path, 0600) != 0 ||
        listen(fd, SOMAXCONN) != 0) {
        err_set_errno(err, "cannot listen on %s", path);
        if (fd >= 0)
            close(fd);
        return false;
    }
    attach.path = mem_strdup(path);
    attach.host = host;
    attach.adopt = adopt_run;
    ev_io_init(&attach.acceptor, on_connection, fd, EV_READ);
    ev_io_start(control_loop(), &attach.acceptor);
    return true;
}

void
attach_retry(void)
{
    if (attach.path && !ev_is_active(&attach.acceptor))
        ev_io_start(control_loop(), &attach.acceptor);
}

void
attach_close(void)
{
    if (!attach.path)
        return;
    ev_io_stop(control_loop(), &attach.acceptor);
    close(attach.acceptor.fd);
    unlink(attach.path);
    free(attach.path);
    attach.path = NULL;
}
