/* SPDX-License-Identifier: MIT */
/* The shortest action: no options at all. */
#include <interlude.h>

static il_status
nothing(il_ctx *ctx)
{
    (void)ctx;
    return IL_OK;
}
IL_ACTION(nothing);
