/* SPDX-License-Identifier: MIT */
/* The key sets of issuers (issuer.h). */
#include "function/issuer.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "http/thread.h"
#include "loop/control.h"
#include "loop/outgoing.h"
#include "queue/queue.h"
#include "queue/target.h"

enum {
    KEPT_MS = 2 * 60 * 60 * 1000,
    AGAIN_MS = 10 * 1000, /* for a key that is unknown: tokens with made-up names must not make us fetch */
    FAILED_MS = 10 * 1000,
    CONNECT_LIMIT_MS = 3000,
    LIMIT_MS = 5000,
    MAX_ANSWER = 256 << 10,
    MAX_URL = 2048,
};

/* What an http thread knows of one issuer. */
struct local {
    struct jwks *keys;  /* counted; NULL: none */
    int64_t fetched_at; /* monotonic ms */
    int64_t asked_at;   /* of the last fetch, which may have failed */
    struct list waiting;
    bool is_asked;
};

struct issuer_seat {
    struct http_thread *thread;
    struct map issuers; /* URL -> struct local; the URLs stand in files of services: there are few */
};

static struct {
    struct issuer_seat *seats;
    size_t seat_count;
    struct map fetches; /* control: URL -> struct fetch that is under way */
} state;

static struct local *
local_of(struct issuer_seat *seat, const char *issuer)
{
    struct local *local = map_find(&seat->issuers, str_of(issuer));

    if (!local) {
        local = mem_alloc(sizeof *local);
        list_init(&local->waiting);
        map_set(&seat->issuers, str_of(issuer), local);
    }
    return local;
}

/* ---- telling http threads */

struct news {
    struct message message;
    struct issuer_seat *seat;
    char *issuer;
    struct jwks *keys; /* counted; NULL: the fetch failed */
    int64_t at;
};

static void
on_news(struct message *message)
{
    struct news *news = container_of(message, struct news, message);
    struct local *local = local_of(news->seat, news->issuer);

    local->is_asked = false;
    local->asked_at = news->at;
    if (news->keys) {
        jwks_put(local->keys);
        local->keys = news->keys;
        local->fetched_at = news->at;
    }
    free(news->issuer);
    free(news);
    wait_release(&local->waiting);
}

static void
tell_threads(const char *issuer, struct jwks *keys)
{
    int64_t now = clock_mono_ms();

    for (size_t i = 0; i < state.seat_count; i++) {
        struct news *news = mem_alloc(sizeof *news);

        news->seat = &state.seats[i];
        news->issuer = mem_strdup(issuer);
        news->keys = keys ? jwks_get(keys) : NULL;
        news->at = now;
        http_thread_post(news->seat->thread, &news->message, on_news);
    }
}

/* ---- fetching: control */

struct fetch {
    struct outgoing outgoing;
    char *issuer;
    char url[MAX_URL];
    bool is_key_set; /* what is fetched; otherwise the OpenID configuration, which names it */
};

/* Scheme, host and port are those of the issuer. */
static bool
is_at_issuer(const char *issuer, const char *url)
{
    const char *host = strstr(issuer, "://");
    size_t len = host ? (size_t)(host - issuer) + 3 + strcspn(host + 3, "/") : 0;

    return len && strncmp(url, issuer, len) == 0 && (!url[len] || url[len] == '/');
}

