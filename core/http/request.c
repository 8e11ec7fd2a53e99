/* SPDX-License-Identifier: MIT */
/* A request as handlers see it (request.h), made from what h2o parsed: URL, headers, cookies, peer. */
#include <arpa/inet.h>
#include <stdio.h>
#include <strings.h>

#include "base/id.h"
#include "http/hex.h"
#include "http/internal.h"
#include "http/response.h"

enum { MAX_REQUEST_ID = 128 };

enum http_method
http_method_of(struct str name)
{
    static const struct {
        struct str name;
        enum http_method method;
    } methods[] = { { { "GET", 3 }, HTTP_GET },        { { "POST", 4 }, HTTP_POST },     { { "HEAD", 4 }, HTTP_HEAD },
                    { { "PUT", 3 }, HTTP_PUT },        { { "DELETE", 6 }, HTTP_DELETE }, { { "PATCH", 5 }, HTTP_PATCH },
                    { { "OPTIONS", 7 }, HTTP_OPTIONS } };

    for (size_t i = 0; i < COUNT_OF(methods); i++)
        if (str_eq(name, methods[i].name))
            return methods[i].method;
    return HTTP_OTHER;
}

/* RFC 9112 3.2.2: the absolute form must be understood; its authority must be the one in Host. */
static bool
strip_authority(struct http_request *request, struct str *url)
{
    static const struct str schemes[] = { { "http://", 7 }, { "https://", 8 } };

    for (size_t i = 0; i < COUNT_OF(schemes); i++) {
        struct str scheme = schemes[i];
        const char *end;
        size_t len;

        if (url->len < scheme.len || strncasecmp(url->p, scheme.p, scheme.len) != 0)
            continue;
        url->p += scheme.len;
        url->len -= scheme.len;
        end = memchr(url->p, '/', url->len);
        len = end ? (size_t)(end - url->p) : url->len;
        if (len != request->host.len || strncasecmp(url->p, request->host.p, len) != 0)
            return false;
        *url = end ? (struct str){ end, url->len - len } : STR("/");
        return true;
    }
    return false;
}

/* false: a broken escape, a control character, or not UTF-8 */
static bool
decode(struct http_request *request, struct str raw, struct str *path)
{
    char *out, *p;

    *path = raw;
    if (!memchr(raw.p, '%', raw.len))
        return true;
    p = out = http_request_alloc(request, raw.len);
    for (size_t i = 0; i < raw.len; i++) {
        int high, low;

        if (raw.p[i] != '%') {
            *p++ = raw.p[i];
            continue;
        }
        if (raw.len - i < 3 || (high = hex_value(raw.p[i + 1])) < 0 || (low = hex_value(raw.p[i + 2])) < 0)
            return false;
        if (high < 2 || high * 16 + low == 0x7f)
            return false;
        *p++ = (char)(high * 16 + low);
        i += 2;
    }
    *path = (struct str){ out, (size_t)(p - out) };
    return str_is_utf8(*path);
}

/* Browsers and curl resolve "." and ".." themselves; what still has them means something else to somebody else. */
static bool
has_dot_segment(struct str path)
{
    const char *end = path.p + path.len;

    for (const char *p = path.p; (p = memchr(p, '.', (size_t)(end - p))); p++) {
        const char *next = p + 1 < end && p[1] == '.' ? p + 2 : p + 1;

        if (p[-1] == '/' && (next == end || *next == '/'))
            return true;
    }
    return false;
}

static const char *
parse_url(struct http_request *request)
{
    struct str url = str_from(request->h2o->input.path);
    const char *mark;

    if (str_is(url, "*") && request->method == HTTP_OPTIONS) {
        request->path = request->raw_path = url;
        return NULL;
    }
    if (*url.p != '/' && !strip_authority(request, &url))
        return "The URL is neither a path nor one of this host.";
    mark = memchr(url.p, '?', url.len);
    request->raw_path = (struct str){ url.p, mark ? (size_t)(mark - url.p) : url.len };
    if (mark)
        request->query = (struct str){ mark + 1, url.len - request->raw_path.len - 1 };
    if (memchr(url.p, '#', url.len))
        return "The URL contains a fragment.";
    if (!decode(request, request->raw_path, &request->path))
        return "The path is not percent-encoded UTF-8.";
    if (has_dot_segment(request->path))
        return "The path contains \".\" or \"..\" segments.";
    return NULL;
}

/* h2o leaves blanks behind a value where they are. */
static struct str
value_of(h2o_iovec_t value)
{
    struct str s = str_from(value);

    while (s.len && (s.p[s.len - 1] == ' ' || s.p[s.len - 1] == '\t'))
        s.len--;
    return s;
}

/* In the form of whoever it was meant for, as far as it can be read (server.h). */
static void
refuse_url(struct http_request *request, const char *wrong)
{
    const struct http_config *config = &request->conn->thread->server->config;
    struct http_response response = { .status = 400 };
    struct arena arena;

    arena_init(&arena, 0);
    if (config->refusal && config->refusal(&(struct http_refused){ .status = 400,
                                                                   .method = request->method_name,
                                                                   .target = str_from(request->h2o->input.path),
                                                                   .origin = http_header(request, "origin") },
                                           &arena, &response))
        http_respond(request, &response);
    else
        http_problem(request, 400, wrong);
    arena_fini(&arena);
}

