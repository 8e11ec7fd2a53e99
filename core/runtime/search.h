/* SPDX-License-Identifier: MIT */
/*
 * What one SEARCH of one IO call has offered (io-methods.md 8.13). Every batch of results stays valid until the call is
 * answered; the browser names a result "batch:index", "default:index" for those that the author chose.
 */
#ifndef RUNTIME_SEARCH_H
#define RUNTIME_SEARCH_H

#include "base/arena.h"
#include "interlude/api.h"
#include "runtime/rich.h"

struct run_io;

struct batch {
    struct batch *before;
    size_t number; /* 0 is what is offered at first */
    const il_option *hits;
    size_t count;
};

struct search {
    struct arena *arena;   /* the call's */
    const il_search *item; /* our own copy */
    const il_option *chosen;
    size_t chosen_count;
    struct batch *last; /* NULL: none yet */
    bool is_multiple;
};

/* Takes what the item says. false: it makes no sense, err says why. */
bool search_new(struct arena *arena, const il_item *item, bool is_multiple, struct search **search,
                struct err *err) MUST_CHECK;

/* Has the author's callback find something. On failure what was offered stays; the reason is in io. */
il_status search_find(struct search *search, struct run_io *io, const char *query);

void search_put_props(const struct search *search, struct rich *rich);
void search_put_multiple(const struct search *search, struct rich *rich); /* the value of multipleProps */

/* Member of the function table. */
il_status hits_add(il_hits *hits, const il_option *hit, size_t option_size);

#endif
