/* SPDX-License-Identifier: MIT */
/* Requests of one http thread that wait for the same news, such as the keys of an issuer. */
#ifndef FUNCTION_WAIT_H
#define FUNCTION_WAIT_H

#include "base/list.h"

struct wait {
    struct list link;
    void (*go)(struct wait *wait); /* the news has come: ask again */
    bool is_over;                  /* no more waiting: what is known now decides */
};

static inline void
wait_init(struct wait *wait, void (*go)(struct wait *wait))
{
    list_init(&wait->link);
    wait->go = go;
    wait->is_over = false;
}

/* Lets all go. Those who come to wait meanwhile wait for the next news. */
static inline void
wait_release(struct list *waiting)
{
    struct list going;

    list_init(&going);
    while (!list_is_empty(waiting)) {
        struct list *first = waiting->next;

        list_remove(first);
        list_add_tail(&going, first);
    }
    while (!list_is_empty(&going)) {
        struct wait *wait = LIST_ENTRY(going.next, struct wait, link);

        list_remove(&wait->link);
        wait->is_over = true;
        wait->go(wait);
    }
}

#endif
