/* SPDX-License-Identifier: MIT */
/* The event of `invoke` and `invoke local`, from --data, --path or the standard input. */
#ifndef CLI_EVENT_INPUT_H
#define CLI_EVENT_INPUT_H

#include "base/buf.h"
#include "cli/command.h"

enum { EVENT_INPUT_MAX = 6291456 }; /* functions.md 1.9 */

/* clang-format off */
#define EVENT_INPUT_OPTIONS                                           \
    { "function", "NAME", "The function" },                           \
    { "data", "TEXT", "The event, JSON or text" },                    \
    { "path", "FILE", "A file with the event; - is the standard input" }, \
    { "raw", NULL, "The event is a text even if it looks like JSON" }, \
    { "context", "JSON", "What il_client_context() says" }
#define EVENT_INPUT_LETTERS "fdp--"
/* clang-format on */

/*
 * The text of --data or --path as it is, else of the standard input unless a person sits there. At most the maximum of
 * `text`.
 */
bool event_input_text(const struct arguments *arguments, struct buf *text, struct err *err) MUST_CHECK;

/*
 * The event in JSON: what is none, or must not be taken for it, becomes a JSON string; nothing becomes {}. A text that
 * begins like an object or a list but is not one is an error.
 */
bool event_input_read(const struct arguments *arguments, struct buf *event, struct err *err) MUST_CHECK;

#endif
