/* SPDX-License-Identifier: MIT */
/* The framing guard (guard.h). Bodies are in guard_body.c. */
#include "http/guard_parts.h"

#include <stdint.h>
#include <strings.h>

enum { MAX_METHOD = 32, MAX_HOST = 300, VERSION_LEN = 8 };

const struct http_limits http_limits_default = {
    .max_head_bytes = 16 * 1024,
    .max_header_lines = 100,
    .max_url_bytes = 8 * 1024,
    .max_body_bytes = 10 * 1024 * 1024,
    .spool_bytes = 1024 * 1024,
    .handshake_ms = 10000,
    .head_ms = 10000,
    .body_ms = 30000,
    .idle_ms = 75000,
    .write_ms = 30000,
    .linger_ms = 2000,
    .ws_soft_bytes = 1024 * 1024,
    .ws_hard_bytes = 8 * 1024 * 1024,
    .ws_drain_ms = 10000,
    .ws_ping_ms = 30000,
    .ws_pong_ms = 10000,
    .ws_close_ms = 5000,
};

enum guard_verdict
guard_refuse(struct guard *guard, unsigned status, const char *reason)
{
    guard->status = status;
    guard->reason = reason;
    return GUARD_BAD;
}

bool
guard_next_line(struct guard *guard, struct str in, struct str *line)
{
    const char *end = memchr(in.p + guard->scanned, '\n', in.len - guard->scanned);

    if (!end) {
        guard->scanned = in.len;
        return false;
    }
    *line = (struct str){ in.p + guard->line, (size_t)(end - in.p) - guard->line };
    guard->line = guard->scanned = (size_t)(end - in.p) + 1;
    return true;
}

/* RFC 9112 2.2: lines end with CRLF; a bare LF is where parsers part ways. */
bool
guard_strip_cr(struct str *line)
{
    if (line->len == 0 || line->p[line->len - 1] != '\r')
        return false;
    line->len--;
    return true;
}

/* RFC 9110 5.6.2 */
static bool
is_token_char(char c)
{
    static const bool other[128] = {
        ['!'] = true, ['#'] = true, ['$'] = true, ['%'] = true, ['&'] = true, ['\''] = true, ['*'] = true, ['+'] = true,
        ['-'] = true, ['.'] = true, ['^'] = true, ['_'] = true, ['`'] = true, ['|'] = true,  ['~'] = true
    };
    unsigned u = (unsigned char)c;

    return (u | 0x20u) - 'a' < 26 || u - '0' < 10 || (u < 128 && other[u]);
}

static size_t
token_len(struct str s)
{
    size_t len = 0;

    while (len < s.len && is_token_char(s.p[len]))
        len++;
    return len;
}

static bool
is_control(char c)
{
    return ((unsigned char)c < 0x20 && c != '\t') || c == 0x7f;
}

