/* SPDX-License-Identifier: MIT */
/* Asks ten times and returns what it heard. */
#include <interlude.h>

#include <string.h>

static il_status
steps(il_ctx *ctx)
{
    const char *said = "";

    for (int i = 0; i < 10; i++) {
        const char *answer;

        IL_TRY(il_ask(ctx, IL_TEXT(&answer, il_fmt(ctx, "Step %d", i))));
        said = il_fmt(ctx, "%s%s ", said, answer);
        il_log(ctx, "heard %s", answer);
    }
    return il_return_str(ctx, said);
}
IL_ACTION(steps);
