/* SPDX-License-Identifier: MIT */
/*
 * What travels to and from a database: values, rows, and writes. A write is one or more statements that take effect
 * together or not at all; it is one block of memory, made on any thread, and belongs to the store once submitted
 * (store.h).
 */
#ifndef STORE_WRITE_H
#define STORE_WRITE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "loop/inbox.h"

enum { STORE_MAX_WRITE = 64 << 20, STORE_MAX_ROWS = 64 << 20 }; /* bytes of one write, and of the rows of one read */

enum store_type { STORE_NULL, STORE_INT, STORE_TEXT, STORE_BLOB };

struct store_value {
    enum store_type type;
    int64_t integer;
    struct str text; /* of TEXT and BLOB; in results NUL-terminated behind .len */
};

static inline struct store_value
v_null(void)
{
    return (struct store_value){ STORE_NULL, 0, { NULL, 0 } };
}

static inline struct store_value
v_int(int64_t integer)
{
    return (struct store_value){ STORE_INT, integer, { NULL, 0 } };
}

static inline struct store_value
v_str(struct str text) /* p NULL: NULL */
{
    return (struct store_value){ text.p ? STORE_TEXT : STORE_NULL, 0, text };
}

static inline struct store_value
v_text(const char *text) /* NULL: NULL */
{
    return v_str(str_of(text));
}

static inline struct store_value
v_blob(struct str bytes) /* p NULL: NULL */
{
    return (struct store_value){ bytes.p ? STORE_BLOB : STORE_NULL, 0, bytes };
}

/* An instant or NULL: 0 means none. */
static inline struct store_value
v_time(int64_t at)
{
    return at ? v_int(at) : v_null();
}

/* Rows in memory; the column order is that of the query. */
struct store_rows {
    size_t count;
    unsigned columns;
    struct store_value *values;
};

static inline struct store_value
row_value(const struct store_rows *rows, size_t row, unsigned column)
{
    ASSERT(row < rows->count && column < rows->columns);
    return rows->values[row * rows->columns + column];
}

static inline int64_t
row_int(const struct store_rows *rows, size_t row, unsigned column) /* NULL: 0 */
{
    return row_value(rows, row, column).integer;
}

static inline struct str
row_str(const struct store_rows *rows, size_t row, unsigned column)
{
    return row_value(rows, row, column).text;
}

static inline const char *
row_text(const struct store_rows *rows, size_t row, unsigned column) /* NULL: NULL */
{
    return row_value(rows, row, column).text.p;
}

/* For what is made of rows in an arena: were there rows, but no memory for them? */
static inline bool
records_fit(const void *records, const struct store_rows *rows, struct err *err)
{
    return records || !rows->count ||
           err_set(err, "cannot read %zu rows: the memory limit would be passed", rows->count);
}

struct store_statement {
    unsigned query, value_count;
    size_t row_count; /* of values; several: store_add_row */
    const struct store_value *values;
    struct store_value *next_row; /* room behind them, while row_count is no power of two */
    int expect;                   /* rows it must change (or return) for each row of values, or STORE_ANY */
    struct store_statement *next; /* in the same write */
    int64_t changed;              /* filled by the driver */
    struct store_rows rows;       /* of RETURNING, in the write's arena; filled by the driver */
};

enum { STORE_ANY = -1, STORE_ONE = 1 };

enum store_verdict {
    STORE_DONE,    /* durable */
    STORE_REFUSED, /* a statement did not change as many rows as expected; nothing of this write took effect */
    /* the database could not; nothing of this write took effect (a crash right after may still bring it) */
    STORE_FAILED,
};

struct store_write;
typedef void store_done(struct store_write *write, void *arg);

struct store_write {
    struct message message; /* on its way to the writer and back */
    struct arena arena;     /* holds this struct too */
    struct store_statement *first, **last;
    unsigned statement_count;
    enum store_verdict verdict;
    unsigned refused_at; /* REFUSED: which statement, from 0 */
    const char *problem; /* not DONE: why, for people */
    bool is_full;        /* FAILED because there is no room on the disk */
    bool is_large;       /* FAILED because what comes back passes STORE_MAX_WRITE */
    struct store_write *next;
    struct inbox *reply_to;
    store_done *done;
    void *arg;
};

struct store_write *store_write_new(void);
void store_write_free(struct store_write *write); /* only for one that was never submitted */

/* Appends a statement; texts are copied. The values are $1, $2 … of the query. NULL: it does not fit into the write. */
struct store_statement *store_add(struct store_write *write, unsigned query, int expect,
                                  const struct store_value *values, size_t count);
#define STORE_ADD(write, query, expect, ...)                                                                           \
    store_add(write, query, expect, (const struct store_value[]){ __VA_ARGS__ },                                       \
              sizeof((const struct store_value[]){ __VA_ARGS__ }) / sizeof(struct store_value))

/*
 * As many values again for a statement that inserts them (INSERT … VALUES once), as if it were added once more: but it
 * is much cheaper, because tables and indexes are looked up once for many rows. statement may be NULL, see store_add.
 */
void store_add_row(struct store_write *write, struct store_statement *statement, const struct store_value *values);

/* Sets verdict and problem (in the write's arena); for drivers. */
void store_write_judge(struct store_write *write, enum store_verdict verdict, const char *fmt, ...) PRINTF_LIKE(3, 4);

#endif
