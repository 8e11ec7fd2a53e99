/* SPDX-License-Identifier: MIT */
/* Opens, but cannot get ready. */
#include <interlude.h>

static il_status
get_ready(il_ctx *ctx)
{
    return il_fail(ctx, "the table of %s is missing", "orders");
}

static il_status
load_fails(il_ctx *ctx)
{
    return il_return_str(ctx, "never");
}
IL_ACTION(load_fails, .load = get_ready);
