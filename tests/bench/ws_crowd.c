/* SPDX-License-Identifier: MIT */
/*
 * Many who are only there: SDK hosts with one action each, and browsers that watch, as they behave while nobody works.
 *
 *   ws_crowd PORT KEY HOSTS BROWSERS
 *
 * Says "hosts" when all hosts are initialized, and goes on when a line comes on stdin; the same with "browsers". Then
 * everybody sends signs of life as often as the real ones (host-protocol.md 1.3, 1.4), evenly spread, until stdin ends.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "ws_peer.h"

enum { HOST_PING_MS = 30 * 1000, BROWSER_PING_MS = 15 * 1000, PATIENCE_MS = 60 * 1000 };

static int epoll;
static size_t answered;

static void
on_frame(struct ws_peer *peer, const struct rpc_frame *frame)
{
    (void)peer;
    answered += frame->kind == RPC_RESPONSE;
}

static void
flush(struct ws_peer *peer)
{
    if (ws_peer_flush(peer))
        return;
    fprintf(stderr, "the server does not read\n");
    exit(1);
}

/* Hears everybody out, for at most that long; is something there on stdin? */
static bool
listen_ms(int timeout_ms)
{
    struct epoll_event events[64];
    int count = epoll_wait(epoll, events, 64, timeout_ms);
    bool is_told = false;

    for (int i = 0; i < count; i++) {
        struct ws_peer *peer = events[i].data.ptr;

        if (!peer) {
            is_told = true;
            continue;
        }
        if (!ws_peer_read(peer)) {
            fprintf(stderr, "the server closed a socket\n");
            exit(1);
        }
        flush(peer);
    }
    return is_told;
}

static void
add(struct ws_peer *peer, int fd)
{
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = peer };

    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0)
        return;
    perror("epoll_ctl");
    exit(1);
}

/* Opens them, and waits until each has had its first answer. */
static struct ws_peer *
gather(size_t count, unsigned port, const char *key)
{
    struct ws_peer *peers = mem_alloc((count + 1) * sizeof *peers);
    int64_t end = clock_mono_ms() + PATIENCE_MS;
    char data[512];

    answered = 0;
    for (size_t i = 0; i < count; i++) {
        peers[i].on_frame = on_frame;
        ws_peer_open(&peers[i], port, key);
        add(&peers[i], peers[i].fd);
        snprintf(data, sizeof data,
                 "{\"actions\":[{\"slug\":\"action-%zu\"}],\"groups\":[],\"sdkName\":\"@interval/sdk\","
                 "\"sdkVersion\":\"2.0.0\",\"timestamp\":%lld}",
                 i, (long long)clock_wall_ms());
        if (key)
            ws_peer_call(&peers[i], 1, "INITIALIZE_HOST", data);
        else
            ws_peer_call(&peers[i], 1, "SUBSCRIBE", "{\"organization\":\"local\",\"environment\":\"development\"}");
        flush(&peers[i]);
        listen_ms(0);
    }
    while (answered < count && clock_mono_ms() < end)
        listen_ms(100);
    if (answered < count) {
        fprintf(stderr, "%zu of %zu were answered\n", answered, count);
        exit(1);
    }
    return peers;
}

/* Says so and listens on, until a line comes; false: stdin has ended. */
static bool
report(const char *what)
{
    int c;

    puts(what);
    fflush(stdout);
    while (!listen_ms(100)) {
    }
    while ((c = getchar()) != '\n' && c != EOF) {
    }
    return c != EOF;
}

/* Who is due, each of them once in `every_ms`: those between the last look and this one. */
static void
ping_due(struct ws_peer *peers, size_t count, int every_ms, bool is_frame, int64_t from_ms, int64_t to_ms)
{
    if (count == 0)
        return;
    for (int64_t i = from_ms * (int64_t)count / every_ms; i < to_ms * (int64_t)count / every_ms; i++) {
        struct ws_peer *peer = &peers[(size_t)i % count];

        ws_peer_ping(peer, is_frame);
        flush(peer);
    }
}

int
main(int argc, char **argv)
{
    struct ws_peer *hosts, *browsers;
    size_t host_count, browser_count;
    int64_t last, now;
    unsigned port;

    if (argc < 5) {
        fprintf(stderr, "usage: ws_crowd PORT KEY HOSTS BROWSERS\n");
        return 2;
    }
    port = (unsigned)strtoul(argv[1], NULL, 10);
    host_count = strtoul(argv[3], NULL, 10);
    browser_count = strtoul(argv[4], NULL, 10);
    epoll = epoll_create1(EPOLL_CLOEXEC);
    add(NULL, STDIN_FILENO);
    hosts = gather(host_count, port, argv[2]);
    if (!report("hosts"))
        return 0;
    browsers = gather(browser_count, port, NULL);
    if (!report("browsers"))
        return 0;
    last = clock_mono_ms();
    while (!listen_ms(20)) {
        now = clock_mono_ms();
        ping_due(hosts, host_count, HOST_PING_MS, true, last, now);
        ping_due(browsers, browser_count, BROWSER_PING_MS, false, last, now);
        last = now;
    }
    return 0;
}
