/* SPDX-License-Identifier: MIT */
/*
 * Writing JSON, append only, into a buffer. Commas are placed by the writer; keys and values must alternate inside
 * objects (asserted). Invalid UTF-8 in texts becomes U+FFFD. When the buffer's maximum is passed, buf->over is set and
 * the text must not be used.
 */
#ifndef JSON_WRITE_H
#define JSON_WRITE_H

#include <stdint.h>

#include "base/buf.h"

struct json_out {
    struct buf *buf;
    uint64_t has_items, is_object; /* one bit per open container */
    unsigned depth;
    bool after_key;
};

void json_out_init(struct json_out *out, struct buf *buf);
void json_object(struct json_out *out);
void json_object_end(struct json_out *out);
void json_array(struct json_out *out);
void json_array_end(struct json_out *out);
void json_name(struct json_out *out, const char *key); /* a literal of ours; outside texts: json_name_str */
void json_name_str(struct json_out *out, struct str key);

void json_put_str(struct json_out *out, struct str text);
void json_put_text(struct json_out *out, const char *text); /* NULL writes null */
void json_put_int(struct json_out *out, int64_t value);
void json_put_double(struct json_out *out, double value); /* shortest form that reads back equal; not finite: null */
void json_put_bool(struct json_out *out, bool value);
void json_put_null(struct json_out *out);
void json_put_raw(struct json_out *out, struct str json); /* must be one valid JSON value */

/* name and value in one: what most objects are made of */
void json_pair_str(struct json_out *out, const char *key, struct str text);
void json_pair_text(struct json_out *out, const char *key, const char *text);
void json_pair_int(struct json_out *out, const char *key, int64_t value);
void json_pair_int_or_null(struct json_out *out, const char *key, int64_t value); /* 0: there is none */
void json_pair_bool(struct json_out *out, const char *key, bool value);
void json_pair_raw(struct json_out *out, const char *key, struct str json);

#endif
