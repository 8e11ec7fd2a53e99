/* SPDX-License-Identifier: MIT */
/* Says how it is: well, unless there is a file `sick`, `mute` or `hang` in its directory. */
#include <interlude.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

static bool
has(const char *name)
{
    char path[512];

    snprintf(path, sizeof path, "%s/%s", il_data_dir(), name);
    return access(path, F_OK) == 0;
}

static il_status
module_health(il_ctx *ctx)
{
    (void)ctx;
    puts("the module is asked");
    return IL_OK;
}

static il_status
health(il_ctx *ctx)
{
    puts("the routes are asked");
    while (has("hang"))
        usleep(10000);
    if (has("mute"))
        return IL_INVALID;
    return has("sick") ? il_fail(ctx, "the stock of %s is not reachable", "Ghent") : IL_OK;
}

static il_status
echo(il_request *req, il_response *res)
{
    il_str body = il_body(req);

    return il_respond(res, 200, "text/plain", body.p, body.len);
}

static const il_route routes[] = {
    IL_ROUTE_FUNCTION("first", echo, .method = "POST", .health = health),
    IL_ROUTE_FUNCTION("second", echo, .method = "POST", .health = health),
    IL_ROUTE_FUNCTION("third", echo, .method = "POST"),
};
IL_MODULE(routes, .health = module_health);
