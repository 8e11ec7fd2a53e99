/* SPDX-License-Identifier: MIT */
/* A slug that would climb out of its folder. */
#include <interlude.h>

static il_status
bad_slug(il_ctx *ctx)
{
    return il_return_str(ctx, "never");
}

static const il_route routes[] = { IL_ROUTE_ACTION("a/../../b", bad_slug) };
IL_MODULE(routes);
