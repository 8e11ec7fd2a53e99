/* SPDX-License-Identifier: MIT */
/* Calls by the invoke API (invoke_api.h). */
#include "cli/invoke_api.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "cli/event_input.h"
#include "cli/fetch.h"
#include "cli/indent.h"
#include "cli/listing.h"
#include "cli/local_module.h"
#include "deploy/sign.h"
#include "json/read.h"
#include "json/validate.h"

enum { MAX_CONTEXT = 3583, MAX_JSON = 128 << 20, FIRST_REFUSAL = 300 };

/* X-Amz-Client-Context is JSON in base64. */
static bool
put_context(struct arena *arena, const char *context, const char **header, struct err *err)
{
    size_t len = strlen(context), size = sodium_base64_ENCODED_LEN(len, sodium_base64_VARIANT_ORIGINAL);
    char *text = arena_alloc(arena, size);

    if (!json_validate(str_of(context), 0, NULL, err))
        return err_prefix(err, "--context is not JSON");
    sodium_bin2base64(text, size, (const unsigned char *)context, len, sodium_base64_VARIANT_ORIGINAL);
    *header = arena_printf(arena, "X-Amz-Client-Context: %s", text);
    return size <= MAX_CONTEXT ? true : err_set(err, "--context is longer than %d bytes in base64", MAX_CONTEXT);
}

static bool
fill(struct fetch *fetch, struct arena *arena, const struct arguments *arguments, struct err *err)
{
    const char *type = argument(arguments, "type"), *context = argument(arguments, "context");
    const char *key = getenv("INTERLUDE_DEPLOY_KEY");
    size_t count = 0;

    fetch->headers[count++] = "Content-Type: application/json";
    if (type)
        fetch->headers[count++] = arena_printf(arena, "X-Amz-Invocation-Type: %s", type);
    if (argument_is_set(arguments, "log"))
        fetch->headers[count++] = "X-Amz-Log-Type: Tail";
    if (key && *key && !sign_key_is_text(str_of(key))) /* what signs deployments stays here */
        fetch->headers[count++] = arena_printf(arena, "Authorization: Bearer %s", key);
    return !context || put_context(arena, context, &fetch->headers[count], err);
}

/* What the function printed last, which comes in base64. */
static void
print_log(const struct fetch *fetch)
{
    char value[FETCH_MAX_VALUE];
    unsigned char text[FETCH_MAX_VALUE];
    size_t len;

    if (fetch_header(fetch, "x-amz-log-result", value) &&
        sodium_base642bin(text, sizeof text, value, strlen(value), NULL, &len, NULL, sodium_base64_VARIANT_ORIGINAL) ==
            0)
        fwrite(text, 1, len, stderr);
}

static void
print_json(const struct fetch *fetch, const char *call_id, const char *failure)
{
    struct str reply = buf_view(&fetch->reply);
    struct json_out out;
    struct buf text;

    buf_init(&text, MAX_JSON);
    json_out_init(&out, &text);
    json_object(&out);
    json_pair_int(&out, "status", fetch->status);
    json_pair_text(&out, "callId", call_id[0] ? call_id : NULL);
    json_pair_text(&out, "functionError", failure[0] ? failure : NULL);
    json_pair_raw(&out, "result", reply.len && json_validate(reply, 0, NULL, NULL) ? reply : STR("null"));
    json_object_end(&out);
    listing_json(&text);
}

static void
print_text(const struct fetch *fetch, const char *call_id)
{
    struct str reply = buf_view(&fetch->reply);

    if (fetch->status == 202 && call_id[0])
        puts(call_id);
    if (reply.len && json_validate(reply, 0, NULL, NULL))
        indent_print(reply, stdout);
    else if (reply.len)
        fwrite(reply.p, 1, reply.len, stdout);
}

/* The server's own words. */
static void
print_refusal(const struct fetch *fetch)
{
    const char *message = NULL;
    struct arena arena;
    struct json root;

    arena_init(&arena, 0);
    if (json_parse(&arena, buf_view(&fetch->reply), &root, NULL))
        message = json_text(&arena, json_get(root, "message"));
    fprintf(stderr, "interlude: %s (status %ld)\n", message ? message : "the server refuses the call", fetch->status);
    arena_fini(&arena);
}

static int
print(const struct arguments *arguments, const struct fetch *fetch)
{
    char call_id[FETCH_MAX_VALUE], failure[FETCH_MAX_VALUE];
    bool is_refused = fetch->status >= FIRST_REFUSAL;

    print_log(fetch);
    fetch_header(fetch, "x-call-id", call_id);
    fetch_header(fetch, "x-amz-function-error", failure);
    if (argument_is_set(arguments, "json"))
        print_json(fetch, call_id, failure);
    else if (!is_refused)
        print_text(fetch, call_id);
    if (is_refused)
        print_refusal(fetch);
    else if (failure[0])
        fprintf(stderr, "interlude: the function failed (%s)\n", failure);
    return is_refused || failure[0] ? EXIT_FAILED : EXIT_OK;
}

int
invoke_by_api(const struct arguments *arguments, const char *base)
{
    struct fetch fetch;
    struct arena arena;
    struct buf event;
    const char *name;
    int code = EXIT_FAILED;
    struct err err;

    arena_init(&arena, 0);
    buf_init(&event, EVENT_INPUT_MAX + 1);
    fetch_init(&fetch, NULL, "POST");
    if (local_service_name(&arena, arguments, &name, &err) && event_input_read(arguments, &event, &err) &&
        fill(&fetch, &arena, arguments, &err)) {
        fetch.url = arena_printf(&arena, "%s/2015-03-31/functions/%s/invocations", base, fetch_escape(&arena, name));
        fetch.body = buf_view(&event);
        code = fetch_perform(&fetch, &err) ? print(arguments, &fetch) : fail(&err);
    } else {
        fail(&err);
    }
    buf_fini(&event);
    fetch_fini(&fetch);
    arena_fini(&arena);
    return code;
}
