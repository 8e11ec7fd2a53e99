/* SPDX-License-Identifier: MIT */
/* Deliveries of callbacks (callback.h). */
#include "queue/callback.h"

#include <ev.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "loop/control.h"
#include "loop/outgoing.h"
#include "queue/count.h"
#include "queue/target.h"

enum {
    MAX_SENDING = 64,
    MAX_PER_HOST = 8,
    CROWDED_MS = 250,
    MAX_HOST = 300,
    CONNECT_LIMIT_MS = 5000,
    LIMIT_MS = 30 * 1000,
    LEASE_MS = 120 * 1000,
    BROKEN_MS = 1000
};
enum { NO_ANSWER = 503, TIMED_OUT = 504 };

/* One attempt to deliver. */
struct sending {
    struct outgoing outgoing;
    struct queue_delivered delivered;
    struct arena arena;
    const struct queue_function_settings *settings; /* counted */
    const char *id;
    struct host *host; /* NULL: it was not sent */
    ev_timer again;    /* the store could not take the outcome */
};

/* Where callbacks go to now: "https://example.test:8443". */
struct host {
    uint32_t sending;
    char name[MAX_HOST];
};

static struct {
    struct map hosts;
    uint32_t count;
    int64_t next_due;
    bool is_leasing, is_stopping, is_timer_made;
    int64_t poked_due;
    struct queue_delivery_lease lease;
    ev_timer timer;
} callbacks = { .next_due = INT64_MAX, .poked_due = INT64_MAX };

static void pump(void);

/* NULL: as many go there now as may. */
static struct host *
host_enter(const char *url)
{
    const char *begin = strstr(url, "://"), *end, *at;
    struct host *host;
    struct str name;

    begin = begin ? begin + 3 : url;
    end = begin + strcspn(begin, "/?#");
    at = memrchr(begin, '@', (size_t)(end - begin));
    begin = at ? at + 1 : begin;
    name = (struct str){ begin, (size_t)(end - begin) < MAX_HOST ? (size_t)(end - begin) : MAX_HOST - 1 };
    host = map_find(&callbacks.hosts, name);
    if (!host) {
        host = mem_alloc(sizeof *host);
        memcpy(host->name, name.p, name.len);
        map_set(&callbacks.hosts, name, host);
    }
    if (host->sending == MAX_PER_HOST)
        return NULL;
    host->sending++;
    return host;
}

static void
host_leave(struct host *host)
{
    if (--host->sending)
        return;
    map_remove(&callbacks.hosts, str_of(host->name));
    free(host);
}

static void
sending_free(struct sending *sending)
{
    if (sending->host)
        host_leave(sending->host);
    queue_settings_put(sending->settings);
    arena_fini(&sending->arena);
    free(sending);
    callbacks.count--;
}

static void
write_again(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct sending *sending = container_of(timer, struct sending, again);

    (void)loop, (void)events;
    queue_engine->delivered(queue_engine_data, &sending->delivered);
}

static void
on_written(struct queue_delivered *delivered)
{
    struct sending *sending = container_of(delivered, struct sending, delivered);
    int64_t due = delivered->due ? delivered->due : INT64_MAX;

    if (!delivered->is_ok) {
        ev_timer_init(&sending->again, write_again, BROKEN_MS / 1000.0, 0);
        ev_timer_start(control_loop(), &sending->again);
        return;
    }
    sending_free(sending);
    callbacks_due(due);
    pump();
}

/* Statuses after which it is tried again: those that say "not now". */
static bool
is_temporary(unsigned status)
{
    return status == 0 || status == 408 || status == 425 || status == 429 || status >= 500;
}

static void
on_sent(struct outgoing *outgoing)
{
    struct sending *sending = container_of(outgoing, struct sending, outgoing);
    struct queue_delivered *delivered = &sending->delivered;
    bool is_good = outgoing->status >= 200 && outgoing->status < 300;
    uint64_t random;

    delivered->status = outgoing->status;
    delivered->error = outgoing->status ? NULL : outgoing->error;
    delivered->due = 0;
    delivered->state = is_good ? "delivered" : "failed";
    if (!is_good && !outgoing->is_refused && is_temporary(outgoing->status) &&
        delivered->attempt <= sending->settings->callback_retries) {
        randombytes_buf(&random, sizeof random);
        delivered->state = "pending";
        delivered->due = clock_wall_ms() + retry_wait_ms(&sending->settings->retry, delivered->attempt, random);
        queue_count(&callbacks_retried);
    } else if (is_good) {
        queue_count(&callbacks_delivered);
    } else {
        queue_count(&callbacks_failed);
        log_warn("queue", "the callback of call %s is given up after %u attempts: %s", sending->id, delivered->attempt,
                 delivered->error ? delivered->error : "the answer was a refusal");
    }
    queue_engine->delivered(queue_engine_data, delivered);
}

