/* SPDX-License-Identifier: MIT */
/*
 * Many browsers in one process: runs a route over and over, answers what it asks, and prints one JSON line of figures.
 *
 *   ws_client PORT SLUG OPEN TOTAL CONNECTIONS [park]
 *
 * OPEN runs at once on CONNECTIONS sockets until TOTAL are complete. park: waits, before the first answer, until all
 * have asked; says "parked", and goes on when a line comes on stdin. A round trip is from sending an answer to the next
 * question.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"
#include "ws_peer.h"

struct run {
    struct ws_peer *peer;
    char id[40]; /* "" until the server named it */
    char step[40], render[40];
    size_t component_count;
    bool is_asked;
    int64_t started_us, answered_us;
};

struct samples {
    int64_t *us;
    size_t count, cap;
};

enum call { CALL_CREATE, CALL_OTHER };

static const char *slug;
static struct run *runs;
static size_t open_count, total, started, completed, failed, asked;
static bool is_parked;
static struct map runs_by_id;
static struct samples rounds, durations;

static void
add(struct samples *samples, int64_t us)
{
    if (samples->count == samples->cap) {
        samples->cap = samples->cap ? samples->cap * 2 : 1024;
        samples->us = mem_realloc(samples->us, samples->cap * sizeof *samples->us);
    }
    samples->us[samples->count++] = us;
}

static int
order(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static int64_t
percentile(const struct samples *samples, unsigned percent)
{
    return samples->count ? samples->us[(samples->count - 1) * percent / 100] : 0;
}

/* The id of a call says which run it is about. */
static void
call(struct run *run, enum call what, const char *method, const char *data)
{
    static uint64_t counter;

    ws_peer_call(run->peer, (++counter << 24) | (uint64_t)(run - runs) << 1 | what, method, data);
}

static void
start(struct run *run)
{
    char data[512];

    if (started == total)
        return;
    started++;
    *run = (struct run){ .peer = run->peer, .started_us = clock_mono_us() };
    snprintf(data, sizeof data,
             "{\"organization\":\"local\",\"environment\":\"development\",\"slug\":\"%s\",\"params\":{}}", slug);
    call(run, CALL_CREATE, "CREATE_TRANSACTION", data);
}

static void
end(struct run *run)
{
    if (run->id[0])
        map_remove(&runs_by_id, str_of(run->id));
    start(run);
}

static void
fail(struct run *run, struct json why)
{
    struct str text = json_raw(why);

    if (failed++ == 0)
        fprintf(stderr, "a run failed: %.*s\n", STR_ARG(text));
    end(run);
}

static void
on_created(struct run *run, struct json answer)
{
    const char *id = json_text(&run->peer->arena, json_get(answer, "transactionId"));
    char data[128];

    if (!id) {
        fail(run, answer);
        return;
    }
    snprintf(run->id, sizeof run->id, "%s", id);
    (void)map_set(&runs_by_id, str_of(run->id), run);
    snprintf(data, sizeof data, "{\"transactionId\":\"%s\"}", run->id);
    call(run, CALL_OTHER, "CONNECT_TO_TRANSACTION_AS_CLIENT", data);
}

/* Every input is answered with the text "x": the routes of the bench ask for nothing else. */
static void
answer(struct run *run)
{
    struct buf data;

    buf_init(&data, 64 << 10);
    buf_printf(&data,
               "{\"transactionId\":\"%s\",\"ioResponse\":\"{\\\"id\\\":\\\"%s\\\",\\\"inputGroupKey\\\":\\\"%s\\\","
               "\\\"transactionId\\\":\\\"%s\\\",\\\"kind\\\":\\\"RETURN\\\",\\\"values\\\":[",
               run->id, run->render, run->step, run->id);
    for (size_t i = 0; i < run->component_count; i++)
        buf_str(&data, i ? ",\\\"x\\\"" : "\\\"x\\\"");
    buf_str(&data, "]}\"}");
    run->answered_us = clock_mono_us();
    run->is_asked = false;
    call(run, CALL_OTHER, "RESPOND_TO_IO_CALL", buf_text(&data));
    buf_fini(&data);
}

static void
on_render(struct run *run, struct json call_data)
{
    struct arena *arena = &run->peer->arena;
    struct str text = json_str(arena, json_get(call_data, "toRender"));
    struct json render, components;
    const char *method;
    struct err err;

    if (!json_parse(arena, text, &render, &err))
        return;
    components = json_get(render, "toRender");
    method = json_text(arena, json_get(json_first(components), "methodName"));
    if (!method || strncmp(method, "DISPLAY_", 8) == 0)
        return;
    if (run->answered_us)
        add(&rounds, clock_mono_us() - run->answered_us);
    snprintf(run->render, sizeof run->render, "%s", json_text(arena, json_get(render, "id")));
    snprintf(run->step, sizeof run->step, "%s", json_text(arena, json_get(render, "inputGroupKey")));
    run->component_count = json_count(components);
    run->is_asked = true;
    asked++;
    if (!is_parked)
        answer(run);
}

static void
on_completed(struct run *run, struct json call_data)
{
    if (json_is(json_get(call_data, "resultStatus"), "SUCCESS")) {
        add(&durations, clock_mono_us() - run->started_us);
        completed++;
        end(run);
    } else {
        fail(run, call_data);
    }
}

static void
on_frame(struct ws_peer *peer, const struct rpc_frame *frame)
{
    struct run *run;

    if (frame->kind == RPC_RESPONSE) {
        uint64_t id = strtoull(frame->id.p, NULL, 10);

        if ((id & 1) == CALL_CREATE)
            on_created(&runs[(id & 0xffffff) >> 1], frame->data);
        return;
    }
    run = map_find(&runs_by_id, json_str(&peer->arena, json_get(frame->data, "transactionId")));
    if (!run)
        return;
    if (strcmp(frame->method, "RENDER") == 0)
        on_render(run, frame->data);
    else if (strcmp(frame->method, "TRANSACTION_COMPLETED") == 0)
        on_completed(run, frame->data);
}

/* Sends what waits; asks for a call-back where the socket is full. */
static void
flush_all(int epoll, struct ws_peer *peers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct epoll_event event = { .events = EPOLLIN, .data.ptr = &peers[i] };

        if (peers[i].out.len == 0)
            continue;
        if (!ws_peer_flush(&peers[i]))
            event.events |= EPOLLOUT;
        if (epoll_ctl(epoll, EPOLL_CTL_MOD, peers[i].fd, &event) != 0)
            perror("epoll_ctl");
    }
}

