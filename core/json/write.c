/* SPDX-License-Identifier: MIT */
/* Writing JSON (write.h). */
#include "json/write.h"

#include <math.h>

#include "json/number.h"
#include "json/scan.h"

enum { MAX_OPEN = 64 }; /* bits of has_items */

void
json_out_init(struct json_out *out, struct buf *buf)
{
    *out = (struct json_out){ .buf = buf };
}

/* Before every value and every key: the comma, if something stands in front of it. */
static void
separate(struct json_out *out)
{
    uint64_t bit;

    if (out->after_key) {
        out->after_key = false;
        return;
    }
    if (!out->depth)
        return;
    bit = (uint64_t)1 << (out->depth - 1);
    ASSERT(!(out->is_object & bit)); /* a value in an object needs its key */
    if (out->has_items & bit)
        buf_char(out->buf, ',');
    out->has_items |= bit;
}

static void
open_container(struct json_out *out, bool is_object)
{
    uint64_t bit;

    separate(out);
    ASSERT(out->depth < MAX_OPEN);
    bit = (uint64_t)1 << out->depth++;
    out->has_items &= ~bit;
    out->is_object = is_object ? out->is_object | bit : out->is_object & ~bit;
    buf_char(out->buf, is_object ? '{' : '[');
}

static void
close_container(struct json_out *out, bool is_object)
{
    ASSERT(out->depth > 0 && !out->after_key);
    out->depth--;
    ASSERT((bool)(out->is_object >> out->depth & 1) == is_object);
    buf_char(out->buf, is_object ? '}' : ']');
}

void
json_object(struct json_out *out)
{
    open_container(out, true);
}

void
json_object_end(struct json_out *out)
{
    close_container(out, true);
}

void
json_array(struct json_out *out)
{
    open_container(out, false);
}

void
json_array_end(struct json_out *out)
{
    close_container(out, false);
}

enum { MAX_ESCAPE = 6 };

/* Writes what stands for c; returns how long that is. */
static size_t
escape(char out[MAX_ESCAPE], unsigned char c)
{
    static const char digits[] = "0123456789abcdef";
    static const char letters[256] = {
        ['"'] = '"', ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't'
    };

    if (letters[c]) {
        memcpy(out, (char[]){ '\\', letters[c] }, 2);
        return 2;
    }
    memcpy(out, (char[]){ '\\', 'u', '0', '0', digits[c >> 4], digits[c & 15] }, MAX_ESCAPE);
    return MAX_ESCAPE;
}

/* What stands before something that is written otherwise, and that. One look at the room for both. */
static void
put_run(struct buf *buf, const unsigned char *run, const unsigned char *stop)
{
    size_t len = (size_t)(stop - run);
    char *out;

    if (!buf_reserve(buf, len + MAX_ESCAPE))
        return;
    out = buf->p + buf->len;
    memcpy(out, run, len);
    if (*stop < 0x80)
        len += escape(out + len, *stop);
    else
        len += (size_t)(stpcpy(out + len, "\xef\xbf\xbd") - (out + len)); /* U+FFFD */
    buf->len += len;
}

static void
put_quoted(struct buf *buf, struct str text)
{
    const unsigned char *p = (const unsigned char *)text.p, *run = p, *end;

    if (!text.len) {
        buf_put(buf, "\"\"", 2);
        return;
    }
    end = p + text.len;
    buf_reserve(buf, text.len + 2);
    buf_char(buf, '"');
    while ((p = scan_plain(p, end)) < end) {
        size_t len = *p < 0x80 ? 0 : utf8_sequence_len(p, (size_t)(end - p));

        if (len) {
            p += len;
            continue;
        }
        put_run(buf, run, p);
        run = ++p;
    }
    buf_put(buf, run, (size_t)(end - run));
    buf_char(buf, '"');
}

void
json_name_str(struct json_out *out, struct str key)
{
    uint64_t bit;

    ASSERT(out->depth && !out->after_key);
    bit = (uint64_t)1 << (out->depth - 1);
    ASSERT(out->is_object & bit);
    if (out->has_items & bit)
        buf_char(out->buf, ',');
    out->has_items |= bit;
    put_quoted(out->buf, key);
    buf_char(out->buf, ':');
    out->after_key = true;
}

void
json_name(struct json_out *out, const char *key)
{
    json_name_str(out, str_of(key));
}

void
json_put_raw(struct json_out *out, struct str json)
{
    separate(out);
    buf_put(out->buf, json.p, json.len);
}

void
json_put_str(struct json_out *out, struct str text)
{
    separate(out);
    put_quoted(out->buf, text);
}

void
json_put_text(struct json_out *out, const char *text)
{
    if (text)
        json_put_str(out, str_of(text));
    else
        json_put_null(out);
}

void
json_put_int(struct json_out *out, int64_t value)
{
    char text[STR_DECIMAL_MAX];

    json_put_raw(out, str_decimal(value, text));
}

void
json_put_double(struct json_out *out, double value)
{
    char text[NUMBER_TEXT_MAX];

    if (!isfinite(value)) {
        json_put_null(out);
        return;
    }
    json_put_raw(out, (struct str){ text, number_format(value, text) });
}

void
json_put_bool(struct json_out *out, bool value)
{
    json_put_raw(out, value ? STR("true") : STR("false"));
}

void
json_put_null(struct json_out *out)
{
    json_put_raw(out, STR("null"));
}

void
json_pair_str(struct json_out *out, const char *key, struct str text)
{
    json_name(out, key);
    json_put_str(out, text);
}

void
json_pair_text(struct json_out *out, const char *key, const char *text)
{
    json_name(out, key);
    json_put_text(out, text);
}

void
json_pair_int(struct json_out *out, const char *key, int64_t value)
{
    json_name(out, key);
    json_put_int(out, value);
}

void
json_pair_int_or_null(struct json_out *out, const char *key, int64_t value)
{
    json_name(out, key);
    if (value)
        json_put_int(out, value);
    else
        json_put_null(out);
}

void
json_pair_bool(struct json_out *out, const char *key, bool value)
{
    json_name(out, key);
    json_put_bool(out, value);
}

void
json_pair_raw(struct json_out *out, const char *key, struct str json)
{
    json_name(out, key);
    json_put_raw(out, json);
}
