/* SPDX-License-Identifier: MIT */
/* interlude logs: what a function of a running server printed, and its calls. */
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cli/credentials.h"
#include "cli/fetch.h"
#include "cli/listing.h"
#include "cli/local_module.h"
#include "cli/log_start.h"
#include "cli/service.h"
#include "cli/signing.h"
#include "json/read.h"

enum { MAX_LINE = 1 << 20, LAST_MS = 10 * 60 * 1000, TAIL_MS = 10 * 1000 };
enum { WAIT_MS = 20 * 1000, PATIENCE_MS = 10 * 1000, INTERVAL_MS = 1000, MAX_INTERVAL_MS = 3600 * 1000 };

/* ---- what the server has */

struct asking {
    const char *base, *function, *filter;
    const struct signing *signing; /* NULL: the server knows us by where we are */
    int64_t since;
    char *next; /* as the last answer said; NULL: none yet */
    bool is_tail, as_json;
    long status; /* of the last answer; 0: none came */
};

/* Path and query. */
static const char *
make_target(const struct asking *asking, struct arena *arena)
{
    const char *target = arena_printf(arena, "/api/v1/functions/%s/logs?since=%lld",
                                      fetch_escape(arena, asking->function), (long long)asking->since);

    if (asking->next)
        target = arena_printf(arena, "%s&after=%s", target, fetch_escape(arena, asking->next));
    if (asking->filter)
        target = arena_printf(arena, "%s&filter=%s", target, fetch_escape(arena, asking->filter));
    return asking->is_tail ? arena_printf(arena, "%s&waitMs=%d", target, WAIT_MS) : target;
}

static bool
refuse(const struct asking *asking, struct arena *arena, struct str reply, struct err *err)
{
    struct json root;
    const char *detail = json_parse(arena, reply, &root, NULL) ? json_text(arena, json_get(root, "detail")) : NULL;

    if (asking->status == 404)
        return err_set(err, "%s", detail ? detail : "the server has no such function");
    if (asking->status == 401 || asking->status == 403)
        return err_set(err,
                       asking->signing
                           ? "the server at %s does not accept this deploy key, or the function was not deployed; see "
                             "there: interlude keys list --deployers"
                           : "the server at %s shows logs to operators only; deploy keys show those of what was "
                             "deployed: interlude login %s",
                       asking->base, asking->base);
    return err_set(err, "the server at %s answered with the status %ld%s%s", asking->base, asking->status,
                   detail ? ": " : "", detail ? detail : "");
}

static bool
get(struct asking *asking, struct arena *arena, struct fetch *fetch, struct err *err)
{
    const char *target = make_target(asking, arena);

    fetch_init(fetch, arena_printf(arena, "%s%s", asking->base, target), "GET");
    fetch->timeout_ms = WAIT_MS + PATIENCE_MS;
    if (asking->signing)
        signing_request(asking->signing, arena, "GET", target, STR(""), fetch->headers);
    asking->status = 0;
    if (!fetch_perform(fetch, err))
        return false;
    asking->status = fetch->status;
    return asking->status == 200 || refuse(asking, arena, buf_view(&fetch->reply), err);
}

/* ---- printing */

/* What follows "RequestId: " of START, END and REPORT. */
static struct str
take_id(struct str line)
{
    const struct str mark = STR(" RequestId: ");
    const char *at = memmem(line.p, line.len, mark.p, mark.len);
    size_t len = 0;

    if (!at)
        return (struct str){ 0 };
    at += mark.len;
    while (at + len < line.p + line.len && !strchr(" \t", at[len]))
        len++;
    return (struct str){ at, len };
}

/* "TIME\tID\twhat was printed", or one of START, END and REPORT, which have no time. */
static void
print_json(struct str line)
{
    const char *tab = memchr(line.p, '\t', line.len), *end = line.p + line.len;
    const char *second =
        tab && *line.p >= '0' && *line.p <= '9' ? memchr(tab + 1, '\t', (size_t)(end - tab - 1)) : NULL;
    struct json_out out;
    struct buf text;

    buf_init(&text, MAX_LINE);
    json_out_init(&out, &text);
    json_object(&out);
    if (second) {
        json_pair_str(&out, "time", (struct str){ line.p, (size_t)(tab - line.p) });
        json_pair_str(&out, "requestId", (struct str){ tab + 1, (size_t)(second - tab - 1) });
        line = (struct str){ second + 1, (size_t)(end - second - 1) };
    } else {
        json_pair_text(&out, "time", NULL);
        json_pair_str(&out, "requestId", take_id(line));
    }
    json_pair_str(&out, "message", line);
    json_object_end(&out);
    listing_json(&text);
}

/* Prints what is new; *count: how many lines. */
static bool
ask(struct asking *asking, size_t *count, struct err *err)
{
    struct arena arena;
    struct fetch fetch;
    struct json root;
    bool is_ok;

    *count = 0;
    arena_init(&arena, 0);
    is_ok = get(asking, &arena, &fetch, err) && json_parse(&arena, buf_view(&fetch.reply), &root, err);
    if (is_ok) {
        const char *next = json_text(&arena, json_get(root, "next"));

        for (struct json line = json_first(json_get(root, "lines")); json_type(line) != JSON_MISSING;
             line = json_next(line), ++*count) {
            struct str text = json_str(&arena, line);

            if (asking->as_json)
                print_json(text);
            else
                printf("%.*s\n", STR_ARG(text));
        }
        fflush(stdout);
        free(asking->next);
        asking->next = next ? mem_strdup(next) : NULL;
    }
    fetch_fini(&fetch);
    arena_fini(&arena);
    return is_ok;
}

