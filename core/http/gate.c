/* SPDX-License-Identifier: MIT */
/*
 * Between the socket and h2o: collects one whole request, has the guard judge it, and only then lets h2o parse it.
 *
 * h2o 2.2.5 calls handlers with the raw head still at the front of sock->input, but a chunked body is decoded in place
 * by then, a pipelined request is parsed straight from the buffer without a read event, and heads that never end or are
 * malformed are h2o's own business. So the gate takes the read callback: h2o sets one when it waits for a request
 * (after accept and after each answer), the gate replaces it and keeps bytes behind the current request away from h2o
 * (the stash). Thus h2o sees exactly one checked request at a time and never waits inside one.
 */
#include <stdio.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/log.h"
#include "base/mem.h"
#include "http/internal.h"
#include "http/response.h"

enum { MAX_REFUSAL = 8192 };

static const struct http_limits *
limits_of(const struct http_conn *conn)
{
    return &conn->thread->server->config.limits;
}

void
gate_stash(struct http_conn *conn, size_t from)
{
    h2o_buffer_t *input = conn->sock->input;

    if (input->size <= from)
        return;
    free(conn->stash); /* empty: nothing is read while something is in it */
    conn->stash_at = 0;
    conn->stash_len = input->size - from;
    conn->stash = mem_alloc(conn->stash_len);
    memcpy(conn->stash, input->bytes + from, conn->stash_len);
    input->size = from;
}

bool
gate_unstash(struct http_conn *conn, size_t len)
{
    h2o_iovec_t room = h2o_buffer_reserve(&conn->sock->input, len);

    if (!room.base) { /* no room in the spool directory */
        conn_abort(conn);
        return false;
    }
    memcpy(room.base, conn->stash + conn->stash_at, len);
    conn->sock->input->size += len;
    conn->stash_at += len;
    if (conn->stash_at == conn->stash_len) {
        free(conn->stash);
        conn->stash = NULL;
        conn->stash_at = conn->stash_len = 0;
    }
    return true;
}

/* Still reading: the peer would miss the answer if the kernel met unread bytes at close and sent a reset. */
static void
on_linger(h2o_socket_t *sock, const char *error)
{
    h2o_buffer_consume(&sock->input, sock->input->size);
    if (error)
        conn_close(conn_of(sock));
}

static void
on_refused(h2o_socket_t *sock, const char *error)
{
    struct http_conn *conn = conn_of(sock);

    if (error) {
        conn_close(conn);
        return;
    }
    if (!sock->ssl)
        shutdown(h2o_socket_get_fd(sock), SHUT_WR);
    h2o_buffer_consume(&sock->input, sock->input->size);
    h2o_socket_read_start(sock, on_linger);
    conn_enter(conn, PHASE_LINGER, limits_of(conn)->linger_ms);
}

/* The first two words of the request line, as far as they have arrived. */
static void
first_words(const struct http_conn *conn, struct str *method, struct str *target)
{
    struct str line = { conn->sock->input->bytes, conn->sock->input->size };
    const char *end = line.len ? memchr(line.p, '\r', line.len) : NULL, *space;

    line.len = end ? (size_t)(end - line.p) : line.len;
    space = line.len ? memchr(line.p, ' ', line.len) : NULL;
    *method = (struct str){ line.p, space ? (size_t)(space - line.p) : line.len };
    *target = space ? (struct str){ space + 1, line.len - method->len - 1 } : STR("");
    space = target->len ? memchr(target->p, ' ', target->len) : NULL;
    if (space)
        target->len = (size_t)(space - target->p);
}

