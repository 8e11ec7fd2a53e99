/* SPDX-License-Identifier: MIT */
/* Connections of SDK hosts (host.h): they come, are heard, go deaf, break, are taken over, and end with the server. */
#include "rpc/host.h"

#include <ev.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "http/ws.h"
#include "loop/control.h"
#include "rpc/host_internal.h"

static const double TICK_SECONDS = 1, STOP_TICK_SECONDS = 0.02;
enum { STOP_LIMIT_MS = 1000 };

struct hosts_spec hosts_spec;

struct list host_conns = { &host_conns, &host_conns };

static ev_timer tick, stopping;
static int64_t keys_checked_at;

static struct {
    void (*done)(void *arg);
    void *arg;
    int64_t deadline;
} stop;

struct host_login
host_login_copy(struct arena *texts, const struct host_login *login)
{
    return (struct host_login){
        .instance_id = arena_strdup(texts, login->instance_id),
        .organization = arena_strdup(texts, login->organization),
        .organization_id = arena_strdup(texts, login->organization_id),
        .organization_name = arena_strdup(texts, login->organization_name),
        .environment = arena_strdup(texts, login->environment),
        .environment_id = arena_strdup(texts, login->environment_id),
        .developer = login->developer ? arena_strdup(texts, login->developer) : NULL,
        .email = arena_strdup(texts, login->email),
        .key_hash = arena_strdup(texts, login->key_hash),
    };
}

/* Not a connection that is being closed: what it still says does not count. */
static bool
on_heard(struct peer *peer, const struct rpc_frame *frame)
{
    struct sdk_conn *conn = conn_of(peer);
    struct uuid message;

    if (!conn->host)
        return false;
    if (frame->kind == RPC_ACK) {
        if (uuid_parse(frame->message_id, &message)) {
            unacked_remove(&conn->unacked, message);
            host_pending_ack(conn, message);
        }
        return true;
    }
    if (frame->kind == RPC_RESPONSE) {
        host_pending_response(conn, frame);
        return true;
    }
    conn->heard++;
    if (conn->heard >= hosts_spec.rate_limit && hosts_spec.rate_limit && !conn->is_held) {
        conn->is_held = true;
        ws_pause(peer->ws);
    }
    return true;
}

static void
go_on(struct sdk_conn *conn)
{
    conn->heard = 0;
    if (!conn->is_held)
        return;
    conn->is_held = false;
    ws_resume(conn->peer.ws);
}

static void
on_sent(struct peer *peer, struct uuid message)
{
    struct sdk_conn *conn = conn_of(peer);

    conn->last_sent = message;
    unacked_add(&conn->unacked, message, clock_mono_ms());
}

/* The host has no connection any more; its runs and routes stay. */
static void
part(struct sdk_conn *conn, bool is_planned)
{
    struct sdk_host *host = conn->host;

    host_answers_drop(conn, NULL);
    host_pending_drop(conn);
    conn->host = NULL;
    host->conn = NULL;
    sdk_host_lost(host, is_planned);
}

void
host_conn_end(struct sdk_conn *conn, unsigned code, const char *reason)
{
    log_warn("host", "closing the connection of %s: %s", conn->host->instance_id, reason);
    ws_close(conn->peer.ws, code, reason);
    part(conn, false);
}

static void
on_gone(struct peer *peer)
{
    struct sdk_conn *conn = conn_of(peer);

    if (conn->host) {
        log_info("host", "%s (%s) has gone (%u)", conn->host->instance_id,
                 conn->host->sdk ? conn->host->sdk : "no SDK yet", peer->close_code);
        part(conn, peer->close_code == 1000 || peer->close_code == 1005);
    }
    list_remove(&conn->in_conns);
}

static void
on_free(struct peer *peer)
{
    struct sdk_conn *conn = conn_of(peer);

    unacked_fini(&conn->unacked);
    free(conn->key_hash);
    free(conn);
}

static const struct peer_ops peer_ops = {
    .methods = host_methods,
    .heard = on_heard,
    .sent = on_sent,
    .gone = on_gone,
    .free = on_free,
};

static void
on_tick(struct ev_loop *loop, ev_timer *timer, int events)
{
    int64_t now = clock_mono_ms();

    (void)loop, (void)timer, (void)events;
    control_catch_up(); /* acknowledgements */
    LIST_EACH(&host_conns, node)
    {
        struct sdk_conn *conn = LIST_ENTRY(node, struct sdk_conn, in_conns);

        go_on(conn);
        if (!conn->host)
            continue;
        host_answers_expire(conn, now);
        host_pending_expire(conn, now);
        if (now - HOST_ACK_MS * HOST_ACK_MISSES >= unacked_since(&conn->unacked) ||
            conn->unacked.count > HOST_MAX_UNACKED)
            host_conn_end(conn, 1011, "Messages were not acknowledged.");
    }
    if (now - keys_checked_at >= HOST_KEY_MS) {
        keys_checked_at = now;
        host_keys_check();
    }
    sdk_hosts_sweep(now);
}

void
hosts_init(const struct hosts_spec *spec)
{
    hosts_spec = *spec;
    ev_timer_init(&tick, on_tick, TICK_SECONDS, TICK_SECONDS);
    ev_timer_start(control_loop(), &tick);
    ev_unref(control_loop());
}

/* The connection that this process had until now. */
static void
take_over(const struct host_login *login)
{
    struct sdk_conn *old = sdk_host_rival(login);

    if (old)
        host_conn_end(old, 1008, "A newer connection of this host took over.");
}

struct peer *
host_connected(struct ws *ws, const struct host_login *login)
{
    struct scope *shared =
        registry_scope_add(login->organization, login->organization_id, login->environment, login->environment_id);
    struct scope *scope =
        login->developer ? registry_scope(login->organization, login->environment, login->developer) : shared;
    struct sdk_conn *conn = mem_alloc(sizeof *conn);

    take_over(login);
    list_init(&conn->answers);
    list_init(&conn->pending);
    unacked_init(&conn->unacked);
    conn->last_timestamp = INT64_MIN;
    conn->key_hash = mem_strdup(login->key_hash);
    conn->host = sdk_host_get(login, scope);
    conn->host->conn = conn;
    list_add_tail(&host_conns, &conn->in_conns);
    log_info("host", "%s connected with a key of %s for %s/%s", login->instance_id, login->email, login->organization,
             login->environment);
    peer_init(&conn->peer, &peer_ops, ws);
    return &conn->peer;
}

static bool
owes_answers(void)
{
    LIST_EACH(&host_conns, node)
    if (!list_is_empty(&LIST_ENTRY(node, struct sdk_conn, in_conns)->answers))
        return true;
    return false;
}

static void
on_stopping(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)events;
    if (owes_answers() && clock_mono_ms() < stop.deadline)
        return;
    ev_timer_stop(loop, timer);
    LIST_EACH(&host_conns, node)
    ws_close(LIST_ENTRY(node, struct sdk_conn, in_conns)->peer.ws, 1012, "The server restarts.");
    stop.done(stop.arg);
}

void
hosts_stop(void (*done)(void *arg), void *arg)
{
    stop.done = done;
    stop.arg = arg;
    stop.deadline = clock_mono_ms() + STOP_LIMIT_MS;
    ev_timer_init(&stopping, on_stopping, 0, STOP_TICK_SECONDS);
    ev_timer_start(control_loop(), &stopping);
}
