/* SPDX-License-Identifier: MIT */
/* interlude invoke: calls a function of a running server, and prints what it answers. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "cli/event_input.h"
#include "cli/fetch.h"
#include "cli/invoke_api.h"
#include "cli/listing.h"
#include "cli/service.h"

enum { MAX_BODY = 64 << 20, FIRST_ERROR = 400 };

static bool
make_body(const struct arguments *arguments, struct buf *body, struct err *err)
{
    const char *text = argument(arguments, "body");

    if (text && strcmp(text, "-") != 0)
        buf_str(body, text);
    else if (text || argument(arguments, "data") || argument(arguments, "path"))
        return event_input_text(arguments, body, err);
    return true;
}

static void
print_json(const struct fetch *fetch, const char *call_id)
{
    char type[FETCH_MAX_VALUE];
    struct json_out out;
    struct buf text;

    fetch_header(fetch, "content-type", type);
    buf_init(&text, 8u * MAX_BODY);
    json_out_init(&out, &text);
    json_object(&out);
    json_pair_int(&out, "status", fetch->status);
    json_pair_text(&out, "callId", call_id[0] ? call_id : NULL);
    json_pair_text(&out, "contentType", type[0] ? type : NULL);
    json_pair_str(&out, "body", buf_view(&fetch->reply));
    json_object_end(&out);
    listing_json(&text);
}

static int
print(const struct arguments *arguments, const struct fetch *fetch)
{
    char call_id[FETCH_MAX_VALUE];

    fetch_header(fetch, "x-call-id", call_id);
    if (argument_is_set(arguments, "json")) {
        print_json(fetch, call_id);
    } else {
        if (fetch->status == 202 && call_id[0] && !fetch->reply.len)
            puts(call_id);
        if (fetch->reply.len)
            fwrite(fetch->reply.p, 1, fetch->reply.len, stdout);
        if (fetch->status >= FIRST_ERROR)
            fprintf(stderr, "interlude: the answer has the status %ld\n", fetch->status);
    }
    return fetch->status < FIRST_ERROR ? EXIT_OK : EXIT_FAILED;
}

/* "ping?x=1" below /fn/, "/function/ping" on the server, "http://…" as it is; /async goes before the query. */
static const char *
make_url(struct arena *arena, const char *base, const char *address, bool is_async)
{
    size_t len = strcspn(address, "?#");
    bool is_whole = strncmp(address, "http://", 7) == 0 || strncmp(address, "https://", 8) == 0;

    return arena_printf(arena, "%s%s%.*s%s%s", is_whole ? "" : base, is_whole || *address == '/' ? "" : "/fn/",
                        (int)len, address, is_async ? "/async" : "", address + len);
}

/* The word behind the command: as any client would ask. */
static int
invoke_address(const struct arguments *arguments, struct arena *arena, const char *base)
{
    const char *method = argument(arguments, "method");
    bool is_async = argument_is_set(arguments, "async");
    const char *url = make_url(arena, base, arguments->words[0], is_async);
    int code = EXIT_FAILED;
    struct fetch fetch;
    struct buf body;
    struct err err;

    buf_init(&body, MAX_BODY);
    if (make_body(arguments, &body, &err)) {
        fetch_init(&fetch, url, method ? method : body.len || is_async ? "POST" : "GET");
        fetch.body = buf_view(&body);
        code = fetch_perform(&fetch, &err) ? print(arguments, &fetch) : fail(&err);
        fetch_fini(&fetch);
    } else {
        fail(&err);
    }
    buf_fini(&body);
    return code;
}

/* What was given but would have no effect. NULL: nothing. */
static const char *
find_senseless(const struct arguments *arguments, bool is_by_name)
{
    static const char *const with_address[] = { "body", "method", "async" };
    static const char *const with_name[] = { "raw", "context", "type", "log" };
    const char *const *others = is_by_name ? with_address : with_name;
    size_t count = is_by_name ? COUNT_OF(with_address) : COUNT_OF(with_name);

    for (size_t i = 0; i < count; i++)
        if (argument_is_set(arguments, others[i]))
            return others[i];
    return NULL;
}

static int
call(const struct arguments *arguments, bool is_by_name)
{
    struct config config;
    int code = EXIT_FAILED;
    struct arena arena;
    const char *base;
    struct err err;

    arena_init(&arena, 0);
    if (arguments_config(arguments, &config, false, NULL)) {
        base = fetch_server(&arena, arguments, config.app_url, &err);
        code = !base        ? fail(&err)
               : is_by_name ? invoke_by_api(arguments, base)
                            : invoke_address(arguments, &arena, base);
    }
    config_fini(&config);
    arena_fini(&arena);
    return code;
}

static int
run(const struct arguments *arguments)
{
    bool is_by_name = argument_is_set(arguments, "function");
    const char *senseless = find_senseless(arguments, is_by_name);

    if (is_by_name == (arguments->word_count > 0))
        return usage_error(arguments->command, "say what to call: an address below /fn/, or --function NAME.");
    if (senseless)
        return usage_error(arguments->command, "--%s goes with %s.%s", senseless,
                           is_by_name ? "an ADDRESS, not with --function" : "--function NAME, not with an ADDRESS",
                           strcmp(senseless, "async") == 0 ? " To run it later: --type Event." : "");
    return call(arguments, is_by_name);
}

const struct command command_invoke = {
    .name = "invoke",
    .words = "[ADDRESS]",
    .summary = "Call a function of a running server and print its answer",
    .details = "ADDRESS is one below /fn/, with a query if you like; one that begins with / or http:// is taken as it "
               "is. With --function it is called by its name, and the event is given to it as it is; this needs the "
               "key of a developer in INTERLUDE_DEPLOY_KEY, except on the machine of 'interlude dev'. The server is "
               "that of --server or INTERLUDE_URL, otherwise the one of this directory: APP_URL, or PORT on this "
               "machine. The exit code is 1 for an answer from 400 on, and for a function that failed.",
    .max_words = 1,
    .letters = SERVICE_LETTERS EVENT_INPUT_LETTERS "tl",
    .options = { SERVICE_OPTIONS,
                 EVENT_INPUT_OPTIONS,
                 { "type", "TYPE", "RequestResponse, Event (run it later) or DryRun" },
                 { "log", NULL, "Show what the function printed last" },
                 { "body", "TEXT", "With ADDRESS: send this; - reads it from the standard input" },
                 { "method", "METHOD", "With ADDRESS; default: POST with a body, GET without" },
                 { "async", NULL, "With ADDRESS: accept it only, to run later; prints the id of the call" },
                 { "json", NULL, "Print status, call id and body or result as JSON, errors too" },
                 SERVER_OPTIONS },
    .run = run,
};
