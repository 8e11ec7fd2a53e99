/* SPDX-License-Identifier: MIT */
/* Who is asking, and from where (api.h). */
#include "api/api.h"

/* Is this host name (of a Host header or URL, port included) this machine's own? */
static bool
is_loopback_host(struct str host)
{
    static const char *const names[] = { "localhost", "127.0.0.1", "[::1]" };

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct str name = str_of(names[i]);

        if (str_starts(host, name) && (host.len == name.len || host.p[name.len] == ':'))
            return true;
    }
    return false;
}

bool
api_is_local(struct http_request *request)
{
    /* The Host check keeps a page of another site, resolved to 127.0.0.1, from passing as the developer (DNS rebinding). */
    return http_request_peer(request)->is_loopback && is_loopback_host(request->host);
}

static struct str
without_scheme(struct str origin)
{
    struct str http = STR("http://"), https = STR("https://");
    struct str used = str_starts(origin, https) ? https : http;

    return str_starts(origin, used) ? (struct str){ origin.p + used.len, origin.len - used.len } : STR("");
}

bool
api_origin_is_ours(struct http_request *request)
{
    struct str origin = http_header(request, "origin"), site = http_header(request, "sec-fetch-site");

    if (!origin.p) /* no browser sends a foreign request that changes something, or a handshake, without it */
        return !site.p || str_is(site, "same-origin") || str_is(site, "none");
    return str_is(origin, api_spec.app_url) || str_eq(without_scheme(origin), request->host);
}

bool
api_identify(struct arena *arena, const char *cookie, bool is_local, struct principal *who)
{
    (void)cookie;
    if (is_local && api_spec.local) {
        *who = principal_copy(arena, api_spec.local);
        return true;
    }
    return false;
}
