/* SPDX-License-Identifier: MIT */
/* Counts aloud until it is canceled. */
#include <interlude.h>

static il_status
loading(il_ctx *ctx)
{
    il_loading_start(ctx, "Working", .items = 1000000);
    while (il_sleep_ms(ctx, 20) == IL_OK)
        il_loading_step(ctx);
    return IL_CANCELED;
}
IL_ACTION(loading);
