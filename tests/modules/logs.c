/* SPDX-License-Identifier: MIT */
/* Logs 1,000 lines, asks, logs one more: what a server that dies in between must get again. */
#include <interlude.h>

static il_status
logs(il_ctx *ctx)
{
    const char *name;

    for (int i = 0; i < 1000; i++)
        il_log(ctx, "line %d", i);
    il_loading_start(ctx, "Working");
    IL_TRY(il_ask(ctx, IL_TEXT(&name, "Name")));
    il_log(ctx, "name is %s", name);
    return il_return_str(ctx, name);
}
IL_ACTION(logs, .name = "Logs");
