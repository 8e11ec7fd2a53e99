/* SPDX-License-Identifier: MIT */
/*
 * Chunked bodies (RFC 9112 7.1), checked without changing them: h2o decodes what passes. Its decoder takes bare LF, any
 * number of CR, any extension and any trailer; nothing of that gets so far.
 */
#include "http/guard_parts.h"

#include <strings.h>

#include "http/hex.h"

enum {
    MAX_SIZE_LINE = 256,      /* chunk size and extensions */
    MAX_TRAILER = 4096,       /* all trailer lines */
    FREE_OVERHEAD = 64 * 1024 /* framing bytes allowed beside twice the content: one-byte chunks must not fill memory */
};

static bool
size_line(struct str line, size_t *size)
{
    size_t i = 0;

    *size = 0;
    for (; i < line.len && i < 8 && hex_value(line.p[i]) >= 0; i++)
        *size = *size * 16 + (size_t)hex_value(line.p[i]);
    if (i == 0 || (i < line.len && line.p[i] != ';'))
        return false;
    for (; i < line.len; i++)
        if ((unsigned char)line.p[i] < 0x20 || line.p[i] == 0x7f)
            return false;
    return true;
}

static enum guard_verdict
start_chunk(struct guard *guard, const struct http_limits *limits, struct str line)
{
    if (!guard_strip_cr(&line) || line.len > MAX_SIZE_LINE || !size_line(line, &guard->chunk))
        return guard_refuse(guard, 400, "A chunk size is malformed.");
    guard->body += guard->chunk;
    if (guard->body > limits->max_body_bytes)
        return guard_refuse(guard, 413, "The request body is too large.");
    guard->part = guard->chunk ? GUARD_CHUNK_DATA : GUARD_TRAILER;
    guard->size = guard->line;
    return GUARD_MORE;
}

static enum guard_verdict
finish_chunk(struct guard *guard, struct str in)
{
    const char *end = in.p + guard->line + guard->chunk;

    if (end[0] != '\r' || end[1] != '\n')
        return guard_refuse(guard, 400, "A chunk is longer than its size says.");
    guard->line = guard->scanned = guard->line + guard->chunk + 2;
    guard->part = GUARD_CHUNK_SIZE;
    if (guard->line - guard->head_size > FREE_OVERHEAD + 3 * guard->body)
        return guard_refuse(guard, 400, "The chunks are too small.");
    return GUARD_MORE;
}

/* RFC 9110 6.5.1: a trailer must not say anything about framing or routing. */
static bool
is_framing(struct str name)
{
    return (name.len == 4 && strncasecmp(name.p, "host", 4) == 0) ||
           (name.len == 14 && strncasecmp(name.p, "content-length", 14) == 0) ||
           (name.len == 17 && strncasecmp(name.p, "transfer-encoding", 17) == 0);
}

static enum guard_verdict
trailer(struct guard *guard, const struct http_limits *limits, struct str line)
{
    struct str name, value;

    if (!guard_strip_cr(&line))
        return guard_refuse(guard, 400, "A trailer line does not end with CR LF.");
    if (line.len == 0) {
        guard->size = guard->line;
        return GUARD_DONE;
    }
    if (guard->line - guard->size > MAX_TRAILER)
        return guard_refuse(guard, 431, "The trailer is too large.");
    if (!guard_field(guard, limits, line, &name, &value))
        return GUARD_BAD;
    return is_framing(name) ? guard_refuse(guard, 400, "A trailer field is not allowed there.") : GUARD_MORE;
}

enum guard_verdict
guard_chunks(struct guard *guard, const struct http_limits *limits, struct str in)
{
    enum guard_verdict verdict = GUARD_MORE;
    struct str line;

    while (verdict == GUARD_MORE) {
        if (guard->part == GUARD_CHUNK_DATA) {
            if (in.len - guard->line < guard->chunk + 2)
                return GUARD_MORE;
            verdict = finish_chunk(guard, in);
            continue;
        }
        if (!guard_next_line(guard, in, &line)) {
            if (guard->part == GUARD_TRAILER && in.len - guard->size > MAX_TRAILER)
                return guard_refuse(guard, 431, "The trailer is too large.");
            if (guard->part == GUARD_CHUNK_SIZE && in.len - guard->line > MAX_SIZE_LINE)
                return guard_refuse(guard, 400, "A chunk size is malformed.");
            return GUARD_MORE;
        }
        verdict = guard->part == GUARD_TRAILER ? trailer(guard, limits, line) : start_chunk(guard, limits, line);
    }
    return verdict;
}
