/* SPDX-License-Identifier: MIT */
/*
 * Whether an answer chooses among what was offered. SDKs do not look: a choice they do not know reaches the handler as
 * undefined, without an error (io-methods.md 4.5).
 */
#ifndef TRANSACTION_OFFERED_H
#define TRANSACTION_OFFERED_H

#include "json/read.h"

/*
 * render: what was asked; values: what a RETURN carries for it. Selects only; all else, and more options than the
 * reader takes, is left to the host.
 */
bool answer_is_offered(struct str render, struct json values);

#endif
