/* SPDX-License-Identifier: MIT */
/*
 * One IO call: the components shown together, and its render (io-methods.md 1, 2.1). ask.c waits for its answer, page.c
 * shows it as the children of a page. A call holds everything that another render needs, so it can outlive the items it
 * was made from.
 */
#ifndef RUNTIME_CALL_H
#define RUNTIME_CALL_H

#include "base/id.h"
#include "runtime/io.h"
#include "runtime/method.h"
#include "runtime/table.h"

struct component {
    const struct method *method;
    const il_item *item;    /* our own copy, of our size; what it points to is the author's and ends with the ask */
    struct table *table;    /* NULL: not a table */
    struct str head;        /* rendered members in front of the messages: methodName … isMultiple */
    struct str props, meta; /* rendered; unused for tables, which change */
    const char *message;    /* why the answer was refused; NULL: it was not */
};

struct call {
    struct call *next; /* in run_io.calls */
    struct arena arena;
    struct uuid key; /* inputGroupKey */
    struct component *components;
    size_t count, capacity;
    bool is_interactive; /* at least one input */
    bool has_table;      /* at least one DISPLAY_TABLE, which goes on answering */
    struct str buttons;  /* choiceButtons; empty: none */
    const char *message; /* of the form */
};

/* Room for `capacity` items, and it grows. NULL: no memory left, the failure is remembered. */
struct call *call_new(struct run_io *io, size_t capacity);
void call_free(struct call *call);

/* Takes an item and renders what can be rendered once. The reason of a failure names the item. */
il_status call_add(struct call *call, struct run_io *io, const il_item *item);

/*
 * Writes the IO call with a fresh id. false: a component could not be written or the text is too long; err says which.
 */
bool call_write(const struct call *call, struct buf *text, struct err *err) MUST_CHECK;

/*
 * Applies a SET_STATE: values has one entry per component, null = no change. What fails keeps what it showed, and is
 * logged.
 */
void call_set_state(struct call *call, struct run_io *io, struct json response);

/* Sends the call; waits for the server's confirmation. */
il_status call_show(struct call *call, struct run_io *io);

static inline struct link_subject
call_group(const struct call *call)
{
    struct link_subject group;

    memcpy(group.bytes, call->key.bytes, sizeof group.bytes);
    return group;
}

#endif