/* Eight bytes at a time: a byte below 0x20 or equal to 0x7f somewhere among them asks for the closer look. */
static bool
has_control(struct str s)
{
    const uint64_t ones = 0x0101010101010101, tops = ones << 7;
    size_t i = 0;

    for (; s.len - i >= 8; i += 8) {
        uint64_t word, del;

        memcpy(&word, s.p + i, 8);
        del = word ^ (ones * 0x7f);
        if ((((word - ones * 0x20) & ~word) | ((del - ones) & ~del)) & tops)
            for (size_t k = 0; k < 8; k++)
                if (is_control(s.p[i + k]))
                    return true;
    }
    for (; i < s.len; i++)
        if (is_control(s.p[i]))
            return true;
    return false;
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static struct str
trimmed(struct str s)
{
    while (s.len && is_blank(*s.p))
        s.p++, s.len--;
    while (s.len && is_blank(s.p[s.len - 1]))
        s.len--;
    return s;
}

bool
guard_field(struct guard *guard, const struct http_limits *limits, struct str line, struct str *name, struct str *value)
{
    size_t len = token_len(line);

    if (++guard->line_count > limits->max_header_lines) {
        guard_refuse(guard, 431, "The request has too many header lines.");
    } else if (is_blank(*line.p)) {
        guard_refuse(guard, 400, "A header line is folded.");
    } else if (len == 0 || len == line.len || line.p[len] != ':') {
        guard_refuse(guard, 400, "A header line is not of the form \"name: value\".");
    } else {
        *name = (struct str){ line.p, len };
        *value = trimmed((struct str){ line.p + len + 1, line.len - len - 1 });
        if (!has_control(*value))
            return true;
        guard_refuse(guard, 400, "A header value contains a control character.");
    }
    return false;
}

static enum guard_verdict
target(struct guard *guard, const struct http_limits *limits, struct str url)
{
    if (url.len == 0)
        return guard_refuse(guard, 400, "The request line has no URL.");
    if (url.len > limits->max_url_bytes)
        return guard_refuse(guard, 414, "The URL is too long.");
    for (size_t i = 0; i < url.len; i++)
        if (url.p[i] <= 0x20 || url.p[i] >= 0x7f)
            return guard_refuse(guard, 400, "The URL contains a byte that must be percent-encoded.");
    return GUARD_MORE;
}

/* RFC 9112 3: method SP request-target SP HTTP-version, single spaces. */
static enum guard_verdict
request_line(struct guard *guard, const struct http_limits *limits, struct str line)
{
    size_t method_len = token_len(line);
    struct str version;

    if (line.len == 0 && !guard->skipped_line) { /* RFC 9112 2.2: one empty line in front is ignored */
        guard->skipped_line = true;
        return GUARD_MORE;
    }
    if (method_len == 0 || method_len > MAX_METHOD || line.len < method_len + 2 + VERSION_LEN ||
        line.p[method_len] != ' ' || line.p[line.len - VERSION_LEN - 1] != ' ')
        return guard_refuse(guard, 400, "The request line is malformed.");
    version = (struct str){ line.p + line.len - VERSION_LEN, VERSION_LEN };
    if (!str_starts(version, STR("HTTP/")) || version.p[6] != '.')
        return guard_refuse(guard, 400, "The request line is malformed.");
    if (version.p[5] != '1' || (version.p[7] != '0' && version.p[7] != '1'))
        return guard_refuse(guard, 505, "Only HTTP/1.0 and HTTP/1.1 are spoken here.");
    guard->is_http10 = version.p[7] == '0';
    guard->part = GUARD_FIELDS;
    return target(guard, limits, (struct str){ line.p + method_len + 1, line.len - method_len - VERSION_LEN - 2 });
}

/* RFC 3986 3.2.2 and 3.2.3, roughly: what host and port are made of */
static bool
is_host_char(char c)
{
    return is_token_char(c) ? !memchr("#^`|", c, 4) : memchr(":[]();,=", c, 8) != NULL;
}

/* RFC 9112 3.2: exactly one, and nothing in it that a URL's authority could not have. */
static enum guard_verdict
host(struct guard *guard, struct str value)
{
    if (guard->has_host)
        return guard_refuse(guard, 400, "The request has more than one Host header.");
    guard->has_host = true;
    if (value.len == 0 || value.len > MAX_HOST)
        return guard_refuse(guard, 400, "The Host header is empty or too long.");
    for (size_t i = 0; i < value.len; i++)
        if (!is_host_char(value.p[i]))
            return guard_refuse(guard, 400, "The Host header is malformed.");
    return GUARD_MORE;
}

/* RFC 9112 6.3: one list of digits, once; h2o takes the first of several and reads "5, 5" as it likes. */
static enum guard_verdict
content_length(struct guard *guard, const struct http_limits *limits, struct str value)
{
    size_t length = 0;

    if (guard->has_length)
        return guard_refuse(guard, 400, "The request has more than one Content-Length header.");
    guard->has_length = true;
    if (value.len == 0 || value.len > 19)
        return guard_refuse(guard, 400, "The Content-Length header is not a number.");
    for (size_t i = 0; i < value.len; i++) {
        if (value.p[i] < '0' || value.p[i] > '9')
            return guard_refuse(guard, 400, "The Content-Length header is not a number.");
        length = length * 10 + (size_t)(value.p[i] - '0');
    }
    guard->body = length;
    return length > limits->max_body_bytes ? guard_refuse(guard, 413, "The request body is too large.") : GUARD_MORE;
}

static bool
is_name(struct str name, const char *lower)
{
    return strncasecmp(name.p, lower, name.len) == 0;
}

static enum guard_verdict
field(struct guard *guard, const struct http_limits *limits, struct str line, size_t at)
{
    struct str name, value;

    if (!guard_field(guard, limits, line, &name, &value))
        return GUARD_BAD;
    switch (name.len) {
    case 4:
        if (is_name(name, "host"))
            return host(guard, value);
        break;
    case 6:
        if (is_name(name, "expect")) {
            if (guard->expect_at || value.len != 12 || !is_name(value, "100-continue"))
                return guard_refuse(guard, 417, "Only \"Expect: 100-continue\" is understood.");
            guard->expect_at = at;
        }
        break;
    case 14:
        if (is_name(name, "content-length"))
            return content_length(guard, limits, value);
        break;
    case 17:
        if (is_name(name, "transfer-encoding")) {
            if (guard->has_coding || value.len != 7 || !is_name(value, "chunked"))
                return guard_refuse(guard, 400, "Only \"Transfer-Encoding: chunked\" is understood, once.");
            guard->has_coding = true;
        }
        break;
    default:
        break;
    }
    return GUARD_MORE;
}

static enum guard_verdict
end_of_head(struct guard *guard)
{
    guard->head_size = guard->size = guard->line;
    if (!guard->has_host && !guard->is_http10)
        return guard_refuse(guard, 400, "The request has no Host header.");
    if (guard->has_coding) {
        if (guard->has_length || guard->is_http10) /* RFC 9112 6.1 */
            return guard_refuse(guard, 400, "Transfer-Encoding goes with neither Content-Length nor HTTP/1.0.");
        guard->part = GUARD_CHUNK_SIZE;
        return GUARD_MORE;
    }
    guard->part = GUARD_LENGTH;
    guard->size += guard->body;
    return GUARD_MORE;
}

static enum guard_verdict
head(struct guard *guard, const struct http_limits *limits, struct str in)
{
    enum guard_verdict verdict = GUARD_MORE;
    struct str line;

    while (verdict == GUARD_MORE && guard->part <= GUARD_FIELDS) {
        size_t at = guard->line;

        if (!guard_next_line(guard, in, &line)) {
            if (guard->part == GUARD_REQUEST_LINE && in.len - at > limits->max_url_bytes + MAX_METHOD + VERSION_LEN + 3)
                return guard_refuse(guard, 414, "The URL is too long.");
            return in.len > limits->max_head_bytes ? guard_refuse(guard, 431, "The request head is too large.")
                                                   : GUARD_MORE;
        }
        if (!guard_strip_cr(&line))
            return guard_refuse(guard, 400, "A line of the request head does not end with CR LF.");
        if (guard->part == GUARD_REQUEST_LINE)
            verdict = request_line(guard, limits, line);
        else if (guard->line > limits->max_head_bytes)
            return guard_refuse(guard, 431, "The request head is too large.");
        else
            verdict = line.len ? field(guard, limits, line, at) : end_of_head(guard);
    }
    return verdict;
}

void
guard_init(struct guard *guard)
{
    *guard = (struct guard){ .part = GUARD_REQUEST_LINE };
}

enum guard_verdict
guard_check(struct guard *guard, const struct http_limits *limits, struct str in)
{
    enum guard_verdict verdict = GUARD_MORE;

    if (in.len == 0)
        return GUARD_MORE;
    if (guard->line == 0 && !is_token_char(*in.p) && *in.p != '\r') /* a TLS hello, say: it may never send a line end */
        return guard_refuse(guard, 400, "This is not an HTTP request.");
    if (guard->part <= GUARD_FIELDS)
        verdict = head(guard, limits, in);
    if (verdict == GUARD_MORE && guard->part == GUARD_LENGTH)
        return in.len >= guard->size ? GUARD_DONE : GUARD_MORE;
    if (verdict == GUARD_MORE && guard->part > GUARD_LENGTH)
        return guard_chunks(guard, limits, in);
    return verdict;
}
