/* SPDX-License-Identifier: MIT */
/*
 * One connection: from accept to close, its phases and what happens when one of them lasts too long. Owns struct
 * http_conn. What arrives on it is gate.c's.
 */
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "http/internal.h"

enum { PROGRESS_BYTES = 64 * 1024, ABORT_AGAIN_MS = 1000 };

static const struct http_limits *
limits_of(const struct http_conn *conn)
{
    return &conn->thread->server->config.limits;
}

void
conn_enter(struct http_conn *conn, enum http_phase phase, int64_t limit_ms)
{
    conn->phase = phase;
    conn->deadline_ms = INT64_MAX;
    if (limit_ms < INT64_MAX) {
        conn->deadline_ms = now_ms() + limit_ms;
        sweep_at(conn->thread, conn->deadline_ms);
    }
}

/* The socket's own callbacks see an error and close; unsent bytes are thrown away (RST). */
void
conn_abort(struct http_conn *conn)
{
    const struct linger at_once = { .l_onoff = 1 };
    int fd = h2o_socket_get_fd(conn->sock);

    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    shutdown(fd, SHUT_RDWR);
    conn_enter(conn, conn->phase, ABORT_AGAIN_MS);
}

/* h2o's side is gone when this returns; the socket may stay a moment to say goodbye in TLS. */
void
conn_close(struct http_conn *conn)
{
    conn_enter(conn, PHASE_LINGER, limits_of(conn)->linger_ms);
    conn->h2o_read(conn->sock, "closed by the server");
}

/* Bytes that went over the wire in the direction the phase waits for. */
static uint64_t
progress_of(const struct http_conn *conn)
{
    struct tcp_info info = { 0 };
    socklen_t len = sizeof info;

    if (conn->phase == PHASE_BODY)
        return conn->sock->input->size;
    if (getsockopt(h2o_socket_get_fd(conn->sock), IPPROTO_TCP, TCP_INFO, &info, &len) != 0)
        return conn->progress;
    return info.tcpi_bytes_acked;
}

/* Slow is allowed as long as it moves. */
static bool
extend(struct http_conn *conn, int64_t limit_ms)
{
    uint64_t progress = progress_of(conn);

    if (progress - conn->progress < PROGRESS_BYTES)
        return false;
    conn->progress = progress;
    conn_enter(conn, conn->phase, limit_ms);
    return true;
}

void
conn_expire(struct http_conn *conn)
{
    switch (conn->phase) {
    case PHASE_IDLE:
        conn_close(conn);
        break;
    case PHASE_HEAD:
        gate_refuse(conn, 408, "The request head did not arrive in time.");
        break;
    case PHASE_BODY:
        if (!extend(conn, limits_of(conn)->body_ms))
            gate_refuse(conn, 408, "The request body did not arrive in time.");
        break;
    case PHASE_HANDLER:
        conn_enter(conn, PHASE_HANDLER, INT64_MAX);
        if (conn->call)
            call_expire(conn->call);
        break;
    case PHASE_ANSWER:
        if (!extend(conn, limits_of(conn)->write_ms))
            conn_abort(conn);
        break;
    case PHASE_WS:
        ws_expire(conn->ws);
        break;
    case PHASE_HANDSHAKE:
    case PHASE_CONTINUE:
    case PHASE_LINGER:
        conn_abort(conn);
        break;
    }
}

static void
on_close(void *arg)
{
    struct http_conn *conn = arg;

    conn->sock = NULL;
    if (conn->call)
        call_detach(conn->call);
    list_remove(&conn->turn.link);
    list_remove(&conn->link);
    list_add_tail(&conn->thread->dead, &conn->link);
}

void
conn_reap(struct http_thread *thread)
{
    LIST_EACH(&thread->dead, node)
    {
        struct http_conn *conn = LIST_ENTRY(node, struct http_conn, link);

        free(conn->stash);
        free(conn->refusal);
        free(conn);
    }
    list_init(&thread->dead);
}

/* h2o has done with a request; if it now reads for the next one, our gate goes in front of it again. */
static void
on_turn(struct http_turn *turn)
{
    struct http_conn *conn = container_of(turn, struct http_conn, turn);

    if (conn->is_held || conn->sock->_cb.read == conn->h2o_read) {
        conn->is_held = false;
        gate_open(conn);
    }
}

/* What h2o would read until then, it would parse without the gate, and in front of what is in the stash. */
static void
on_hold(struct http_turn *turn)
{
    struct http_conn *conn = container_of(turn, struct http_conn, turn);

    if (conn->sock->_cb.read == conn->h2o_read) {
        h2o_socket_read_stop(conn->sock);
        conn->is_held = true;
    }
}

static void
on_request_over(h2o_logger_t *logger, h2o_req_t *h2o)
{
    struct http_conn *conn = conn_of(h2o->conn->callbacks->get_socket(h2o->conn));

    (void)logger;
    conn->request.h2o = NULL;
    if (conn->call)
        call_detach(conn->call);
    http_turn_add(conn->thread, &conn->turn);
}

/* A logger is the one hook h2o calls for every request that ends, sent or lost, without an allocation of ours. */
h2o_logger_t *
conn_create_logger(h2o_pathconf_t *path)
{
    h2o_logger_t *logger = h2o_create_logger(path, sizeof *logger);

    logger->log_access = on_request_over;
    return logger;
}

static void
start_http(struct http_conn *conn)
{
    struct http_thread *thread = conn->thread;
    struct timeval connected_at = *h2o_get_timestamp(&thread->context, NULL, NULL);

    gate_stash(conn, 0); /* what came with the TLS handshake: h2o would parse it at once */
    h2o_http1_accept(&thread->accept, conn->sock, connected_at);
    conn->h2o_read = conn->sock->_cb.read;
    gate_open(conn);
    if (conn->phase == PHASE_IDLE)
        conn_enter(conn, PHASE_IDLE, thread->is_stopping ? FIRST_REQUEST_MS : limits_of(conn)->head_ms);
}

static void
on_handshake(h2o_socket_t *sock, const char *error)
{
    if (error)
        h2o_socket_close(sock);
    else
        start_http(conn_of(sock));
}

void
conn_open(struct http_acceptor *acceptor, h2o_socket_t *sock)
{
    struct http_conn *conn = mem_alloc(sizeof *conn);

    conn->thread = acceptor->thread;
    conn->listener = acceptor->listener;
    conn->sock = sock;
    conn->turn.run = on_turn;
    conn->turn.hold = on_hold;
    list_init(&conn->turn.link);
    list_add_tail(&conn->thread->conns, &conn->link);
    sock->on_close.cb = on_close;
    sock->on_close.data = conn;
    if (conn->listener->tls) {
        conn_enter(conn, PHASE_HANDSHAKE, limits_of(conn)->handshake_ms);
        h2o_socket_ssl_handshake(sock, conn->listener->tls, NULL, on_handshake);
    } else {
        start_http(conn);
    }
}