/* Of a private network (RFC 1918, RFC 6598, RFC 4193): neither this machine nor its link. */
static bool
is_of_network(const struct sockaddr *address)
{
    uint32_t v4;

    if (address->sa_family == AF_INET6)
        return (((const struct sockaddr_in6 *)(const void *)address)->sin6_addr.s6_addr[0] & 0xfe) == 0xfc;
    if (address->sa_family != AF_INET)
        return false;
    v4 = ntohl(((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr);
    return v4 >> 24 == 10 || v4 >> 20 == 0xac1 || v4 >> 16 == 0xc0a8 || v4 >> 22 == 0x191;
}

bool
issuer_may_connect(const char *issuer, const char *url, const struct sockaddr *address)
{
    return target_may_connect(url, queue_settings.callback_allow, address) ||
           (is_at_issuer(issuer, url) && is_of_network(address));
}

static bool
may_connect(struct outgoing *outgoing, const struct sockaddr *address)
{
    const struct fetch *fetch = container_of(outgoing, struct fetch, outgoing);

    return issuer_may_connect(fetch->issuer, fetch->url, address);
}

static void on_fetched(struct outgoing *outgoing);

static void
send_fetch(struct fetch *fetch)
{
    buf_fini(&fetch->outgoing.answer);
    fetch->outgoing = (struct outgoing){ .url = fetch->url,
                                         .is_get = true,
                                         .connect_limit_ms = CONNECT_LIMIT_MS,
                                         .limit_ms = LIMIT_MS,
                                         .may_connect = may_connect,
                                         .done = on_fetched };
    buf_init(&fetch->outgoing.answer, MAX_ANSWER);
    outgoing_send(&fetch->outgoing);
}

static void
send_below_issuer(struct fetch *fetch, const char *path)
{
    size_t len = strlen(fetch->issuer);

    while (len && fetch->issuer[len - 1] == '/')
        len--;
    snprintf(fetch->url, sizeof fetch->url, "%.*s%s", (int)len, fetch->issuer, path);
    send_fetch(fetch);
}

/* The address of the key set, from the configuration that has come. */
static bool
read_configuration(struct fetch *fetch, struct err *err)
{
    struct arena arena;
    struct json root;
    const char *url = NULL;
    bool is_read;

    arena_init(&arena, 0);
    is_read = json_parse(&arena, buf_view(&fetch->outgoing.answer), &root, err);
    if (is_read)
        url = json_text(&arena, json_get(root, "jwks_uri"));
    if (url && strlen(url) < sizeof fetch->url)
        memcpy(fetch->url, url, strlen(url) + 1);
    else if (is_read)
        is_read = err_set(err, "it names no jwks_uri");
    arena_fini(&arena);
    return is_read;
}

static bool
check_status(const struct outgoing *outgoing, struct err *err)
{
    if (outgoing->status == 0)
        return err_set(err, "%s", outgoing->error);
    return outgoing->status == 200 || err_set(err, "it answered %u", outgoing->status);
}

static void
end_fetch(struct fetch *fetch, struct jwks *keys, const struct err *err)
{
    if (!keys)
        log_warn("function", "the keys of the token issuer %s cannot be fetched from %s: %s", fetch->issuer, fetch->url,
                 err->text);
    map_remove(&state.fetches, str_of(fetch->issuer));
    tell_threads(fetch->issuer, keys);
    jwks_put(keys);
    buf_fini(&fetch->outgoing.answer);
    free(fetch->issuer);
    free(fetch);
}

static void
on_fetched(struct outgoing *outgoing)
{
    struct fetch *fetch = container_of(outgoing, struct fetch, outgoing);
    struct jwks *keys = NULL;
    struct err err;
    bool is_good = check_status(outgoing, &err);

    if (fetch->is_key_set) {
        if (is_good)
            keys = jwks_new(buf_view(&outgoing->answer), &err);
        end_fetch(fetch, keys, &err);
    } else if (is_good && read_configuration(fetch, &err)) {
        fetch->is_key_set = true;
        send_fetch(fetch);
    } else if (outgoing->status == 404) {
        fetch->is_key_set = true;
        send_below_issuer(fetch, "/.well-known/jwks.json");
    } else {
        end_fetch(fetch, NULL, &err);
    }
}

struct ask {
    struct message message;
    char issuer[];
};

static void
on_asked(struct message *message)
{
    struct ask *ask = container_of(message, struct ask, message);
    struct fetch *fetch;

    if (!map_find(&state.fetches, str_of(ask->issuer))) {
        fetch = mem_alloc(sizeof *fetch);
        fetch->issuer = mem_strdup(ask->issuer);
        map_set(&state.fetches, str_of(ask->issuer), fetch);
        send_below_issuer(fetch, "/.well-known/openid-configuration");
    }
    free(ask);
}

/* ---- http threads */

enum issuer_answer
issuer_keys(const char *url, bool is_newer_wanted, struct jwks **keys, struct wait *wait)
{
    struct local *local = local_of(&state.seats[http_thread_index(http_thread_current())], url);
    int64_t now = clock_mono_ms(), asked_ago = local->asked_at ? now - local->asked_at : INT64_MAX;
    bool is_fresh = local->keys && now - local->fetched_at < KEPT_MS;

    *keys = local->keys;
    if (!wait->is_over && (!is_fresh || is_newer_wanted) &&
        (local->is_asked || asked_ago >= (is_fresh ? AGAIN_MS : FAILED_MS))) {
        list_add_tail(&local->waiting, &wait->link);
        if (!local->is_asked) {
            struct ask *ask = mem_alloc(sizeof *ask + strlen(url) + 1);

            memcpy(ask->issuer, url, strlen(url) + 1);
            control_post(&ask->message, on_asked);
        }
        local->is_asked = true;
        return ISSUER_LATER;
    }
    return is_fresh ? ISSUER_READY : ISSUER_FAILED;
}

void
issuers_start(struct http_server *server)
{
    state.seat_count = http_thread_count(server);
    state.seats = mem_alloc(state.seat_count * sizeof *state.seats);
    map_init(&state.fetches);
    for (size_t i = 0; i < state.seat_count; i++) {
        state.seats[i].thread = http_thread_at(server, i);
        map_init(&state.seats[i].issuers);
    }
}