/* What the Origin line says, if it has arrived: the page that has to be able to read the answer. */
static struct str
first_origin(const struct http_conn *conn)
{
    static const struct str name = { "\r\norigin:", 9 };
    struct str in = { conn->sock->input->bytes, conn->sock->input->size }, origin = { NULL, 0 };
    const char *end = in.len ? memmem(in.p, in.len, "\r\n\r\n", 4) : NULL;

    in.len = end ? (size_t)(end - in.p) : in.len;
    while (in.len > name.len && strncasecmp(in.p, name.p, name.len) != 0)
        in.p++, in.len--;
    if (in.len <= name.len)
        return origin;
    in = (struct str){ in.p + name.len, in.len - name.len };
    while (in.len && (*in.p == ' ' || *in.p == '\t'))
        in.p++, in.len--;
    for (origin.p = in.p; origin.len < in.len && origin.p[origin.len] > ' ' && origin.p[origin.len] < 0x7f;)
        origin.len++;
    return origin;
}

/* In the form of whoever the request was meant for, who may not be known yet. */
static void
put_refusal(const struct http_conn *conn, unsigned status, const char *reason, struct buf *out)
{
    const struct http_config *config = &conn->thread->server->config;
    struct http_response response = { 0 };
    struct http_refused refused = { .status = status, .origin = first_origin(conn) };
    char problem[512];
    struct arena arena;

    arena_init(&arena, 0);
    first_words(conn, &refused.method, &refused.target);
    if (!config->refusal || !config->refusal(&refused, &arena, &response)) {
        response.content_type = STR("application/problem+json");
        response.body = (struct str){ problem, http_problem_text(problem, sizeof problem, status, reason) };
    }
    buf_printf(out, "HTTP/1.1 %u %s\r\nConnection: close\r\nContent-Type: %.*s\r\n", status, http_status_text(status),
               STR_ARG(response.content_type));
    for (size_t i = 0; i < response.field_count; i++)
        buf_printf(out, "%.*s: %.*s\r\n", STR_ARG(response.fields[i].name), STR_ARG(response.fields[i].value));
    buf_printf(out, "Content-Length: %zu\r\n\r\n%.*s", response.body.len, STR_ARG(response.body));
    arena_fini(&arena);
}

void
gate_refuse(struct http_conn *conn, unsigned status, const char *reason)
{
    h2o_iovec_t bytes;
    struct buf out;

    buf_init(&out, MAX_REFUSAL);
    put_refusal(conn, status, reason, &out);
    conn->refusal = buf_take(&out, &bytes.len);
    bytes.base = conn->refusal;
    h2o_socket_read_stop(conn->sock);
    conn_enter(conn, PHASE_ANSWER, limits_of(conn)->write_ms);
    h2o_socket_write(conn->sock, &bytes, 1, on_refused);
}

/*
 * h2o would answer an Expect by itself and take the read callback while it does so. The line becomes an empty Upgrade,
 * which h2o does not put into the header list; it is overwritten in place because nothing behind it may move.
 */
static void
blank_expect(struct http_conn *conn)
{
    static const char instead[] = "upgrade:";
    char *line = conn->sock->input->bytes + conn->guard.expect_at;

    memcpy(line, instead, sizeof instead - 1);
    for (line += sizeof instead - 1; *line != '\r'; line++)
        *line = ' ';
    conn->guard.expect_at = 0;
}

/*
 * What comes while a request is held stays in the kernel, because h2o keeps pointers into the input. But the socket
 * stays polled: to leave and to come back would be two system calls for each request.
 */
static void
on_early(h2o_socket_t *sock, const char *error)
{
    (void)error;
    h2o_socket_read_stop(sock);
}

static void
keep_polled(struct http_conn *conn)
{
    conn->is_kept_polled = true;
    h2o_socket_dont_read(conn->sock, 1);
    h2o_socket_read_start(conn->sock, on_early);
}

void
gate_answer(struct http_conn *conn)
{
    if (!conn->is_kept_polled)
        return;
    conn->is_kept_polled = false;
    h2o_socket_read_stop(conn->sock);
    h2o_socket_dont_read(conn->sock, 0);
}

