/* SPDX-License-Identifier: MIT */
/*
 * One HTTP request as handlers see it. Lives on its http thread from the call of the handler until the answer is sent;
 * every str in it as long. Handlers that need longer hold it (call.h).
 */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include <stdint.h>

#include "base/str.h"

enum http_method {
    HTTP_GET = 1 << 0,
    HTTP_HEAD = 1 << 1,
    HTTP_POST = 1 << 2,
    HTTP_PUT = 1 << 3,
    HTTP_PATCH = 1 << 4,
    HTTP_DELETE = 1 << 5,
    HTTP_OPTIONS = 1 << 6,
    HTTP_OTHER = 1 << 7
};

enum http_method http_method_of(struct str name);

struct http_peer {
    char address[46]; /* numeric; IPv4 in IPv6 is shown as IPv4 */
    uint16_t port;
    bool is_loopback;
};

struct http_request {
    enum http_method method;
    struct str method_name; /* as sent */
    struct str path;        /* percent-decoded UTF-8 without "." and ".." segments; starts with '/' (or is "*") */
    struct str raw_path;    /* as sent, without the query */
    struct str query;       /* as sent, without '?'; p is NULL when there is none */
    struct str host;        /* Host header, "" from an HTTP/1.0 client that sent none */
    struct str body;
    unsigned listener; /* tag of the listener it came in through */
    bool is_tls;

    /* what follows belongs to core/http */
    bool is_answered, is_held;
    struct str id;
    struct http_conn *conn;
    struct st_h2o_req_t *h2o;
};

/* The value of the first header of that name (lower case), p = NULL: none. "host" is there; framing headers are not. */
struct str http_header(const struct http_request *request, const char *name);

/* All headers in the order sent; names in lower case. "host" comes first. */
size_t http_header_count(const struct http_request *request);
void http_header_at(const struct http_request *request, size_t index, struct str *name, struct str *value);
/* The same with the name as it was sent; of "Host" only the usual spelling is known. */
void http_header_sent_at(const struct http_request *request, size_t index, struct str *name, struct str *value);

/*
 * X-Request-ID as sent when it is sane, otherwise a new UUID; goes back with the answer once somebody has asked for it.
 */
struct str http_request_id(struct http_request *request);

const struct http_peer *http_request_peer(struct http_request *request);

uint16_t http_request_port(const struct http_request *request);       /* of the server */
struct str http_request_protocol(const struct http_request *request); /* "HTTP/1.1" */

/* Memory that lives as long as the request. */
void *http_request_alloc(struct http_request *request, size_t size) __attribute__((alloc_size(2)));

/* The http thread it belongs to. */
struct http_thread *http_request_thread(const struct http_request *request);

#endif
