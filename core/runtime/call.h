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
#include "runtime/search.h"
#include "runtime/table.h"
#include "runtime/upload.h"

struct component {
    const struct method *method;
    const il_item *item;    /* our own copy, of our size; what it points to is the author's and ends with the ask */
    struct table *table;    /* NULL: not a table */
    struct search *search;  /* NULL: not a search */
    struct upload *upload;  /* NULL: not an upload with addresses of the author */
    bool is_later;          /* metadata, some of which is still unknown */
    struct str head;        /* rendered members in front of the messages: methodName … isMultiple, multipleProps */
    struct str props, meta; /* rendered; unused for what changes, see component_is_live */
    const char *message;    /* why the answer was refused; NULL: it was not */
};

struct call {
    struct call *next; /* in run_io.calls */
    struct arena arena;
    struct uuid key; /* inputGroupKey */
    struct component *components;
    size_t count, capacity;
    bool is_interactive; /* at least one input */
    bool is_alone;       /* its item stands alone */
    bool is_at_once;     /* all of it resolves at once, in either mode */
    bool has_table;      /* at least one table or grid, which goes on answering */
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

/* All values have come: what came later is rendered for good, and independent of the item. */
void call_settle(struct call *call);

/* Sends the call; waits for the server's confirmation. */
il_status call_show(struct call *call, struct run_io *io);

/* Its props are rendered anew each time. */
static inline bool
component_is_live(const struct component *c)
{
    return c->table || c->search || c->upload || c->is_later;
}

static inline struct link_subject
call_group(const struct call *call)
{
    struct link_subject group;

    memcpy(group.bytes, call->key.bytes, sizeof group.bytes);
    return group;
}

#endif
