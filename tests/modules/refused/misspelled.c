/* SPDX-License-Identifier: MIT */
/* Must not compile: the option is min_len. */
#include <interlude.h>

static il_status
ask(il_ctx *ctx)
{
    const char *name;

    return il_ask(ctx, IL_TEXT(&name, "Name", .minlen = 2));
}
IL_ACTION(ask);