static void
unpark(void)
{
    puts("parked");
    fflush(stdout);
    while (getchar() != '\n' && !feof(stdin)) {
    }
    is_parked = false;
    for (size_t i = 0; i < open_count; i++)
        if (runs[i].is_asked)
            answer(&runs[i]);
}

static void
measure(struct ws_peer *peers, size_t peer_count)
{
    struct epoll_event events[64];
    int epoll = epoll_create1(EPOLL_CLOEXEC);

    for (size_t i = 0; i < peer_count; i++) {
        struct epoll_event event = { .events = EPOLLIN, .data.ptr = &peers[i] };

        epoll_ctl(epoll, EPOLL_CTL_ADD, peers[i].fd, &event);
    }
    for (size_t i = 0; i < open_count; i++)
        start(&runs[i]);
    while (completed + failed < total) {
        int count;

        if (is_parked && asked + failed == open_count)
            unpark();
        flush_all(epoll, peers, peer_count);
        count = epoll_wait(epoll, events, 64, 60 * 1000);
        if (count <= 0) {
            fprintf(stderr, "nothing for a minute: %zu started, %zu asked, %zu complete\n", started, asked, completed);
            exit(1);
        }
        for (int i = 0; i < count; i++)
            if ((events[i].events & EPOLLIN) && !ws_peer_read(events[i].data.ptr)) {
                fprintf(stderr, "the server closed a socket\n");
                exit(1);
            }
    }
    close(epoll);
}

int
main(int argc, char **argv)
{
    struct ws_peer *peers;
    size_t peer_count;
    int64_t began_us;
    double seconds;

    if (argc < 6) {
        fprintf(stderr, "usage: ws_client PORT SLUG OPEN TOTAL CONNECTIONS [park]\n");
        return 2;
    }
    slug = argv[2];
    open_count = strtoul(argv[3], NULL, 10);
    total = strtoul(argv[4], NULL, 10);
    peer_count = strtoul(argv[5], NULL, 10);
    is_parked = argc > 6;
    runs = mem_alloc(open_count * sizeof *runs);
    peers = mem_alloc(peer_count * sizeof *peers);
    map_init(&runs_by_id);
    for (size_t i = 0; i < peer_count; i++) {
        peers[i].on_frame = on_frame;
        ws_peer_open(&peers[i], (unsigned)strtoul(argv[1], NULL, 10), NULL);
    }
    for (size_t i = 0; i < open_count; i++)
        runs[i].peer = &peers[i % peer_count];
    began_us = clock_mono_us();
    measure(peers, peer_count);
    seconds = (double)(clock_mono_us() - began_us) / 1e6;
    qsort(rounds.us, rounds.count, sizeof *rounds.us, order);
    qsort(durations.us, durations.count, sizeof *durations.us, order);
    printf("{\"completed\": %zu, \"failed\": %zu, \"seconds\": %.6f, \"per_second\": %.1f, \"rounds\": %zu, "
           "\"round_p50_us\": %lld, \"round_p99_us\": %lld, \"run_p50_us\": %lld, \"run_p99_us\": %lld}\n",
           completed, failed, seconds, (double)completed / seconds, rounds.count, (long long)percentile(&rounds, 50),
           (long long)percentile(&rounds, 99), (long long)percentile(&durations, 50),
           (long long)percentile(&durations, 99));
    return failed > 0;
}
