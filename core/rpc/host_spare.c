/* SPDX-License-Identifier: MIT */
/*
 * Connections that a host made too many of. Node SDKs open one after the other, `retryIntervalMs` apart, until one is
 * welcomed, and never come back once a redundant one is closed under them: the loss of it starts their reconnecting,
 * which finds nothing to do and never ends (seen with 2.0.0 at 100 ms). So a connection that comes right behind another
 * one of its host is neither welcomed nor closed, but kept until the other one has ended.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "http/ws.h"
#include "rpc/host_internal.h"

enum { YOUNG_MS = 2000, MAX_SPARES = 64 };

struct spare {
    struct list link;
    struct ws *ws;
};

bool
host_spare_keep(struct sdk_conn *conn, struct ws *ws)
{
    struct spare *spare;

    if (clock_mono_ms() - conn->opened_at >= YOUNG_MS || conn->spare_count == MAX_SPARES)
        return false;
    spare = mem_alloc(sizeof *spare);
    spare->ws = ws;
    list_add_tail(&conn->spares, &spare->link);
    conn->spare_count++;
    return true;
}

void
host_spares_end(struct sdk_conn *conn)
{
    while (!list_is_empty(&conn->spares)) {
        struct spare *spare = LIST_ENTRY(conn->spares.next, struct spare, link);

        list_remove(&spare->link);
        ws_close(spare->ws, 1012, "Not needed any more.");
        ws_put(spare->ws);
        free(spare);
    }
    conn->spare_count = 0;
}
