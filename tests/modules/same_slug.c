/* SPDX-License-Identifier: MIT */
/* Two routes of one name. */
#include <interlude.h>

static il_status
same_slug(il_ctx *ctx)
{
    return il_return_str(ctx, "never");
}

static const il_route routes[] = { IL_ROUTE_ACTION("twice", same_slug), IL_ROUTE_ACTION("twice", same_slug) };
IL_MODULE(routes);
