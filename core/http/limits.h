/* SPDX-License-Identifier: MIT */
/* How much and how long a client may: the numbers of the HTTP layer in one place, so that tests can make them small. */
#ifndef HTTP_LIMITS_H
#define HTTP_LIMITS_H

#include <stddef.h>
#include <stdint.h>

struct http_limits {
    size_t max_head_bytes;     /* request line and fields: 431 */
    unsigned max_header_lines; /* 431; h2o 2.2.5 cannot hold more than 100 */
    size_t max_url_bytes;      /* 414 */
    size_t max_body_bytes;     /* 413 */
    size_t spool_bytes;        /* larger bodies lie in an unlinked file of the spool directory */

    int64_t handshake_ms; /* TLS handshake */
    int64_t head_ms;      /* from the first byte of a request (or from accept) to the end of its head */
    int64_t body_ms;      /* a body must be complete, or have grown by 64 KiB, within each of these */
    int64_t idle_ms;      /* keep-alive connection without a request */
    int64_t write_ms;     /* an answer must be sent, or 64 KiB of it acknowledged, within each of these */
    int64_t linger_ms;    /* a refused client may take this long to read why */

    size_t ws_soft_bytes; /* queued for a WebSocket peer: above this nothing more is read from it */
    size_t ws_hard_bytes; /* above this it is closed with 1013 */
    int64_t ws_drain_ms;  /* 256 KiB (or what is queued, if less) must be taken within each of these, else 1013 */
    int64_t ws_ping_ms;   /* silence before a ping is sent */
    int64_t ws_pong_ms;   /* silence after it before the connection counts as lost */
    int64_t ws_close_ms;  /* how long the peer may take to answer a close frame */
};

extern const struct http_limits http_limits_default;

#endif
