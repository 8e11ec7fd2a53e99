/* SPDX-License-Identifier: MIT */
/* Intrusive doubly linked list. The head is a node that links to itself when the list is empty. */
#ifndef BASE_LIST_H
#define BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/mem.h"

struct list {
    struct list *next, *prev;
};

static inline void
list_init(struct list *head)
{
    head->next = head->prev = head;
}

static inline bool
list_is_empty(const struct list *head)
{
    return head->next == head;
}

/* Is this node in a list? Holds for nodes that were list_init()ed before their first use. */
static inline bool
list_is_linked(const struct list *node)
{
    return node->next != node;
}

static inline void
list_add_before(struct list *at, struct list *node)
{
    node->prev = at->prev;
    node->next = at;
    at->prev->next = node;
    at->prev = node;
}

static inline void
list_add_tail(struct list *head, struct list *node)
{
    list_add_before(head, node);
}

static inline void
list_add_head(struct list *head, struct list *node)
{
    list_add_before(head->next, node);
}

/* The node may be removed again (it is left linked to itself). */
static inline void
list_remove(struct list *node)
{
    node->prev->next = node->next;
    node->next->prev = node->prev;
    list_init(node);
}

#define LIST_ENTRY(node, type, member) container_of(node, type, member)

/* `next_` is read before the body runs, so the body may remove `node`. */
#define LIST_EACH(head, node)                                                                                          \
    for (struct list *node = (head)->next, *node##_next = node->next; node != (head);                                  \
         node = node##_next, node##_next = node->next)

#endif
