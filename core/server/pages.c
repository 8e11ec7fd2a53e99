/* SPDX-License-Identifier: MIT */
/* The dashboard's files on the http threads (pages.h). */
#include "server/pages.h"

#include "api/api.h"
#include "function/call.h"
#include "http/asset.h"
#include "server/sockets.h"

static const char *home_path;

static void
on_shell(struct http_request *request, void *arg)
{
    const struct http_asset *shell =
        http_asset_find(http_dashboard_assets, http_dashboard_asset_count, STR("/index.html"));

    (void)arg;
    http_asset_send(shell, request);
}

static void
on_home(struct http_request *request, void *arg)
{
    if (home_path)
        http_redirect(request, 302, home_path);
    else
        on_shell(request, arg);
}

/* Everything nobody else answers: a function that is mounted there, a file of the dashboard, or not found. */
static void
on_other(struct http_request *request, void *arg)
{
    bool is_read = request->method & (HTTP_GET | HTTP_HEAD);

    if (functions_take(request))
        return;
    if (str_starts(request->path, STR("/api/")))
        http_problem(request, 404, "There is nothing at this path.");
    else if (is_read && str_is(request->path, "/"))
        on_home(request, arg);
    else if ((!is_read || !http_asset_respond(http_dashboard_assets, http_dashboard_asset_count, request)) &&
             !functions_refuse_unknown(request))
        http_problem(request, 404, "There is nothing at this address. The dashboard is at /dashboard.");
}

void
pages_routes(struct http_server *server, const char *home)
{
    static const struct {
        const char *path;
        http_handler *handler;
    } rows[] = {
        { "/dashboard", on_home },
        { "/dashboard/", on_shell },
        { "/login", on_shell },
        { "/websocket", sockets_upgrade },
    };

    home_path = home;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        http_server_route(
            server, &(struct http_route){ .path = rows[i].path, .methods = HTTP_GET, .handler = rows[i].handler });
    http_server_fallback(server, on_other, NULL);
}
