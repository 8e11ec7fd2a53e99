/* SPDX-License-Identifier: MIT */
/* What the server has to know of a render (io-methods.md 2.1); everything else in it is between host and browser. */
#ifndef TRANSACTION_RENDER_H
#define TRANSACTION_RENDER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct render_facts {
    bool waits; /* somebody has to answer before the handler goes on */
    bool has_credentials;
    bool is_identity; /* a CONFIRM_IDENTITY … */
    int64_t grace_ms; /* … that takes a confirmation as old as this */
};

/*
 * The text has passed json_validate. is_interactive: has something that is no display. is_paged: displays wait, too
 * (io-methods.md 1.1).
 */
struct render_facts render_look(struct str render, bool is_interactive, bool is_paged);

#endif
