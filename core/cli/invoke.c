/* SPDX-License-Identifier: MIT */
/* interlude invoke: calls a function of a running server, and prints what it answers. */
#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "cli/command.h"
#include "json/write.h"

enum { MAX_BODY = 64 << 20, MAX_URL = 2048, MAX_ID = 160, FIRST_ERROR = 400 };

struct answer {
    long status;
    char call_id[MAX_ID];
    char type[MAX_ID];
    struct buf body;
};

static size_t
take_body(char *bytes, size_t size, size_t count, void *arg)
{
    struct answer *answer = arg;

    buf_put(&answer->body, bytes, size * count);
    return answer->body.over ? 0 : size * count;
}

/* The value of a header line, if it is the header that is meant. */
static void
take_value(struct str line, const char *name, char value[MAX_ID])
{
    size_t len = strlen(name);

    if (line.len <= len + 1 || strncasecmp(line.p, name, len) != 0 || line.p[len] != ':')
        return;
    snprintf(value, MAX_ID, "%.*s", (int)(line.len - len - 1), line.p + len + 1);
    value[strcspn(value, "\r\n")] = '\0';
    memmove(value, value + strspn(value, " "), strlen(value + strspn(value, " ")) + 1);
}

static size_t
take_header(char *bytes, size_t size, size_t count, void *arg)
{
    struct str line = { bytes, size * count };
    struct answer *answer = arg;

    take_value(line, "x-call-id", answer->call_id);
    take_value(line, "content-type", answer->type);
    return line.len;
}

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

static bool
perform(CURL *easy, const char *url, const char *method, struct buf *body, struct answer *answer, struct err *err)
{
    char reason[CURL_ERROR_SIZE] = "";
    CURLcode code;

    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(easy, CURLOPT_NOBODY, strcmp(method, "HEAD") == 0 ? 1L : 0L);
    if (body->len) {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body->p);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body->len);
    }
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, answer);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, answer);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, reason);
    code = curl_easy_perform(easy);
    if (code != CURLE_OK)
        return err_set(err, "cannot call %s: %s. Does the server run? Another address is given with --url", url,
                       reason[0] ? reason : curl_easy_strerror(code));
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &answer->status);
    return true;
}

static void
print_json(const struct answer *answer)
{
    struct json_out out;
    struct buf text;

    buf_init(&text, 8u * MAX_BODY);
    json_out_init(&out, &text);
    json_object(&out);
    json_pair_int(&out, "status", answer->status);
    json_pair_text(&out, "callId", answer->call_id[0] ? answer->call_id : NULL);
    json_pair_text(&out, "contentType", answer->type[0] ? answer->type : NULL);
    json_pair_str(&out, "body", buf_view(&answer->body));
    json_object_end(&out);
    buf_char(&text, '\n');
    fwrite(text.p, 1, text.len, stdout);
    buf_fini(&text);
}

static int
print(const struct arguments *arguments, const struct answer *answer)
{
    if (argument_is_set(arguments, "json")) {
        print_json(answer);
    } else {
        if (answer->status == 202 && answer->call_id[0] && !answer->body.len)
            puts(answer->call_id);
        if (answer->body.len)
            fwrite(answer->body.p, 1, answer->body.len, stdout);
        if (answer->status >= FIRST_ERROR)
            fprintf(stderr, "interlude: the answer has the status %ld\n", answer->status);
    }
    return answer->status < FIRST_ERROR ? EXIT_OK : EXIT_FAILED;
}

static bool
invoke(const struct arguments *arguments, const struct config *config, struct answer *answer, struct err *err)
{
    const char *base = argument(arguments, "url"), *method = argument(arguments, "method");
    bool is_async = argument_is_set(arguments, "async");
    CURL *easy = curl_easy_init();
    char url[MAX_URL];
    struct buf body;
    bool is_ok;

    buf_init(&body, MAX_BODY);
    is_ok = easy && make_body(arguments, &body, err);
    snprintf(url, sizeof url, "%s/fn/%s%s", base ? base : config->app_url, arguments->words[0],
             is_async ? "/async" : "");
    if (!method)
        method = body.len || is_async ? "POST" : "GET";
    is_ok = is_ok && perform(easy, url, method, &body, answer, err);
    buf_fini(&body);
    curl_easy_cleanup(easy);
    return is_ok;
}

static int
run(const struct arguments *arguments)
{
    struct answer answer = { .status = 0 };
    struct config config;
    int code = EXIT_FAILED;
    struct err err;

    buf_init(&answer.body, MAX_BODY);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    if (arguments_config(arguments, &config, false, NULL))
        code = invoke(arguments, &config, &answer, &err) ? print(arguments, &answer) : fail(&err);
    curl_global_cleanup();
    buf_fini(&answer.body);
    config_fini(&config);
    return code;
}

const struct command command_invoke = {
    .name = "invoke",
    .words = "NAME",
    .summary = "Call a function of a running server and print its answer",
    .details = "The server is the one of this directory: APP_URL, or PORT on this machine.",
    .min_words = 1,
    .max_words = 1,
    .config = COMMAND_DATA,
    .options = { { "body", "TEXT", "Send this; - reads it from the standard input" },
                 { "method", "METHOD", "Default: POST with a body, GET without" },
                 { "async", NULL, "Accept it only, to run later; prints the id of the call" },
                 { "url", "URL", "Address of the server" },
                 { "json", NULL, "Print status, call id and body as JSON" } },
    .run = run,
};