/* The request is complete: h2o parses it and calls the handler before this returns. */
static void
deliver(struct http_conn *conn)
{
    if (conn->guard.expect_at)
        blank_expect(conn);
    conn_enter(conn, PHASE_HANDLER, INT64_MAX);
    conn->h2o_read(conn->sock, NULL);
    if (!conn->sock)
        return;
    if (h2o_socket_is_reading(conn->sock)) {
        log_error("http", "h2o and the framing guard disagree about where a request ends; connection closed");
        conn_abort(conn);
    } else if (conn->phase == PHASE_HANDLER && conn->request.h2o) {
        keep_polled(conn);
    } else if (conn->phase == PHASE_HANDLER) {
        conn_enter(conn, PHASE_ANSWER, limits_of(conn)->write_ms); /* an error page of h2o's own */
    }
}

static void on_read(h2o_socket_t *sock, const char *error);

static void
on_continue_sent(h2o_socket_t *sock, const char *error)
{
    struct http_conn *conn = conn_of(sock);

    if (error) {
        conn_close(conn);
        return;
    }
    h2o_socket_read_start(sock, on_read);
    conn_enter(conn, PHASE_BODY, limits_of(conn)->body_ms);
}

static void
send_continue(struct http_conn *conn)
{
    static const char text[] = "HTTP/1.1 100 Continue\r\n\r\n";
    h2o_iovec_t bytes = h2o_iovec_init(text, sizeof text - 1);

    blank_expect(conn);
    h2o_socket_read_stop(conn->sock);
    conn_enter(conn, PHASE_CONTINUE, limits_of(conn)->write_ms);
    h2o_socket_write(conn->sock, &bytes, 1, on_continue_sent);
}

static void
wait_for_more(struct http_conn *conn)
{
    if (guard_has_head(&conn->guard)) {
        if (conn->phase == PHASE_BODY)
            return;
        conn->progress = conn->sock->input->size;
        conn_enter(conn, PHASE_BODY, limits_of(conn)->body_ms);
        if (conn->guard.expect_at && !conn->guard.is_http10)
            send_continue(conn);
    } else if (conn->phase == PHASE_IDLE && conn->sock->input->size) {
        conn_enter(conn, PHASE_HEAD, limits_of(conn)->head_ms);
    }
}

static void
act(struct http_conn *conn, enum guard_verdict verdict)
{
    switch (verdict) {
    case GUARD_MORE:
        wait_for_more(conn);
        break;
    case GUARD_DONE:
        deliver(conn);
        break;
    case GUARD_BAD:
        gate_refuse(conn, conn->guard.status, conn->guard.reason);
        break;
    }
}

static void
on_read(h2o_socket_t *sock, const char *error)
{
    struct http_conn *conn = conn_of(sock);
    enum guard_verdict verdict;

    if (error == h2o_socket_error_out_of_memory) { /* what h2o says when the spool file cannot grow */
        gate_refuse(conn, 507, "There is no room to keep the request body.");
        return;
    }
    if (error) {
        conn_close(conn);
        return;
    }
    verdict = guard_check(&conn->guard, limits_of(conn), (struct str){ sock->input->bytes, sock->input->size });
    if (verdict == GUARD_DONE)
        gate_stash(conn, conn->guard.size);
    act(conn, verdict);
}

/*
 * The next request is judged where it lies, and only what belongs to it is copied: pipelining costs no more than its
 * bytes.
 */
static void
read_stash(struct http_conn *conn)
{
    struct str in = { conn->stash + conn->stash_at, conn->stash_len - conn->stash_at };
    enum guard_verdict verdict = guard_check(&conn->guard, limits_of(conn), in);

    if (gate_unstash(conn, verdict == GUARD_DONE ? conn->guard.size : in.len))
        act(conn, verdict);
}

void
gate_open(struct http_conn *conn)
{
    guard_init(&conn->guard);
    if (conn->thread->is_stopping && !conn->stash && conn->request.conn) { /* it has had its answer */
        conn_close(conn);
        return;
    }
    conn_enter(conn, PHASE_IDLE, limits_of(conn)->idle_ms);
    h2o_socket_read_start(conn->sock, on_read);
    if (conn->stash)
        read_stash(conn);
}
