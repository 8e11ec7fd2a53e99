/* SPDX-License-Identifier: MIT */
/*
 * Notifications that code sends to people (io-methods.md 16.3): read, stored, and shown to the browser that looks at
 * the run. Delivering them by mail and the like is not here. notice_show is for the control thread, the rest for any.
 */
#ifndef TRANSACTION_NOTICE_H
#define TRANSACTION_NOTICE_H

#include "base/id.h"
#include "json/read.h"
#include "json/write.h"
#include "store/notification.h"

struct notice {
    const char *message, *title, *idempotency_key; /* title and key may be NULL */
    struct notice_target {
        const char *to, *method; /* "EMAIL", "SLACK"; NULL: as the person prefers */
    } * targets;
    size_t target_count;
};

/* {message, title?, deliveryInstructions?, idempotencyKey?}; without instructions it is for the runner. */
bool notice_read(struct arena *arena, struct json body, const char *runner, struct notice *notice,
                 struct err *err) MUST_CHECK;

/* Fills title, message, idempotency_key and deliveries of a row and appends its insertion. */
void notice_store(const struct notice *notice, struct store_write *write, const struct notification *place);

/* NOTIFY to whoever looks at that run. */
void notice_show(struct uuid transaction, const struct notice *notice);

#endif
