/* SPDX-License-Identifier: MIT */
/*
 * Rich JSON (io-methods.md 3): values that JSON cannot carry are written as plain JSON plus annotations by path.
 * Encodes Date, undefined, bigint and special numbers; decodes Date, undefined, bigint and number, and leaves anything
 * else as the JSON it is.
 *
 * A writer that lacks something (malformed JSON of the author, a link to nowhere) writes null and remembers the first
 * reason in .err, so that nobody has to check in between.
 */
#ifndef RUNTIME_RICH_H
#define RUNTIME_RICH_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "interlude/value.h"
#include "json/read.h"
#include "json/write.h"

struct rich {
    struct json_out out; /* where the values go; plain parts may be written to it directly */
    struct buf meta;     /* "path":["Date"], … as far as there is any */
    struct buf path;     /* of the place being written: keys and indexes joined with '.' */
    bool is_root;        /* the annotation is of the root, no object around it */
    struct err err;      /* .text "": all is well */
};

void rich_init(struct rich *rich, struct buf *text);
void rich_fini(struct rich *rich);
void rich_refuse(struct rich *rich, const char *fmt, ...) PRINTF_LIKE(2, 3);

/*
 * The annotations as the value of propsMeta, meta …; empty if there are none. Once, at the end. Valid until rich_fini.
 */
struct str rich_meta(struct rich *rich);

/* Steps into a member (writing its key) or element; the result goes to rich_leave. */
size_t rich_enter(struct rich *rich, const char *key);
size_t rich_enter_index(struct rich *rich, size_t index);
void rich_leave(struct rich *rich, size_t mark);

void rich_annotate(struct rich *rich, const char *type); /* the place being written */
void rich_number(struct rich *rich, double value);
void rich_value(struct rich *rich, const il_value *value);
void rich_pair(struct rich *rich, const char *key, const il_value *value);
void rich_text(struct rich *rich, const char *key, const char *text); /* nothing, if text is NULL */
void rich_fields(struct rich *rich, const il_kv *fields);             /* one object; NULL: {} */

/* Pieces that several methods share, written into the open object; io-methods.md 7. */
void rich_link(struct rich *rich, const char *route, const char *url, const il_kv *params); /* at most one of both */
void rich_image_pairs(struct rich *rich, const il_image *image);
void rich_video_pairs(struct rich *rich, const il_image *video); /* the same for another kind of data */
void rich_image(struct rich *rich, const il_image *image);       /* "image": {…}, or nothing if there is none */
void rich_menu(struct rich *rich, const il_menu *menu);          /* an array */
const char *rich_theme(struct rich *rich, il_theme theme);       /* NULL: chosen by the place */

/* The value at node, whose annotation is found in meta (the whole meta object) under path. Texts go to the arena. */
il_value rich_read(struct arena *arena, struct json node, struct json meta, const char *path);

#endif
