/* SPDX-License-Identifier: MIT */
/* Deployments by the API of a server (deploy_api.h). */
#include "cli/deploy_api.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/credentials.h"
#include "cli/fetch.h"
#include "deploy/package.h"
#include "host/disk.h"

enum { MAX_PROBLEMS = 1 << 20, MAX_ARTEFACT = 64 << 20, MAX_CHUNK = 8 << 20 };

bool
deploy_api_open(struct deploy_api *api, const char *server, const char *service, const char *stage, struct err *err)
{
    *api = (struct deploy_api){ .base = NULL };
    arena_init(&api->arena, 0);
    buf_init(&api->problems, MAX_PROBLEMS);
    if (sodium_init() < 0)
        return err_set(err, "cannot sign: libsodium found no source of random numbers");
    api->place = arena_printf(&api->arena, "/api/v1/services/%s/stages/%s", service, stage);
    if (!credentials_find(&api->arena, server, &api->base, &api->signing.key, err))
        return false;
    api->signing.server = sign_server_name(&api->arena, api->base);
    return true;
}

void
deploy_api_close(struct deploy_api *api)
{
    sign_key_wipe(&api->signing.key);
    buf_fini(&api->problems);
    arena_fini(&api->arena);
}

/* ---- answers ---- */

const char *
deploy_text(struct arena *arena, const char *text)
{
    char *copy = arena_strdup(arena, text ? text : "");

    for (char *p = copy; *p; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            *p = ' ';
    return copy;
}

static void
take_problems(struct deploy_api *api, struct json answer)
{
    for (struct json problem = json_first(json_get(answer, "problems")); json_type(problem) != JSON_MISSING;
         problem = json_next(problem))
        if (!json_is(json_get(problem, "severity"), "warning"))
            buf_printf(&api->problems, "  %s\n",
                       deploy_text(&api->arena, json_text(&api->arena, json_get(problem, "message"))));
}

/* What a status means when the server does not say more. */
static const char *
meaning_of(long status)
{
    switch (status) {
    case 401:
    case 403:
        return "the server does not accept this key; see: interlude keys list --deployers, on the server";
    case 404:
        return "the server has no such deployment";
    case 409:
        return "the server has a deployment that is as new or newer";
    case 413:
        return "the package is larger than the server takes";
    case 422:
        return "the server does not accept the package";
    default:
        return "the server failed";
    }
}

static bool
take_answer(struct deploy_api *api, const struct fetch *fetch, struct json *answer, struct err *err)
{
    struct str text = { arena_strndup(&api->arena, fetch->reply.p, fetch->reply.len), fetch->reply.len };
    bool is_json = text.len && json_parse(&api->arena, text, answer, NULL), is_good = fetch->status / 100 == 2;
    const char *detail = is_json ? json_text(&api->arena, json_get(*answer, "detail")) : NULL; /* RFC 9457 */

    api->status = fetch->status;
    if (is_good && is_json)
        return true;
    if (is_good)
        return err_set(err, "%s answered with something that is no JSON; is it an Interlude server?", api->base);
    if (is_json)
        take_problems(api, *answer);
    if (!detail || !*detail || api->problems.len) /* then it is the first of them */
        detail = meaning_of(fetch->status);
    return err_set(err, "%s (status %ld of %s)", deploy_text(&api->arena, detail), fetch->status, api->base);
}

static bool
perform(struct deploy_api *api, struct fetch *fetch, struct json *answer, struct err *err)
{
    bool is_good;

    api->status = 0;
    buf_clear(&api->problems);
    is_good = fetch_perform(fetch, err) && take_answer(api, fetch, answer, err);
    fetch_fini(fetch);
    return is_good;
}

/* ---- requests ---- */

bool
deploy_api_call(struct deploy_api *api, const char *method, const char *rest, struct str body, struct json *answer,
                struct err *err)
{
    const char *target = arena_printf(&api->arena, "%s%s", api->place, rest);
    struct fetch fetch;

    fetch_init(&fetch, arena_printf(&api->arena, "%s%s", api->base, target), method);
    signing_request(&api->signing, &api->arena, method, target, body, fetch.headers);
    fetch.headers[SIGNING_HEADERS] = "Content-Type: application/json";
    fetch.body = body;
    return perform(api, &fetch, answer, err);
}

static bool
put_bytes(struct deploy_api *api, const char *target, const unsigned char digest[SIGN_DIGEST], struct str bytes,
          struct json *answer, struct err *err)
{
    struct fetch fetch;

    fetch_init(&fetch, arena_printf(&api->arena, "%s%s", api->base, target), "PUT");
    signing_artefact(&api->signing, &api->arena, target, digest, fetch.headers);
    fetch.headers[SIGNING_ARTEFACT_HEADERS] = "Content-Type: application/gzip";
    fetch.body = bytes;
    return perform(api, &fetch, answer, err);
}

bool
deploy_api_put(struct deploy_api *api, const struct package *package, const char *query, struct json *answer,
               struct err *err)
{
    const char *target = arena_printf(&api->arena, "%s/deployments/%lld", api->place, (long long)package->timestamp_ms);
    unsigned char digest[SIGN_DIGEST];
    char hash[2 * SIGN_DIGEST + 1];
    struct str bytes;

    if (!disk_read(&api->arena, package->path, MAX_ARTEFACT, &bytes, err))
        return false;
    sign_digest(bytes, digest);
    if (bytes.len <= MAX_CHUNK)
        return put_bytes(api, arena_printf(&api->arena, "%s%s%s", target, *query ? "?" : "", query), digest, bytes,
                         answer, err);
    sodium_bin2hex(hash, sizeof hash, digest, sizeof digest); /* so that the signature of a chunk can be checked */
    for (size_t at = 0; at < bytes.len; at += MAX_CHUNK) {
        struct str chunk = { bytes.p + at, bytes.len - at < MAX_CHUNK ? bytes.len - at : MAX_CHUNK };
        const char *part = arena_printf(&api->arena, "%s?offset=%zu&size=%zu&sha256=%s%s%s", target, at, bytes.len,
                                        hash, *query ? "&" : "", query);

        if (!put_bytes(api, part, digest, chunk, answer, err))
            return false;
    }
    return true;
}

static int
by_age(const void *a, const void *b)
{
    const struct deployment *x = a, *y = b;

    return (x->timestamp < y->timestamp) - (x->timestamp > y->timestamp);
}

bool
deploy_api_list(struct deploy_api *api, struct deployment **deployments, size_t *count, struct json *answer,
                struct err *err)
{
    struct json list;
    size_t at = 0;

    if (!deploy_api_call(api, "GET", "/deployments", STR(""), answer, err))
        return false;
    list = json_get(*answer, "deployments");
    *count = json_count(list);
    *deployments = arena_alloc(&api->arena, (*count + 1) * sizeof **deployments);
    for (struct json item = json_first(list); json_type(item) != JSON_MISSING && at < *count; item = json_next(item))
        (*deployments)[at++] = (struct deployment){ .timestamp = json_int(json_get(item, "timestamp"), 0),
                                                    .content = json_text(&api->arena, json_get(item, "configHash")),
                                                    .is_live = json_bool(json_get(item, "isLive"), false),
                                                    .function = json_text(&api->arena, json_get(item, "function")),
                                                    .base = json_int(json_get(item, "base"), 0),
                                                    .functions = json_get(item, "functions"),
                                                    .routes = json_get(item, "routes"),
                                                    .numbers = json_get(item, "numbers") };
    qsort(*deployments, *count, sizeof **deployments, by_age);
    return true;
}