static bool
may_connect(struct outgoing *outgoing, const struct sockaddr *address)
{
    const struct sending *sending = container_of(outgoing, struct sending, outgoing);

    return target_may_connect(outgoing->url, sending->settings->callback_allow, address);
}

/* ---- what is sent */

struct fields {
    struct sending *sending;
    size_t count;
};

static void
add(struct fields *fields, const char *name, const char *value)
{
    struct sending *sending = fields->sending;

    if (fields->count < OUTGOING_MAX_FIELDS - 1)
        sending->outgoing.fields[fields->count++] =
            *value ? arena_printf(&sending->arena, "%s: %s", name, value) : arena_printf(&sending->arena, "%s;", name);
}

/* Is it among the first `count`, which are ours? What the function says must not pass for what we say. */
static bool
is_ours(const struct fields *fields, size_t count, const char *name)
{
    size_t len = strlen(name);

    for (size_t i = 0; i < count; i++) {
        const char *field = fields->sending->outgoing.fields[i];

        if (strncasecmp(field, name, len) == 0 && (field[len] == ':' || field[len] == ';'))
            return true;
    }
    return false;
}

static bool
is_copied(const char *name)
{
    static const char *const left_out[] = {
        /* RFC 9110 7.6.1, what libcurl says itself, and what is for the caller */
        "connection", "keep-alive",     "proxy-connection",  "proxy-authenticate",    "te",
        "trailer",    "upgrade",        "transfer-encoding", "content-length",        "host",
        "expect",     "set-cookie",     "x-callback-url",    "x-interlude-signature", "traceparent",
        "tracestate", "x-amzn-trace-id"
    };

    for (size_t i = 0; i < COUNT_OF(left_out); i++)
        if (strcasecmp(name, left_out[i]) == 0)
            return false;
    return true;
}

static void
add_answer(struct fields *fields, const struct queue_message *answer)
{
    const size_t own_count = fields->count;
    const char *at = answer->heads.p;
    bool has_type = false;

    for (uint32_t i = 0; i < answer->header_count; i++) {
        const char *name = at, *value = name + strlen(name) + 1;

        at = value + strlen(value) + 1;
        has_type |= strcasecmp(name, "content-type") == 0;
        if (is_copied(name) && !is_ours(fields, own_count, name))
            add(fields, name, value);
    }
    if (!has_type) /* libcurl would say what it is not */
        fields->sending->outgoing.fields[fields->count++] = "Content-Type:";
    fields->sending->outgoing.fields[fields->count++] = "Expect:";
}

/* functions.md 3.6: HMAC-SHA-256 over time, a dot and the body. */
static void
add_signature(struct fields *fields, struct str body)
{
    struct str key = str_of(fields->sending->settings->callback_secret);
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    char hex[2 * sizeof mac + 1], time[24];
    crypto_auth_hmacsha256_state state;

    if (!key.len)
        return;
    snprintf(time, sizeof time, "%lld", (long long)(clock_wall_ms() / 1000));
    crypto_auth_hmacsha256_init(&state, (const unsigned char *)key.p, key.len);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)time, strlen(time));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)".", 1);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)body.p, body.len);
    crypto_auth_hmacsha256_final(&state, mac);
    sodium_bin2hex(hex, sizeof hex, mac, sizeof mac);
    add(fields, "X-Interlude-Signature", arena_printf(&fields->sending->arena, "t=%s,v1=%s", time, hex));
}

static void
add_own(struct fields *fields, const struct queue_delivery *delivery)
{
    struct arena *arena = &fields->sending->arena;
    const char *status = arena_printf(arena, "%u", delivery->status ? delivery->status : NO_ANSWER);
    const char *retry = arena_printf(arena, "%u", delivery->call_attempt ? delivery->call_attempt - 1 : 0);

    add(fields, "User-Agent", "interlude-queue/1.0");
    add(fields, "X-Call-Id", delivery->id);
    add(fields, "X-Request-ID", delivery->id);
    add(fields, "X-Function-Name", fields->sending->settings->name ? fields->sending->settings->name : delivery->fn);
    add(fields, "X-Serverless-ID", delivery->fn);
    add(fields, "X-Function-Status", status);
    add(fields, "X-Serverless-Status", status);
    add(fields, "X-Duration-Seconds",
        arena_printf(arena, "%lld.%06lld", (long long)(delivery->duration_us / 1000000),
                     (long long)(delivery->duration_us % 1000000)));
    add(fields, "X-Start-Time", arena_printf(arena, "%lld", (long long)delivery->created_ns));
    add(fields, "X-Call-Depth", arena_printf(arena, "%u", delivery->depth + 1));
    add(fields, "X-Retry", retry);
    add(fields, "X-Retry-Max", arena_printf(arena, "%u", fields->sending->settings->retry.retries));
}

