/* SPDX-License-Identifier: MIT */
/* The IO methods as data: methods.def compiled. Writers of props are in props.c, checks of answers in answer_*.c. */
#ifndef RUNTIME_METHOD_H
#define RUNTIME_METHOD_H

#include "interlude/api.h"
#include "runtime/answer.h"
#include "runtime/rich.h"

struct prop {
    uint32_t method;
    size_t offset; /* of the field in the item */
    const char *key;
    void (*write)(struct rich *rich, const struct prop *prop, const void *item);
};

enum trait {
    STATEFUL = 1, /* the browser sends SET_STATE */
    MULTIPLE = 2, /* the answer is a list of the method's values */
    ALONE = 4,    /* the only item of its call */
    AT_ONCE = 8,  /* does not wait for Continue in either mode (io-methods.md 5) */
};

struct method {
    uint32_t id;      /* IL_M_… */
    const char *wire; /* methodName */
    size_t item_size;
    size_t answer_size;                                             /* of the author's variable; 0: shows only */
    enum verdict (*check)(struct answer *answer, const void *item); /* NULL: shows only */
    unsigned traits;
};

const struct method *method_find(uint32_t id); /* NULL: this host does not know it */

static inline bool
method_is_input(const struct method *method)
{
    return method->answer_size != 0;
}

/* The members of "props" that are the method's own. */
void method_put_props(const struct method *method, struct rich *rich, const il_item *item);

#endif
