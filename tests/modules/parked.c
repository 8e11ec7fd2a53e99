/* SPDX-License-Identifier: MIT */
/* Asks once and returns the answer: what most handlers do most of the time is wait. */
#include <interlude.h>

static il_status
parked(il_ctx *ctx)
{
    const char *name;

    IL_TRY(il_ask(ctx, IL_TEXT(&name, "Name")));
    return il_return(ctx, { "name", IL_S(name) });
}
IL_ACTION(parked, .name = "Parked");
