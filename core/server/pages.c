/* SPDX-License-Identifier: MIT */
/* The dashboard's files and socket on the http threads (pages.h). */
#include "server/pages.h"

#include <stdlib.h>

#include "api/api.h"
#include "base/mem.h"
#include "http/asset.h"
#include "http/ws.h"
#include "loop/worker.h"
#include "rpc/socket.h"

enum { UPGRADE_DEADLINE_MS = 10 * 1000 };

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

/* Everything nobody else answers: a file of the dashboard, or not found. */
static void
on_other(struct http_request *request, void *arg)
{
    if (!(request->method & (HTTP_GET | HTTP_HEAD)))
        http_problem(request, 404, "There is nothing at this address.");
    else if (str_is(request->path, "/"))
        on_home(request, arg);
    else if (!http_asset_respond(http_dashboard_assets, http_dashboard_asset_count, request))
        http_problem(request, 404, "There is nothing at this address. The dashboard is at /dashboard.");
}

/* ---- /websocket: who is it? An api thread finds out while the request is held. */

struct upgrade {
    struct message message;
    struct http_call *call;
    struct arena arena;
    struct api_origin origin;
};

static void
upgrade_free(struct upgrade *upgrade)
{
    arena_fini(&upgrade->arena);
    free(upgrade);
}

static void
identify(struct message *message)
{
    struct upgrade *upgrade = container_of(message, struct upgrade, message);
    struct principal who;

    if (api_identify(&upgrade->arena, &upgrade->origin, &who))
        socket_accept_browser(upgrade->call, &who);
    else
        http_call_problem(upgrade->call, 401, "Sign in first.");
    upgrade_free(upgrade);
}

static void
on_websocket(struct http_request *request, void *arg)
{
    struct str cookies = http_header(request, "cookie");
    struct upgrade *upgrade;

    (void)arg;
    if (!ws_check(request))
        return;
    if (!api_origin_is_ours(request)) {
        http_problem(request, 403, "This socket was opened by another site.");
        return;
    }
    upgrade = mem_alloc(sizeof *upgrade);
    arena_init(&upgrade->arena, 0);
    upgrade->origin = (struct api_origin){
        .cookies = { cookies.p ? arena_strndup(&upgrade->arena, cookies.p, cookies.len) : NULL, cookies.len },
        .address = arena_strdup(&upgrade->arena, http_request_peer(request)->address),
        .is_local = api_is_local(request),
        .is_https = api_is_https(request),
    };
    upgrade->call = http_hold(request, UPGRADE_DEADLINE_MS, NULL, NULL);
    if (!worker_post(&upgrade->message, identify)) {
        http_call_problem(upgrade->call, 503, "The server is busy. Try again in a moment.");
        upgrade_free(upgrade);
    }
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
        { "/websocket", on_websocket },
    };

    home_path = home;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        http_server_route(
            server, &(struct http_route){ .path = rows[i].path, .methods = HTTP_GET, .handler = rows[i].handler });
    http_server_fallback(server, on_other, NULL);
}