/* ---- as long as it takes */
/* A server that has gone, or has not got the function yet, is starting again; one that knows us no more is not. */
static bool
is_passing(const struct asking *asking)
{
    return asking->next && (asking->status == 0 || asking->status == 404 || asking->status >= 500);
}

/* The server answers as soon as there is something; it is asked in vain only when it is away. */
static bool
follow(struct asking *asking, int interval_ms, struct err *err)
{
    bool is_away = false;

    for (;;) {
        int64_t asked = clock_mono_ms();
        size_t count = 0;

        if (ask(asking, &count, err)) {
            is_away = false;
        } else if (!is_passing(asking)) {
            return false;
        } else if (!is_away) {
            is_away = true;
            fprintf(stderr, "interlude: %s; trying again\n", err->text);
        }
        if (count == 0 && clock_mono_ms() - asked < interval_ms)
            poll(NULL, 0, interval_ms);
    }
}

static bool
print_all(struct asking *asking, struct err *err)
{
    size_t count;

    do {
        if (!ask(asking, &count, err))
            return false;
    } while (count > 0);
    return true;
}

static bool
read_interval(const char *text, int *interval_ms)
{
    char *end;
    long number = text ? strtol(text, &end, 10) : INTERVAL_MS;

    *interval_ms = (int)number;
    return !text || (end != text && !*end && number > 0 && number <= MAX_INTERVAL_MS);
}

/*
 * The server of this machine shows its logs to who sits there, without a key. One that was logged in to, or for which a
 * key is in the environment: to who deploys there.
 */
static bool
find_server(struct asking *asking, struct arena *arena, const struct arguments *arguments, const char *own,
            struct signing *signing, struct err *err)
{
    asking->base = fetch_server(arena, arguments, own, err);
    if (!asking->base)
        return false;
    if (!credentials_key(arena, asking->base, &signing->key, err))
        return !err->text[0];
    signing->server = sign_server_name(arena, asking->base);
    asking->signing = signing;
    return true;
}

static bool
print_logs(struct asking *asking, const struct arguments *arguments, int interval_ms, struct err *err)
{
    struct signing signing = { .server = NULL };
    struct config config;
    struct arena arena;
    bool is_ok = false;

    arena_init(&arena, 0);
    err->text[0] = '\0';
    if (sodium_init() < 0)
        err_set(err, "libsodium found no source of random numbers");
    else if (arguments_config(arguments, &config, false, NULL) &&
             local_service_name(&arena, arguments, &asking->function, err) &&
             find_server(asking, &arena, arguments, config.app_url, &signing, err))
        is_ok = asking->is_tail ? follow(asking, interval_ms, err) : print_all(asking, err);
    sign_key_wipe(&signing.key);
    free(asking->next);
    arena_fini(&arena);
    config_fini(&config);
    return is_ok;
}

static int
run(const struct arguments *arguments)
{
    const char *start = argument(arguments, "startTime");
    int64_t now = clock_wall_ms();
    struct asking asking = { .filter = argument(arguments, "filter"),
                             .is_tail = argument_is_set(arguments, "tail"),
                             .as_json = argument_is_set(arguments, "json") };
    int interval_ms;
    struct err err;

    if (!argument(arguments, "function"))
        return usage_error(arguments->command, "name the function: -f NAME");
    if (!read_interval(argument(arguments, "interval"), &interval_ms))
        return usage_error(arguments->command, "--interval takes milliseconds, from 1 to %d", MAX_INTERVAL_MS);
    asking.since = now - (asking.is_tail ? TAIL_MS : LAST_MS);
    if (start && !log_start_read(start, now, &asking.since, &err))
        return usage_error(arguments->command, "%s", err.text);
    if (print_logs(&asking, arguments, interval_ms, &err))
        return EXIT_OK;
    return err.text[0] ? fail(&err) : EXIT_FAILED;
}

const struct command command_logs = {
    .name = "logs",
    .summary = "Print what a function of a running server has printed, and its calls",
    .details =
        "Without --startTime: the last ten minutes; with --tail: from ten seconds ago, and on as lines come. The "
        "deploy key of a server ('interlude login') shows the logs of what was deployed there.",
    .config = COMMAND_DATA,
    .options = { SERVICE_OPTIONS,
                 { "function", "NAME", "Its name: of the file, the deployed one, or a slug of routes/" },
                 { "tail", NULL, "Go on, until interrupted" },
                 { "startTime", "TIME", "Since: 30m, 2h, 1d, an ISO time, seconds or ms since 1970" },
                 { "filter", "TEXT", "Only lines that have this in them" },
                 { "interval", "MS", "While the server is away, how often --tail looks for it; 1000" },
                 { "json", NULL, "Each line as a JSON object: time, requestId, message" },
                 SERVER_OPTIONS },
    .letters = SERVICE_LETTERS "ft--i",
    .run = run,
};
