/* SPDX-License-Identifier: MIT */
/* Never finishes being opened. */
#include <interlude.h>

#include <unistd.h>

__attribute__((constructor)) static void
hang(void)
{
    for (;;)
        pause();
}

static il_status
hang_in_constructor(il_ctx *ctx)
{
    return il_return_str(ctx, "never");
}
IL_ACTION(hang_in_constructor, .name = "Never seen");
