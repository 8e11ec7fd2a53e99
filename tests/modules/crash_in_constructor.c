/* SPDX-License-Identifier: MIT */
/* Dies while it is being opened. */
#include <interlude.h>

#include <stdlib.h>

__attribute__((constructor)) static void
crash(void)
{
    abort();
}

static il_status
crash_in_constructor(il_ctx *ctx)
{
    return il_return_str(ctx, "never");
}
IL_ACTION(crash_in_constructor, .name = "Never seen");
