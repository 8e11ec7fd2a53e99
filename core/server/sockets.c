/* SPDX-License-Identifier: MIT */
/* The upgrade of browsers and hosts (sockets.h). */
#include "server/sockets.h"

#include <stdlib.h>

#include "api/api.h"
#include "auth/key.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "http/ws.h"
#include "loop/worker.h"
#include "rpc/socket.h"
#include "server/health.h"

enum { UPGRADE_DEADLINE_MS = 10 * 1000 };

struct upgrade {
    struct message message;
    struct http_call *call;
    struct arena arena;
    struct api_origin origin; /* of a browser */
    struct str key;           /* of a host */
    struct uuid_text instance_id;
};

static void
upgrade_free(struct upgrade *upgrade)
{
    arena_fini(&upgrade->arena);
    free(upgrade);
}

static void
identify_browser(struct message *message)
{
    struct upgrade *upgrade = container_of(message, struct upgrade, message);
    struct principal who;

    if (api_identify(&upgrade->arena, &upgrade->origin, &who))
        socket_accept_browser(upgrade->call, &who);
    else
        http_call_problem(upgrade->call, 401, "Sign in first.");
    upgrade_free(upgrade);
}

/* SDKs print the reason of a close, so a bad key is refused behind the upgrade; trouble of ours is not: they retry. */
static void
identify_host(struct message *message)
{
    struct upgrade *upgrade = container_of(message, struct upgrade, message);
    struct api_key *key;
    struct err err;

    if (!key_identify(api_spec.store, &upgrade->arena, upgrade->key, clock_wall_ms(), &key, &err)) {
        log_error("host", "cannot check an API key: %s", err.text);
        http_call_problem(upgrade->call, 503, "The API key could not be checked. Try again in a moment.");
    } else if (!upgrade->key.len) {
        socket_refuse_host(upgrade->call,
                           "An API key is needed. Create one in the dashboard, or with: interlude keys create");
    } else if (!key) {
        log_warn("host", "%s was refused: nobody has this API key", upgrade->instance_id.s);
        socket_refuse_host(upgrade->call, "This API key is not valid here. Create another in the dashboard.");
    } else {
        socket_accept_host(upgrade->call, &(struct host_login){ .instance_id = upgrade->instance_id.s,
                                                                .organization = key->org_slug,
                                                                .organization_id = key->org_id,
                                                                .organization_name = key->org_name,
                                                                .environment = key->env_slug,
                                                                .environment_id = key->env_id,
                                                                .developer = key->is_development ? key->user_id : NULL,
                                                                .email = key->email,
                                                                .key_hash = secrets_hash(upgrade->key).hex });
    }
    upgrade_free(upgrade);
}

static void
find_out(struct upgrade *upgrade, struct http_request *request, void (*identify)(struct message *message))
{
    upgrade->call = http_hold(request, UPGRADE_DEADLINE_MS, NULL, NULL);
    if (worker_post(&upgrade->message, identify))
        return;
    http_call_problem(upgrade->call, 503, "The server is busy. Try again in a moment.");
    upgrade_free(upgrade);
}

static struct upgrade *
upgrade_new(void)
{
    struct upgrade *upgrade = mem_alloc(sizeof *upgrade);

    arena_init(&upgrade->arena, 0);
    return upgrade;
}

static void
browser(struct http_request *request)
{
    struct str cookies = http_header(request, "cookie");
    struct upgrade *upgrade;

    if (!api_origin_is_ours(request)) {
        http_problem(request, 403, "This socket was opened by another site.");
        return;
    }
    upgrade = upgrade_new();
    upgrade->origin = (struct api_origin){
        .cookies = { cookies.p ? arena_strndup(&upgrade->arena, cookies.p, cookies.len) : NULL, cookies.len },
        .address = arena_strdup(&upgrade->arena, http_request_peer(request)->address),
        .is_local = api_is_local(request),
        .is_https = api_is_https(request),
    };
    find_out(upgrade, request, identify_browser);
}

/* It may come again and again: while we are not ready only 503 keeps it trying (host-protocol.md 8 P3). */
static void
host(struct http_request *request)
{
    struct str key = http_header(request, "x-api-key");
    const char *not_ready = health_not_ready();
    struct upgrade *upgrade;
    struct uuid id;

    if (not_ready) {
        http_problem(request, 503, "The server is not ready. Try again in a moment.");
        return;
    }
    upgrade = upgrade_new();
    upgrade->key = (struct str){ key.p ? arena_strndup(&upgrade->arena, key.p, key.len) : NULL, key.len };
    upgrade->instance_id = uuid_format(uuid_parse(http_header(request, "x-instance-id"), &id) ? id : uuid_v4());
    find_out(upgrade, request, identify_host);
}

void
sockets_upgrade(struct http_request *request, void *arg)
{
    bool is_host = http_header(request, "x-api-key").p || http_header(request, "x-instance-id").p ||
                   http_header(request, "x-ghost-org-id").p;

    (void)arg;
    if (!ws_check(request))
        return;
    if (is_host)
        host(request);
    else
        browser(request);
}
