/* SPDX-License-Identifier: MIT */
/* interlude logs: what a function of a running server printed, and its calls. */
#include <curl/curl.h>
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/clock.h"
#include "cli/command.h"
#include "cli/credentials.h"
#include "cli/signing.h"
#include "json/read.h"

enum { MAX_ANSWER = 64 << 20, MAX_URL = 8 << 10, LAST_MS = 10 * 60 * 1000, TAIL_MS = 10 * 1000 };
enum { WAIT_MS = 20 * 1000, PATIENCE_MS = 10 * 1000, INTERVAL_MS = 1000, MAX_INTERVAL_MS = 3600 * 1000 };

static size_t
take_body(char *bytes, size_t size, size_t count, void *arg)
{
    struct buf *body = arg;

    buf_put(body, bytes, size * count);
    return body->over ? 0 : size * count;
}

/* "30m", "1h", "2d" before now; an ISO time; ms since 1970. */
static bool
read_start(const char *text, int64_t now, int64_t *at, struct err *err)
{
    static const struct {
        char letter;
        int64_t ms;
    } units[] = { { 's', 1000 }, { 'm', 60 * 1000 }, { 'h', 3600 * 1000 }, { 'd', 86400 * 1000 } };
    char *end;
    long long number = strtoll(text, &end, 10);
    struct tm tm = { 0 };

    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (end != text && number >= 0 && end[0] == units[i].letter && !end[1]) {
            *at = now - number * units[i].ms;
            return true;
        }
    if (end != text && !*end && number >= 0) {
        *at = number;
        return true;
    }
    end = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
    if (!end)
        end = strptime(text, "%Y-%m-%d", &tm);
    if (!end)
        return err_set(
            err, "--startTime takes 30m, 2h, 1d, an ISO time such as 2026-11-21T08:00:00, or ms since 1970; got '%s'",
            text);
    *at = (int64_t)timegm(&tm) * 1000;
    return true;
}

struct asking {
    CURL *easy;
    const char *base, *function, *filter;
    const struct signing *signing; /* NULL: the server knows us by where we are */
    int64_t since;
    char *next; /* as the last answer said; NULL: none yet */
    bool is_tail;
    long status; /* of the last answer; 0: none came */
};

static CURLcode
perform(struct asking *asking, const char *url)
{
    const char *headers[SIGNING_HEADERS];
    struct curl_slist *list = NULL;
    struct arena arena;
    CURLcode code;

    arena_init(&arena, 0);
    if (asking->signing) {
        signing_request(asking->signing, &arena, "GET", url + strlen(asking->base), STR(""), headers);
        for (size_t i = 0; i < SIGNING_HEADERS; i++)
            list = curl_slist_append(list, headers[i]);
    }
    curl_easy_setopt(asking->easy, CURLOPT_HTTPHEADER, list);
    code = curl_easy_perform(asking->easy);
    curl_easy_setopt(asking->easy, CURLOPT_HTTPHEADER, NULL);
    curl_slist_free_all(list);
    arena_fini(&arena);
    return code;
}

