/* SPDX-License-Identifier: MIT */
/*
 * What a host declares with INITIALIZE_HOST, read (host-protocol.md 3.1, 3.5): actions and groups become routes; what
 * is wrong with some of them becomes words for their author. Knows no connection.
 */
#ifndef RPC_HOST_DECLARE_H
#define RPC_HOST_DECLARE_H

#include "host/route.h"

enum { DECLARATION_MAX_ROUTES = 20000 };

struct declaration {
    struct route *routes; /* taken over by whoever uses them; otherwise declaration_fini frees them */
    size_t count;
    const char **invalid; /* full slugs that were skipped */
    size_t invalid_count;
    const char **warnings;
    size_t warning_count;
};

/*
 * honours_access: is access declared in code in force (SDK and environment)? false: no declaration at all, nothing was
 * made. Texts live in the arena.
 */
bool declaration_read(struct declaration *declaration, struct arena *arena, struct json inputs, bool honours_access,
                      struct err *err) MUST_CHECK;
void declaration_fini(struct declaration *declaration);

#endif
