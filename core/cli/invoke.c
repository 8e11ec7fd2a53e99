/* SPDX-License-Identifier: MIT */
/* interlude invoke: calls a function of a running server, and prints what it answers. */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "cli/event_input.h"
#include "cli/fetch.h"
#include "cli/invoke_api.h"
#include "cli/service.h"
#include "json/write.h"

enum { MAX_BODY = 64 << 20, MAX_URL = 2048, FIRST_ERROR = 400 };

static bool
read_stdin(struct buf *body, struct err *err)
{
    char part[1 << 16];
    size_t len;

    while ((len = fread(part, 1, sizeof part, stdin)) > 0)
        buf_put(body, part, len);
    return !ferror(stdin) && !body->over ? true : err_set(err, "cannot read the body from the standard input");
}

static bool
make_body(const struct arguments *arguments, struct buf *body, struct err *err)
{
    const char *text = argument(arguments, "body");

    if (text && strcmp(text, "-") == 0)
        return read_stdin(body, err);
    if (text)
        buf_str(body, text);
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
    buf_char(&text, '\n');
    fwrite(text.p, 1, text.len, stdout);
    buf_fini(&text);
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

/* The word behind the command: an address below /fn/, as any client would ask. */
static int
invoke_address(const struct arguments *arguments, const char *base)
{
    const char *method = argument(arguments, "method");
    bool is_async = argument_is_set(arguments, "async");
    struct fetch fetch;
    char url[MAX_URL];
    int code = EXIT_FAILED;
    struct buf body;
    struct err err;

    buf_init(&body, MAX_BODY);
    if (make_body(arguments, &body, &err)) {
        snprintf(url, sizeof url, "%s/fn/%s%s", base, arguments->words[0], is_async ? "/async" : "");
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

static int
run(const struct arguments *arguments)
{
    const char *base = argument(arguments, "url"), *from_environment = getenv("INTERLUDE_URL");
    bool by_name = argument_is_set(arguments, "function");
    struct config config;
    int code = EXIT_FAILED;

    if (by_name == (arguments->word_count > 0))
        return usage_error(arguments->command, "say what to call: an address below /fn/, or --function NAME.");
    curl_global_init(CURL_GLOBAL_DEFAULT);
    if (arguments_config(arguments, &config, false, NULL)) {
        if (!base)
            base = from_environment && *from_environment ? from_environment : config.app_url;
        code = by_name ? invoke_by_api(arguments, base) : invoke_address(arguments, base);
    }
    curl_global_cleanup();
    config_fini(&config);
    return code;
}

const struct command command_invoke = {
    .name = "invoke",
    .words = "[ADDRESS]",
    .summary = "Call a function of a running server and print its answer",
    .details = "ADDRESS is one below /fn/, with a query if you like. With --function it is called by its name, and "
               "the event is given to it as it is; this needs the key of a developer in INTERLUDE_DEPLOY_KEY, except "
               "on the machine of 'interlude dev'. The server is that of --url or INTERLUDE_URL, otherwise the one of "
               "this directory: APP_URL, or PORT on this machine.",
    .max_words = 1,
    .letters = SERVICE_LETTERS EVENT_INPUT_LETTERS "tl",
    .options = { SERVICE_OPTIONS,
                 EVENT_INPUT_OPTIONS,
                 { "type", "TYPE", "RequestResponse, Event (run it later) or DryRun" },
                 { "log", NULL, "Show what the function printed last" },
                 { "body", "TEXT", "With ADDRESS: send this; - reads it from the standard input" },
                 { "method", "METHOD", "With ADDRESS; default: POST with a body, GET without" },
                 { "async", NULL, "With ADDRESS: accept it only, to run later; prints the id of the call" },
                 { "json", NULL, "With ADDRESS: print status, call id and body as JSON" },
                 { "url", "URL", "Address of the server" } },
    .run = run,
};
