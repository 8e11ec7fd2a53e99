/* SPDX-License-Identifier: MIT */
/* A run that asks a thousand times: what a round trip costs. */
#include <interlude.h>

static il_status
rounds(il_ctx *ctx)
{
    const char *answer;

    for (int i = 0; i < 1000; i++)
        IL_TRY(il_ask(ctx, IL_TEXT(&answer, "Next")));
    return IL_OK;
}
IL_ACTION(rounds);
