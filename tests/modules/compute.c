/* SPDX-License-Identifier: MIT */
/*
 * Computes until it is canceled: by looking (compute), by waiting for the descriptor (compute-fd), by sleeping
 * (compute-sleep).
 */
#include <interlude.h>

#include <poll.h>

static il_status
compute(il_ctx *ctx)
{
    il_log(ctx, "begun");
    while (!il_canceled(ctx))
        ;
    return IL_CANCELED;
}

static il_status
compute_fd(il_ctx *ctx)
{
    struct pollfd cancel = { .fd = il_cancel_fd(ctx), .events = POLLIN };

    il_log(ctx, "begun");
    return poll(&cancel, 1, -1) == 1 && il_canceled(ctx) ? IL_CANCELED : il_fail(ctx, "poll");
}

static il_status
compute_sleep(il_ctx *ctx)
{
    il_log(ctx, "begun");
    return il_sleep_ms(ctx, 3600 * 1000);
}

static const il_route routes[] = {
    IL_ROUTE_ACTION("compute", compute),
    IL_ROUTE_ACTION("compute-fd", compute_fd),
    IL_ROUTE_ACTION("compute-sleep", compute_sleep),
};
IL_MODULE(routes);