static bool
get(struct asking *asking, const char *url, struct buf *body, struct err *err)
{
    char reason[CURL_ERROR_SIZE] = "";
    CURLcode code;

    asking->status = 0;
    curl_easy_setopt(asking->easy, CURLOPT_URL, url);
    curl_easy_setopt(asking->easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(asking->easy, CURLOPT_TIMEOUT_MS, (long)WAIT_MS + PATIENCE_MS);
    curl_easy_setopt(asking->easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(asking->easy, CURLOPT_WRITEDATA, body);
    curl_easy_setopt(asking->easy, CURLOPT_ERRORBUFFER, reason);
    code = perform(asking, url);
    if (code != CURLE_OK)
        return err_set(err, "cannot ask %s: %s. Does the server run? Another address is given with --url", asking->base,
                       reason[0] ? reason : curl_easy_strerror(code));
    curl_easy_getinfo(asking->easy, CURLINFO_RESPONSE_CODE, &asking->status);
    if (asking->status == 404)
        return err_set(err, "the server has no function '%s'", asking->function);
    if (asking->status == 401 || asking->status == 403)
        return err_set(err,
                       asking->signing
                           ? "the server at %s does not accept this deploy key, or the function was not deployed; see "
                             "there: interlude keys list --deployers"
                           : "the server at %s shows logs to operators only; deploy keys show those of what was "
                             "deployed: interlude login %s",
                       asking->base, asking->base);
    return asking->status == 200 ||
           err_set(err, "the server at %s answered with the status %ld", asking->base, asking->status);
}

static void
put_escaped(struct asking *asking, struct buf *url, const char *name, const char *text)
{
    char *escaped = curl_easy_escape(asking->easy, text, 0);

    buf_printf(url, "%s%s", name, escaped ? escaped : "");
    curl_free(escaped);
}

static void
put_url(struct asking *asking, struct buf *url)
{
    buf_str(url, asking->base);
    put_escaped(asking, url, "/api/v1/functions/", asking->function);
    buf_printf(url, "/logs?since=%lld", (long long)asking->since);
    if (asking->next)
        put_escaped(asking, url, "&after=", asking->next);
    if (asking->filter)
        put_escaped(asking, url, "&filter=", asking->filter);
    if (asking->is_tail)
        buf_printf(url, "&waitMs=%d", WAIT_MS);
    buf_char(url, '\0');
}

/* Prints what is new; *count: how many lines. */
static bool
ask(struct asking *asking, size_t *count, struct err *err)
{
    struct arena arena;
    struct buf url, body;
    struct json root;
    bool is_ok;

    *count = 0;
    arena_init(&arena, 0);
    buf_init(&url, MAX_URL);
    buf_init(&body, MAX_ANSWER);
    put_url(asking, &url);
    is_ok = url.over ? err_set(err, "the text of --filter is too long") : get(asking, url.p, &body, err);
    if (is_ok && json_parse(&arena, buf_view(&body), &root, err)) {
        const char *next = json_text(&arena, json_get(root, "next"));

        for (struct json line = json_first(json_get(root, "lines")); json_type(line) != JSON_MISSING;
             line = json_next(line)) {
            struct str text = json_str(&arena, line);

            printf("%.*s\n", STR_ARG(text));
            ++*count;
        }
        fflush(stdout);
        free(asking->next);
        asking->next = next ? strdup(next) : NULL;
    } else {
        is_ok = false;
    }
    buf_fini(&url);
    buf_fini(&body);
    arena_fini(&arena);
    return is_ok;
}

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
 * Where, and as whom: --url, INTERLUDE_URL, or the server of this machine, whose operators need no key. A server that
 * was logged in to, or a key in the environment: as who deploys there.
 */
static bool
find_server(struct asking *asking, struct arena *arena, const char *given, const char *own, struct signing *signing,
            struct err *err)
{
    const char *environment = getenv("INTERLUDE_URL");

    if (!given && environment && *environment)
        given = environment;
    asking->base = credentials_base(arena, given ? given : own, err);
    if (!asking->base)
        return false;
    if (!credentials_key(arena, asking->base, &signing->key, err))
        return !err->text[0];
    signing->server = sign_server_name(arena, asking->base);
    asking->signing = signing;
    return true;
}

static int
run(const struct arguments *arguments)
{
    const char *start = argument(arguments, "startTime");
    int64_t now = clock_wall_ms();
    struct asking asking = { .function = argument(arguments, "function"),
                             .filter = argument(arguments, "filter"),
                             .is_tail = argument_is_set(arguments, "tail") };
    int code = EXIT_FAILED, interval_ms;
    struct signing signing = { .server = NULL };
    struct config config;
    struct arena arena;
    struct err err = { "curl could not be started" };

    if (!asking.function)
        return usage_error(arguments->command, "name the function: -f NAME");
    if (!read_interval(argument(arguments, "interval"), &interval_ms))
        return usage_error(arguments->command, "--interval takes milliseconds, from 1 to %d", MAX_INTERVAL_MS);
    asking.since = now - (asking.is_tail ? TAIL_MS : LAST_MS);
    if (start && !read_start(start, now, &asking.since, &err))
        return usage_error(arguments->command, "%s", err.text);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    asking.easy = curl_easy_init();
    arena_init(&arena, 0);
    if (sodium_init() >= 0 && arguments_config(arguments, &config, false, NULL)) {
        if (asking.easy && find_server(&asking, &arena, argument(arguments, "url"), config.app_url, &signing, &err) &&
            (asking.is_tail ? follow(&asking, interval_ms, &err) : print_all(&asking, &err)))
            code = EXIT_OK;
        else
            fail(&err);
    }
    sign_key_wipe(&signing.key);
    arena_fini(&arena);
    curl_easy_cleanup(asking.easy);
    curl_global_cleanup();
    free(asking.next);
    config_fini(&config);
    return code;
}

const struct command command_logs = {
    .name = "logs",
    .summary = "Print what a function of a running server has printed, and its calls",
    .details =
        "Without --startTime: the last ten minutes; with --tail: from ten seconds ago, and on as lines come. The "
        "deploy key of a server ('interlude login') shows the logs of what was deployed there.",
    .config = COMMAND_DATA,
    .options = { { "function", "NAME", "Its name: of the file, the deployed one, or a slug of routes/" },
                 { "tail", NULL, "Go on, until interrupted" },
                 { "startTime", "TIME", "Since: 30m, 2h, 1d, an ISO time, or ms since 1970" },
                 { "filter", "TEXT", "Only lines that have this in them" },
                 { "interval", "MS", "While the server is away, how often --tail looks for it; 1000" },
                 { "url", "URL", "Address of the server; default: INTERLUDE_URL, else the one of this machine" } },
    .letters = "ft--i-",
    .run = run,
};
