/* SPDX-License-Identifier: MIT */
/*
 * Signatures of the services that call webhooks: is this body from whom it says (functions.md 6.2)? Asked before a call
 * is queued or run. Calculation only; whose secret it is and what the answer looks like is admit.h. Any thread.
 */
#ifndef FUNCTION_WEBHOOK_H
#define FUNCTION_WEBHOOK_H

#include "function/service.h"

/* What of a request is looked at. */
struct webhook_request {
    struct str signature, timestamp; /* values of the headers below; .p NULL: not there */
    struct str body;
    int64_t now_s; /* wall */
};

const char *webhook_signature_header(const struct service_webhook *webhook);
const char *webhook_timestamp_header(const struct service_webhook *webhook); /* NULL: the scheme has none */

/* `secret` is the one of the webhook, without placeholders. false: err says why; the sender is told less. */
bool webhook_verify(const struct service_webhook *webhook, struct str secret, const struct webhook_request *request,
                    struct err *err) MUST_CHECK;

#endif
