/* SPDX-License-Identifier: MIT */
/* Reading JSON (read.h): jsmn's tokens behind the validator, plus one table that makes stepping over a value O(1). */
#include "json/read.h"

#include <limits.h>

#define JSMN_STATIC
#define JSMN_PARENT_LINKS /* without them commas and closings are searched backwards */
#include <jsmn.h>

#include "json/number.h"
#include "json/scan.h"
#include "json/validate.h"

struct json_doc {
    struct str text;
    jsmntok_t *tokens;
    int *after; /* per token: the first token behind its whole value */
    int count;
};

static const struct json missing = { NULL, -1 };

/* Every child lies behind its parent, so one walk from the back finds where each value ends. */
static void
fill_after(struct json_doc *doc)
{
    for (int i = 0; i < doc->count; i++)
        doc->after[i] = i + 1;
    for (int i = doc->count - 1; i > 0; i--) {
        int parent = doc->tokens[i].parent;

        if (parent >= 0 && doc->after[parent] < doc->after[i])
            doc->after[parent] = doc->after[i];
    }
}

bool
json_parse(struct arena *arena, struct str text, struct json *root, struct err *err)
{
    struct json_doc *doc;
    jsmn_parser parser;
    size_t count;

    *root = missing;
    if (text.len >= INT_MAX)
        return err_set(err, "cannot read JSON of %zu bytes: at most 2 GiB", text.len);
    if (!json_validate(text, JSON_MAX_TOKENS, &count, err))
        return false;
    doc = arena_alloc(arena, sizeof *doc);
    if (!doc || !(doc->tokens = arena_alloc(arena, count * sizeof *doc->tokens)) ||
        !(doc->after = arena_alloc(arena, count * sizeof *doc->after)))
        return err_set(err, "cannot read JSON with %zu values: its memory limit would be passed", count);
    doc->text = text;
    jsmn_init(&parser);
    doc->count = jsmn_parse(&parser, text.p, text.len, doc->tokens, (unsigned)count);
    ASSERT(doc->count == (int)count);
    fill_after(doc);
    *root = (struct json){ doc, 0 };
    return true;
}

static const jsmntok_t *
token(struct json node)
{
    return node.token < 0 ? NULL : &node.doc->tokens[node.token];
}

/* The token's bytes; of a string, what stands between the quotes. */
static struct str
inner(struct json node)
{
    const jsmntok_t *t = token(node);

    return t ? (struct str){ node.doc->text.p + t->start, (size_t)(t->end - t->start) } : (struct str){ NULL, 0 };
}

enum json_type
json_type(struct json node)
{
    const jsmntok_t *t = token(node);

    if (!t)
        return JSON_MISSING;
    switch (t->type) {
    case JSMN_OBJECT:
        return JSON_OBJECT;
    case JSMN_ARRAY:
        return JSON_ARRAY;
    case JSMN_STRING:
        return JSON_STRING;
    default:
        break;
    }
    switch (*inner(node).p) {
    case 'n':
        return JSON_NULL;
    case 't':
    case 'f':
        return JSON_BOOL;
    default:
        return JSON_NUMBER;
    }
}

struct str
json_raw(struct json node)
{
    struct str s = inner(node);

    if (json_type(node) == JSON_STRING)
        s = (struct str){ s.p - 1, s.len + 2 };
    return s;
}

size_t
json_count(struct json container)
{
    enum json_type type = json_type(container);

    return type == JSON_ARRAY || type == JSON_OBJECT ? (size_t)token(container)->size : 0;
}

struct json
json_first(struct json container)
{
    if (!json_count(container))
        return missing;
    return (struct json){ container.doc, container.token + (json_type(container) == JSON_OBJECT ? 2 : 1) };
}

/* The key's token if the node is a member's value, else negative. */
static int
key_token(struct json node)
{
    const jsmntok_t *t = token(node);

    return t && t->parent >= 0 && node.doc->tokens[t->parent].type == JSMN_STRING ? t->parent : -1;
}

struct json
json_next(struct json node)
{
    const jsmntok_t *t = token(node);
    int key = key_token(node), next, container;

    if (!t || t->parent < 0)
        return missing;
    container = key < 0 ? t->parent : node.doc->tokens[key].parent;
    next = node.doc->after[node.token];
    if (next >= node.doc->after[container])
        return missing;
    return (struct json){ node.doc, key < 0 ? next : next + 1 };
}

struct json
json_at(struct json array, size_t index)
{
    struct json node = json_type(array) == JSON_ARRAY ? json_first(array) : missing;

    while (index-- && node.token >= 0)
        node = json_next(node);
    return node;
}

static unsigned
hex4(const char *p)
{
    unsigned value = 0;

    for (int i = 0; i < 4; i++)
        value = value << 4 | (unsigned)(p[i] <= '9' ? p[i] - '0' : (p[i] | 0x20) - 'a' + 10);
    return value;
}

static size_t
utf8_put(unsigned code, char out[4])
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xc0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3f));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char)(0xe0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 0x3f));
        out[2] = (char)(0x80 | (code & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | code >> 18);
    out[1] = (char)(0x80 | (code >> 12 & 0x3f));
    out[2] = (char)(0x80 | (code >> 6 & 0x3f));
    out[3] = (char)(0x80 | (code & 0x3f));
    return 4;
}

