/* SPDX-License-Identifier: MIT */
/* A run that asks once: what a parked one keeps. */
#include <interlude.h>

static il_status
ask(il_ctx *ctx)
{
    const char *answer;

    IL_TRY(il_ask(ctx, IL_TEXT(&answer, "Name")));
    return il_return(ctx, { "name", IL_S(answer) });
}
IL_ACTION(ask);
