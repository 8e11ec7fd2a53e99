/* SPDX-License-Identifier: MIT */
/* What the files of core/http share: server, thread and connection. Not for other folders. */
#ifndef HTTP_INTERNAL_H
#define HTTP_INTERNAL_H

#ifndef H2O_USE_LIBUV
#define H2O_USE_LIBUV 0
#endif
#include <h2o.h>
#include <h2o/http1.h>
#include <pthread.h>
#include <time.h>

#include "base/buf.h"
#include "base/list.h"
#include "http/guard.h"
#include "http/server.h"

enum { HTTP_MAX_LISTENERS = 8 };

struct http_listener {
    int fd;
    uint16_t port;
    unsigned tag;
    SSL_CTX *tls; /* NULL: plain */
};

struct http_server {
    struct http_config config;
    h2o_globalconf_t h2o;
    struct http_route_table routes;
    struct http_listener listeners[HTTP_MAX_LISTENERS];
    size_t listener_count;
    struct http_thread *threads;
    size_t thread_count;

    int64_t grace_ms;
    void (*on_stopped)(void *arg);
    void *on_stopped_arg;
    _Atomic size_t running;
};

struct http_acceptor { /* one listener as one thread sees it */
    struct http_thread *thread;
    struct http_listener *listener;
    h2o_socket_t *sock;
    bool is_paused; /* out of descriptors: tried again at the next sweep */
};

struct http_thread {
    struct http_server *server;
    size_t index;
    pthread_t id;
    h2o_loop_t *loop;
    h2o_context_t context;
    h2o_accept_ctx_t accept;
    struct http_acceptor acceptors[HTTP_MAX_LISTENERS];

    struct inbox inbox;
    int wake_fd;
    h2o_socket_t *wake;

    int timer_fd;
    h2o_socket_t *timer;
    int64_t timer_at; /* what it is set to, INT64_MAX: off */

    struct list conns;
    struct list dead;             /* closed in this turn; freed when it ends */
    struct list turns, turns_end; /* struct http_turn; and how far this turn of the loop goes */
    h2o_timeout_entry_t turn_timer;
    bool has_turned; /* turns ran in this turn of the loop; what is added now waits for the next */

    struct message stop;
    bool is_stopping, is_finished;
    int64_t stop_at;
};

enum http_phase {
    PHASE_HANDSHAKE,
    PHASE_IDLE, /* no byte of a request yet */
    PHASE_HEAD, /* collecting, gate.c */
    PHASE_BODY,
    PHASE_CONTINUE, /* writing 100 Continue */
    PHASE_HANDLER,  /* with its handler, held or not */
    PHASE_ANSWER,   /* being written */
    PHASE_LINGER,   /* refused; reading what still comes until the peer has read the answer */
    PHASE_WS
};

struct http_conn {
    struct list link;
    struct http_turn turn;
    struct http_thread *thread;
    struct http_listener *listener;
    h2o_socket_t *sock;     /* NULL once closed */
    h2o_socket_cb h2o_read; /* what h2o reads with; ours is in front of it */
    bool is_held;           /* h2o waits for a request, but nothing is read before the gate is in front again */
    bool is_kept_polled;    /* while a request is held (gate.c) */
    enum http_phase phase;
    int64_t deadline_ms;
    uint64_t progress; /* bytes moved when the deadline was set, for those that extend with progress */

    struct guard guard;
    char *stash; /* bytes that came behind the request being worked on */
    size_t stash_at, stash_len;
    char *refusal; /* answer of the gate's own, being written */

    struct http_request request;
    struct http_call *call; /* the request is held */
    struct ws *ws;
    struct http_peer peer;
    bool has_peer;
};

enum { FIRST_REQUEST_MS = 250 }; /* of a connection that is new when the server stops */

/* conn.c */
void conn_open(struct http_acceptor *acceptor, h2o_socket_t *sock);
void conn_enter(struct http_conn *conn, enum http_phase phase, int64_t limit_ms); /* and its deadline */
void conn_abort(struct http_conn *conn);    /* now, without ceremony; the socket's own callbacks do the rest */
void conn_expire(struct http_conn *conn);   /* the deadline has passed */
void conn_close(struct http_conn *conn);    /* by h2o's own hand: only while it waits for a request */
void conn_reap(struct http_thread *thread); /* frees what was closed in this turn */
h2o_logger_t *conn_create_logger(h2o_pathconf_t *path); /* tells h2o to report the end of requests */
static inline struct http_conn *
conn_of(h2o_socket_t *sock)
{
    return sock->on_close.data;
}

/* gate.c: from the socket through the guard to h2o */
void gate_open(struct http_conn *conn);   /* h2o waits for a request */
void gate_answer(struct http_conn *conn); /* before the first byte of an answer to a held request */
void gate_refuse(struct http_conn *conn, unsigned status, const char *reason);
void gate_stash(struct http_conn *conn, size_t from);  /* takes what is in the socket's input behind `from` away */
bool gate_unstash(struct http_conn *conn, size_t len); /* puts that many back; false: the connection was given up */

/* request.c; false: answered already */
bool request_init(struct http_conn *conn, h2o_req_t *h2o);

/* call.c: the request is over (answered or lost) */
void call_detach(struct http_call *call);
void call_expire(struct http_call *call);

/* file.c: the head is set; takes over the descriptor */
void file_send(h2o_req_t *h2o, int fd, off_t at, size_t len);

/* ws_io.c */
void ws_expire(struct ws *ws);
void ws_stop(struct ws *ws);

/* sweep.c: monotonic deadlines */
bool sweep_init(struct http_thread *thread, struct err *err) MUST_CHECK;
void sweep_at(struct http_thread *thread, int64_t at_ms); /* look at the deadlines no later than that */

/* Good to some milliseconds, a third of the price of clock_mono_ms. */
static inline int64_t
now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* listener.c */
bool listener_open(struct http_listener *listener, const struct http_listen *listen, struct err *err) MUST_CHECK;
bool acceptor_start(struct http_acceptor *acceptor, struct err *err) MUST_CHECK;
void acceptor_retry(struct http_acceptor *acceptor);
void acceptor_stop(struct http_acceptor *acceptor);

/* tls.c */
SSL_CTX *tls_new(const char *certificate_file, const char *key_file, struct err *err);

/* thread.c */
bool thread_start(struct http_thread *thread, struct err *err) MUST_CHECK;
void thread_stop(struct http_thread *thread); /* any thread */
void thread_fini(struct http_thread *thread); /* after its end */

static inline struct http_thread *
thread_of(h2o_req_t *h2o)
{
    return H2O_STRUCT_FROM_MEMBER(struct http_thread, context, h2o->conn->ctx);
}

static inline struct str
str_from(h2o_iovec_t v)
{
    return (struct str){ v.base, v.len };
}

#endif