/* *p stands on \uXXXX of a valid string; a pair of surrogates is one character, a lone one becomes U+FFFD. */
static unsigned
take_code(const char **p, const char *end)
{
    unsigned code = hex4(*p + 2);

    *p += 6;
    if (code < 0xd800 || code > 0xdfff)
        return code;
    if (code < 0xdc00 && end - *p >= 6 && (*p)[0] == '\\' && (*p)[1] == 'u') {
        unsigned low = hex4(*p + 2);

        if (low >= 0xdc00 && low <= 0xdfff) {
            *p += 6;
            return 0x10000 + ((code - 0xd800) << 10 | (low - 0xdc00));
        }
    }
    return 0xfffd;
}

/* Takes the escape at *p; returns the number of bytes it stands for. */
static size_t
take_escape(const char **p, const char *end, char out[4])
{
    static const char meant[128] = { ['b'] = '\b', ['f'] = '\f', ['n'] = '\n', ['r'] = '\r', ['t'] = '\t' };
    char letter = (*p)[1];

    if (letter == 'u')
        return utf8_put(take_code(p, end), out);
    out[0] = meant[(unsigned char)letter] ? meant[(unsigned char)letter] : letter;
    *p += 2;
    return 1;
}

/* Copies up to the first backslash, in words: escapes are so near to each other that calls would cost more. */
static size_t
copy_plain(char *out, const char *p, const char *end)
{
    const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
    const char *start = p;

    while ((size_t)(end - p) >= sizeof(uint64_t)) {
        uint64_t word, other;

        memcpy(&word, p, sizeof word);
        memcpy(out + (p - start), &word, sizeof word);
        other = word ^ ones * '\\';
        if ((other - ones) & ~other & tops)
            break;
        p += sizeof word;
    }
    for (; p < end && *p != '\\'; p++)
        out[p - start] = *p;
    return (size_t)(p - start);
}

struct str
json_unescape(struct arena *arena, struct str raw)
{
    char *out = arena_alloc(arena, raw.len + 1); /* unescaping never lengthens */
    const char *p = raw.p, *end = raw.p + raw.len;
    size_t len = 0;

    if (!out)
        return (struct str){ NULL, 0 };
    while (p < end) {
        size_t plain = copy_plain(out + len, p, end);

        len += plain;
        for (p += plain; p < end && *p == '\\';)
            len += take_escape(&p, end, out + len); /* never longer than what stands there */
    }
    out[len] = '\0'; /* words may have been written behind it */
    return (struct str){ out, len };
}

struct str
json_str(struct arena *arena, struct json node)
{
    return json_type(node) == JSON_STRING ? json_unescape(arena, inner(node)) : (struct str){ NULL, 0 };
}

const char *
json_text(struct arena *arena, struct json node)
{
    struct str s = json_str(arena, node);

    return s.p && !memchr(s.p, '\0', s.len) ? s.p : NULL;
}

struct str
json_key(struct arena *arena, struct json member)
{
    int key = key_token(member);

    return key < 0 ? (struct str){ NULL, 0 } : json_unescape(arena, inner((struct json){ member.doc, key }));
}

/* Does the string's inner text mean `wanted`? Needs no memory. */
static bool
means(struct str raw, struct str wanted)
{
    const char *p = raw.p, *end = raw.p + raw.len;

    if (!memchr(raw.p, '\\', raw.len))
        return str_eq(raw, wanted);
    while (p < end) {
        char bytes[4] = { *p };
        size_t n = *p == '\\' ? take_escape(&p, end, bytes) : (p++, (size_t)1);

        if (wanted.len < n || memcmp(wanted.p, bytes, n) != 0)
            return false;
        wanted = (struct str){ wanted.p + n, wanted.len - n };
    }
    return wanted.len == 0;
}

bool
json_is(struct json node, const char *text)
{
    return json_type(node) == JSON_STRING && means(inner(node), str_of(text));
}

struct json
json_get(struct json object, const char *key)
{
    struct json found = missing;
    struct str wanted = str_of(key);

    if (json_type(object) != JSON_OBJECT)
        return missing;
    for (struct json node = json_first(object); node.token >= 0; node = json_next(node))
        if (means(inner((struct json){ node.doc, node.token - 1 }), wanted))
            found = node;
    return found;
}

bool
json_bool(struct json node, bool fallback)
{
    return json_type(node) == JSON_BOOL ? *inner(node).p == 't' : fallback;
}

double
json_double(struct json node, double fallback)
{
    return json_type(node) == JSON_NUMBER ? number_parse(inner(node)) : fallback;
}

int64_t
json_int(struct json node, int64_t fallback)
{
    struct str s = inner(node);
    int64_t value = 0;
    bool negative;
    double d;

    if (json_type(node) != JSON_NUMBER)
        return fallback;
    negative = *s.p == '-';
    for (size_t i = negative; i < s.len; i++) {
        int digit = s.p[i] - '0';

        if (digit < 0 || digit > 9) { /* 1.0 and 1e3 are integral too */
            d = number_parse(s);
            return d > -9.2e18 && d < 9.2e18 && d == (double)(int64_t)d ? (int64_t)d : fallback;
        }
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, negative ? -digit : digit, &value))
            return fallback;
    }
    return value;
}