bool
request_init(struct http_conn *conn, h2o_req_t *h2o)
{
    struct http_request *request = &conn->request;
    const char *wrong;

    *request = (struct http_request){
        .method_name = str_from(h2o->input.method),
        .host = value_of(h2o->input.authority),
        .body = str_from(h2o->entity),
        .listener = conn->listener->tag,
        .is_tls = conn->listener->tls != NULL,
        .conn = conn,
        .h2o = h2o,
    };
    if (h2o->input.authority.base == h2o->hostconf->authority.hostport.base)
        request->host = STR(""); /* h2o's stand-in for a missing Host */
    request->method = http_method_of(request->method_name);
    wrong = parse_url(request);
    if (!wrong)
        return true;
    h2o->http1_is_persistent = 0;
    refuse_url(request, wrong);
    return false;
}

struct str
http_header(const struct http_request *request, const char *name)
{
    const h2o_headers_t *headers = &request->h2o->headers;
    size_t len = strlen(name);
    const h2o_token_t *token = h2o_lookup_token(name, len);
    ssize_t at;

    if (token == H2O_TOKEN_HOST)
        return request->host;
    at = token ? h2o_find_header(headers, token, -1) : h2o_find_header_by_str(headers, name, len, -1);
    return at < 0 ? (struct str){ 0 } : value_of(headers->entries[at].value);
}

size_t
http_header_count(const struct http_request *request)
{
    return request->h2o->headers.size + 1;
}

void
http_header_at(const struct http_request *request, size_t index, struct str *name, struct str *value)
{
    const h2o_header_t *header;

    if (index == 0) {
        *name = STR("host");
        *value = request->host;
        return;
    }
    ASSERT(index <= request->h2o->headers.size);
    header = &request->h2o->headers.entries[index - 1];
    *name = str_from(*header->name);
    *value = value_of(header->value);
}

void
http_header_sent_at(const struct http_request *request, size_t index, struct str *name, struct str *value)
{
    http_header_at(request, index, name, value);
    if (index == 0)
        *name = STR("Host"); /* h2o keeps no spelling of headers that it takes out */
    else if (request->h2o->headers.entries[index - 1].orig_name)
        name->p = request->h2o->headers.entries[index - 1].orig_name;
}

static bool
is_sane_id(struct str id)
{
    if (id.len == 0 || id.len > MAX_REQUEST_ID)
        return false;
    for (size_t i = 0; i < id.len; i++) {
        unsigned u = (unsigned char)id.p[i];

        if ((u | 0x20u) - 'a' >= 26 && u - '0' >= 10 && u != '-' && u != '_' && u != '.' && u != ':')
            return false;
    }
    return true;
}

struct str
http_request_id(struct http_request *request)
{
    if (!request->id.p) {
        struct str sent = http_header(request, "x-request-id");

        if (is_sane_id(sent)) {
            request->id = sent;
        } else {
            struct uuid_text *text = http_request_alloc(request, sizeof *text);

            *text = uuid_format(uuid_v7());
            request->id = (struct str){ text->s, UUID_TEXT_LEN };
        }
    }
    return request->id;
}

static void
peer_init(struct http_peer *peer, h2o_socket_t *sock)
{
    struct sockaddr_storage address;
    const struct sockaddr_in *in = (const void *)&address;
    const struct sockaddr_in6 *in6 = (const void *)&address;

    address.ss_family = AF_UNSPEC;
    h2o_socket_getpeername(sock, (struct sockaddr *)&address);
    if (address.ss_family == AF_INET) {
        inet_ntop(AF_INET, &in->sin_addr, peer->address, sizeof peer->address);
        peer->port = ntohs(in->sin_port);
        peer->is_loopback = ntohl(in->sin_addr.s_addr) >> 24 == 127;
    } else if (address.ss_family == AF_INET6) {
        bool is_mapped = IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr);

        if (is_mapped)
            inet_ntop(AF_INET, in6->sin6_addr.s6_addr + 12, peer->address, sizeof peer->address);
        else
            inet_ntop(AF_INET6, &in6->sin6_addr, peer->address, sizeof peer->address);
        peer->port = ntohs(in6->sin6_port);
        peer->is_loopback = is_mapped ? in6->sin6_addr.s6_addr[12] == 127 : IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr);
    }
}

const struct http_peer *
http_request_peer(struct http_request *request)
{
    struct http_conn *conn = request->conn;

    if (!conn->has_peer) {
        peer_init(&conn->peer, conn->sock);
        conn->has_peer = true;
    }
    return &conn->peer;
}

uint16_t
http_request_port(const struct http_request *request)
{
    return request->conn->listener->port;
}

struct str
http_request_protocol(const struct http_request *request)
{
    return request->h2o->version < 0x101 ? STR("HTTP/1.0") : STR("HTTP/1.1");
}

void *
http_request_alloc(struct http_request *request, size_t size)
{
    return h2o_mem_alloc_pool(&request->h2o->pool, size);
}

struct http_thread *
http_request_thread(const struct http_request *request)
{
    return request->conn->thread;
}
