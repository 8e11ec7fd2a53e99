/* SPDX-License-Identifier: MIT */
/* The block that tells people what is live of a service (functions.md 2.2), in the layout of now or the old one. */
#ifndef CLI_INFORMATION_H
#define CLI_INFORMATION_H

#include "json/read.h"

struct information {
    struct json answer;  /* {"info":{…},"outputs":{…}} of the server */
    bool shows_keys;     /* their values, where they can be shown; otherwise names only */
    bool asked_for_keys; /* and say so of those that cannot */
    bool shows_outputs;
    bool is_legacy; /* every part is there, "None" if it is empty */
};

void information_print(const struct information *information, struct arena *arena);

#endif
