/* SPDX-License-Identifier: MIT */
/* Runs that want to know for sure who sits there (transaction.h, io-methods.md 13). */
#include "transaction/internal.h"

static struct transaction *
asking(struct uuid id, struct uuid group, const struct principal *who)
{
    struct transaction *t = transaction_find(id);

    return t && strcmp(t->scope->organization, who->organization) == 0 && strcmp(t->owner.user_id, who->user_id) == 0 &&
                   uuid_eq(t->identity_group, group) && !transaction_is_over(t)
               ? t
               : NULL;
}

bool
transaction_identity_grace(struct uuid id, struct uuid group, const struct principal *who, int64_t *grace_ms)
{
    const struct transaction *t = asking(id, group, who);

    if (t)
        *grace_ms = t->identity_grace_ms;
    return t != NULL;
}

bool
transaction_identity_confirmed(struct uuid id, struct uuid group, const struct principal *who)
{
    struct transaction *t = asking(id, group, who);

    if (t)
        t->is_identity_open = false;
    return t != NULL;
}
