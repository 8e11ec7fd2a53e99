/* SPDX-License-Identifier: MIT */
/* interlude logs: what a function of a running server printed, and its calls. */
#include <curl/curl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/clock.h"
#include "cli/command.h"
#include "json/read.h"

enum { MAX_ANSWER = 64 << 20, MAX_URL = 4096, LAST_MS = 10 * 60 * 1000, TAIL_MS = 10 * 1000, INTERVAL_MS = 1000 };

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
    int64_t since;
    char *next; /* as the last answer said; NULL: none yet */
};

static bool
get(const struct asking *asking, const char *url, struct buf *body, struct err *err)
{
    char reason[CURL_ERROR_SIZE] = "";
    long status = 0;
    CURLcode code;

    curl_easy_setopt(asking->easy, CURLOPT_URL, url);
    curl_easy_setopt(asking->easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(asking->easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(asking->easy, CURLOPT_WRITEDATA, body);
    curl_easy_setopt(asking->easy, CURLOPT_ERRORBUFFER, reason);
    code = curl_easy_perform(asking->easy);
    if (code != CURLE_OK)
        return err_set(err, "cannot ask %s: %s. Does the server run? Another address is given with --url", asking->base,
                       reason[0] ? reason : curl_easy_strerror(code));
    curl_easy_getinfo(asking->easy, CURLINFO_RESPONSE_CODE, &status);
    if (status == 404)
        return err_set(err, "the server has no function '%s'", asking->function);
    if (status == 401 || status == 403)
        return err_set(err, "the server at %s shows logs to operators only; ask it from its own machine", asking->base);
    return status == 200 || err_set(err, "the server at %s answered with the status %ld", asking->base, status);
}

/* Prints what is new; *count: how many lines. */
static bool
ask(struct asking *asking, size_t *count, struct err *err)
{
    char *filter = curl_easy_escape(asking->easy, asking->filter ? asking->filter : "", 0);
    char url[MAX_URL];
    struct arena arena;
    struct buf body;
    struct json root;
    bool is_ok;

    *count = 0;
    arena_init(&arena, 0);
    buf_init(&body, MAX_ANSWER);
    snprintf(url, sizeof url, "%s/api/v1/functions/%s/logs?since=%lld%s%s%s%s", asking->base, asking->function,
             (long long)asking->since, asking->next ? "&after=" : "", asking->next ? asking->next : "",
             asking->filter ? "&filter=" : "", asking->filter ? filter : "");
    is_ok = get(asking, url, &body, err) && json_parse(&arena, buf_view(&body), &root, err);
    if (is_ok) {
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
    }
    curl_free(filter);
    buf_fini(&body);
    arena_fini(&arena);
    return is_ok;
}

static bool
follow(const struct arguments *arguments, struct asking *asking, struct err *err)
{
    const char *interval = argument(arguments, "interval");
    int interval_ms = interval ? (int)strtol(interval, NULL, 10) : INTERVAL_MS;
    bool is_tail = argument_is_set(arguments, "tail");
    size_t count;

    do {
        if (!ask(asking, &count, err))
            return false;
        if (is_tail && count == 0)
            poll(NULL, 0, interval_ms > 0 ? interval_ms : INTERVAL_MS);
    } while (is_tail || count > 0);
    return true;
}

static int
run(const struct arguments *arguments)
{
    const char *start = argument(arguments, "startTime"), *base = argument(arguments, "url");
    int64_t now = clock_wall_ms();
    struct asking asking = { .function = argument(arguments, "function"), .filter = argument(arguments, "filter") };
    struct config config;
    int code = EXIT_FAILED;
    struct err err;

    if (!asking.function)
        return usage_error(arguments->command, "name the function: -f NAME");
    asking.since = now - (argument_is_set(arguments, "tail") ? TAIL_MS : LAST_MS);
    if (start && !read_start(start, now, &asking.since, &err))
        return usage_error(arguments->command, "%s", err.text);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    asking.easy = curl_easy_init();
    if (arguments_config(arguments, &config, false, NULL)) {
        asking.base = base ? base : config.app_url;
        code = asking.easy && follow(arguments, &asking, &err) ? EXIT_OK : fail(&err);
    }
    curl_easy_cleanup(asking.easy);
    curl_global_cleanup();
    free(asking.next);
    config_fini(&config);
    return code;
}

const struct command command_logs = {
    .name = "logs",
    .summary = "Print what a function of a running server has printed, and its calls",
    .details = "Without --startTime: the last ten minutes; with --tail: from ten seconds ago, and on.",
    .config = COMMAND_DATA,
    .options = { { "function", "NAME", "Its name: of the file, the deployed one, or a slug of routes/" },
                 { "tail", NULL, "Go on, until interrupted" },
                 { "startTime", "TIME", "Since: 30m, 2h, 1d, an ISO time, or ms since 1970" },
                 { "filter", "TEXT", "Only lines that have this in them" },
                 { "interval", "MS", "How often --tail looks for more; 1000" },
                 { "url", "URL", "Address of the server" } },
    .letters = "ft--i-",
    .run = run,
};
