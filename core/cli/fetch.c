/* SPDX-License-Identifier: MIT */
/* HTTP for commands (fetch.h). */
#include "cli/fetch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/command.h"
#include "cli/credentials.h"
#include "loop/libcurl.h"

enum { MAX_REPLY = 64 << 20, MAX_HEAD = 256 << 10 };

void
fetch_init(struct fetch *fetch, const char *url, const char *method)
{
    *fetch = (struct fetch){ .url = url, .method = method };
    buf_init(&fetch->head, MAX_HEAD);
    buf_init(&fetch->reply, MAX_REPLY);
}

void
fetch_fini(struct fetch *fetch)
{
    buf_fini(&fetch->head);
    buf_fini(&fetch->reply);
}

static size_t
take(char *bytes, size_t size, size_t count, void *arg)
{
    struct buf *buf = arg;

    buf_put(buf, bytes, size * count);
    return buf->over ? 0 : size * count;
}

static void
set_options(const struct libcurl *curl, CURL *easy, struct fetch *fetch, struct curl_slist *headers,
            char reason[CURL_ERROR_SIZE])
{
    curl->easy_setopt(easy, CURLOPT_URL, fetch->url);
    curl->easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl->easy_setopt(easy, CURLOPT_CUSTOMREQUEST, fetch->method);
    curl->easy_setopt(easy, CURLOPT_NOBODY, strcmp(fetch->method, "HEAD") == 0 ? 1L : 0L);
    curl->easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    if (fetch->body.len) {
        curl->easy_setopt(easy, CURLOPT_POSTFIELDS, fetch->body.p);
        curl->easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)fetch->body.len);
    }
    curl->easy_setopt(easy, CURLOPT_TIMEOUT_MS, fetch->timeout_ms);
    curl->easy_setopt(easy, CURLOPT_WRITEFUNCTION, take);
    curl->easy_setopt(easy, CURLOPT_WRITEDATA, &fetch->reply);
    curl->easy_setopt(easy, CURLOPT_HEADERFUNCTION, take);
    curl->easy_setopt(easy, CURLOPT_HEADERDATA, &fetch->head);
    curl->easy_setopt(easy, CURLOPT_ERRORBUFFER, reason);
}

/* What helps depends on how far it came. */
static bool
explain(const struct fetch *fetch, CURLcode code, const char *reason, struct err *err)
{
    if (fetch->reply.over)
        return err_set(err, "the answer of %s has more than %d MiB", fetch->url, MAX_REPLY >> 20);
    return err_set(err, "cannot call %s: %s%s", fetch->url, reason,
                   code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST
                       ? ". Does the server run? Another address is given with --server"
                       : "");
}

bool
fetch_perform(struct fetch *fetch, struct err *err)
{
    const struct libcurl *curl = libcurl_load(err);
    char reason[CURL_ERROR_SIZE] = "";
    struct curl_slist *headers;
    CURL *easy;
    CURLcode code = CURLE_FAILED_INIT;

    fetch->status = 0;
    if (!curl)
        return false;
    headers = curl->slist_append(NULL, "Expect:"); /* curl would wait a second for leave to send */
    for (size_t i = 0; i < FETCH_MAX_HEADERS && fetch->headers[i]; i++)
        headers = curl->slist_append(headers, fetch->headers[i]);
    easy = curl->easy_init();
    if (easy) {
        set_options(curl, easy, fetch, headers, reason);
        code = curl->easy_perform(easy);
    }
    if (code == CURLE_OK)
        curl->easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &fetch->status);
    else
        explain(fetch, code, reason[0] ? reason : curl->easy_strerror(code), err);
    curl->easy_cleanup(easy);
    curl->slist_free_all(headers);
    return code == CURLE_OK;
}

bool
fetch_header(const struct fetch *fetch, const char *name, char value[FETCH_MAX_VALUE])
{
    const char *at = fetch->head.p, *end = at + fetch->head.len;
    size_t len = strlen(name);
    bool is_found = false;

    value[0] = '\0';
    while (at < end) {
        const char *nl = memchr(at, '\n', (size_t)(end - at)), *next = nl ? nl + 1 : end;

        if ((size_t)(next - at) > len && strncasecmp(at, name, len) == 0 && at[len] == ':') {
            at += len + 1;
            while (at < next && *at == ' ')
                at++;
            snprintf(value, FETCH_MAX_VALUE, "%.*s", (int)(next - at), at);
            value[strcspn(value, "\r\n")] = '\0';
            is_found = true;
        }
        at = next;
    }
    return is_found;
}

const char *
fetch_escape(struct arena *arena, const char *text)
{
    const char *escaped;
    struct buf url;

    buf_init(&url, 3 * strlen(text) + 1);
    buf_percent(&url, str_of(text), "-._~/");
    escaped = arena_strdup(arena, buf_text(&url));
    buf_fini(&url);
    return escaped;
}

const char *
fetch_server(struct arena *arena, const struct arguments *arguments, const char *own, struct err *err)
{
    const char *server = argument(arguments, "server"), *environment = getenv("INTERLUDE_URL");

    if (!server)
        server = argument(arguments, "url");
    if (!server)
        server = environment && *environment ? environment : own;
    return credentials_base(arena, server, err);
}