/* The ids by which those who watch find what belongs together: whole lines. */
static void
add_trace(struct fields *fields, const char *lines)
{
    struct sending *sending = fields->sending;

    while (lines && *lines && fields->count < OUTGOING_MAX_FIELDS - 1) {
        size_t len = strcspn(lines, "\n");

        sending->outgoing.fields[fields->count++] = arena_strndup(&sending->arena, lines, len);
        lines += len + (lines[len] == '\n');
    }
}

static void
send_one(const struct queue_delivery *delivery)
{
    struct sending *sending = mem_alloc(sizeof *sending);
    struct fields fields = { sending, 0 };
    struct str body = delivery->answer.body;

    arena_init(&sending->arena, 0);
    callbacks.count++;
    sending->id = arena_strdup(&sending->arena, delivery->id);
    sending->delivered =
        (struct queue_delivered){ .seq = delivery->seq, .attempt = delivery->attempt, .done = on_written };
    sending->settings = queue_settings_get(delivery->fn);
    sending->host = host_enter(delivery->url);
    if (!sending->host) { /* not tried: the others have their turn meanwhile */
        sending->delivered.due = clock_wall_ms() + CROWDED_MS;
        queue_engine->delivered(queue_engine_data, &sending->delivered);
        return;
    }
    add_own(&fields, delivery);
    add_trace(&fields, delivery->trace);
    add_signature(&fields, body);
    add_answer(&fields, &delivery->answer);
    sending->outgoing.url = arena_strdup(&sending->arena, delivery->url);
    sending->outgoing.body = (struct str){ arena_strndup(&sending->arena, body.p ? body.p : "", body.len), body.len };
    sending->outgoing.connect_limit_ms = CONNECT_LIMIT_MS;
    sending->outgoing.limit_ms = LIMIT_MS;
    sending->outgoing.may_connect = may_connect;
    sending->outgoing.done = on_sent;
    outgoing_send(&sending->outgoing);
}

/* ---- when */

static void
on_leased(struct queue_delivery_lease *lease)
{
    callbacks.is_leasing = false;
    if (!lease->is_ok) {
        callbacks_due(clock_wall_ms() + BROKEN_MS);
        return;
    }
    callbacks.next_due = lease->next_due < callbacks.poked_due ? lease->next_due : callbacks.poked_due;
    callbacks.poked_due = INT64_MAX;
    for (uint32_t i = 0; i < lease->count; i++)
        send_one(&lease->deliveries[i]);
    pump();
}

static void
on_timer(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop, (void)timer, (void)events;
    pump();
}

static void
pump(void)
{
    int64_t now = clock_wall_ms();

    if (callbacks.is_stopping || callbacks.is_leasing || callbacks.next_due == INT64_MAX ||
        callbacks.count >= MAX_SENDING)
        return;
    if (!callbacks.is_timer_made) {
        callbacks.is_timer_made = true;
        ev_timer_init(&callbacks.timer, on_timer, 0, 0);
    }
    ev_timer_stop(control_loop(), &callbacks.timer);
    if (callbacks.next_due > now) {
        ev_now_update(control_loop());
        ev_timer_set(&callbacks.timer, (double)(callbacks.next_due - now) / 1000, 0);
        ev_timer_start(control_loop(), &callbacks.timer);
        return;
    }
    callbacks.is_leasing = true;
    callbacks.lease = (struct queue_delivery_lease){
        .wanted = MAX_SENDING - callbacks.count, .now = now, .until = now + LEASE_MS, .done = on_leased
    };
    queue_engine->deliveries(queue_engine_data, &callbacks.lease);
}

void
callbacks_due(int64_t at)
{
    int64_t *known = callbacks.is_leasing ? &callbacks.poked_due : &callbacks.next_due;

    if (at < *known)
        *known = at;
    pump();
}

void
callbacks_stop(void)
{
    callbacks.is_stopping = true;
    ev_timer_stop(control_loop(), &callbacks.timer);
}
