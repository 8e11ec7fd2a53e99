/* SPDX-License-Identifier: MIT */
/* Messages without an acknowledgement (unacked.h). They are acknowledged in order, nearly always. */
#include "rpc/unacked.h"

#include <stdlib.h>

struct sent {
    struct list link;
    struct uuid id;
    int64_t at_ms;
};

void
unacked_init(struct unacked *unacked)
{
    list_init(&unacked->messages);
    unacked->count = 0;
}

void
unacked_fini(struct unacked *unacked)
{
    LIST_EACH(&unacked->messages, node)
    free(LIST_ENTRY(node, struct sent, link));
    unacked_init(unacked);
}

void
unacked_add(struct unacked *unacked, struct uuid id, int64_t now_ms)
{
    struct sent *sent = mem_alloc(sizeof *sent);

    sent->id = id;
    sent->at_ms = now_ms;
    list_add_tail(&unacked->messages, &sent->link);
    unacked->count++;
}

void
unacked_remove(struct unacked *unacked, struct uuid id)
{
    LIST_EACH(&unacked->messages, node)
    {
        struct sent *sent = LIST_ENTRY(node, struct sent, link);

        if (uuid_eq(sent->id, id)) {
            list_remove(&sent->link);
            free(sent);
            unacked->count--;
            return;
        }
    }
}

int64_t
unacked_since(const struct unacked *unacked)
{
    return list_is_empty(&unacked->messages) ? INT64_MAX : LIST_ENTRY(unacked->messages.next, struct sent, link)->at_ms;
}
