/* SPDX-License-Identifier: MIT */
/* Must not compile: a number does not go into an int. */
#include <interlude.h>

static il_status
ask(il_ctx *ctx)
{
    int seats;

    return il_ask(ctx, IL_NUMBER(&seats, "Seats"));
}
IL_ACTION(ask);
