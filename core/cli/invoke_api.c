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
#include "cli/local_module.h"
#include "deploy/sign.h"
#include "json/validate.h"

enum { MAX_CONTEXT = 3583 };

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

static int
print(const struct fetch *fetch)
{
    struct str reply = buf_view(&fetch->reply);
    char value[FETCH_MAX_VALUE];

    print_log(fetch);
    if (fetch->status == 202 && fetch_header(fetch, "x-call-id", value))
        puts(value);
    if (reply.len && json_validate(reply, 0, NULL, NULL))
        indent_print(reply, stdout);
    else if (reply.len)
        fwrite(reply.p, 1, reply.len, stdout);
    if (fetch->status >= 300)
        fprintf(stderr, "interlude: the answer has the status %ld\n", fetch->status);
    else if (fetch_header(fetch, "x-amz-function-error", value))
        fprintf(stderr, "interlude: the function failed (%s)\n", value);
    else
        return EXIT_OK;
    return EXIT_FAILED;
}

int
invoke_by_api(const struct arguments *arguments, const char *base)
{
    struct fetch fetch;
    struct arena arena;
    struct buf event;
    const char *name, *url;
    int code = EXIT_FAILED;
    struct err err;

    arena_init(&arena, 0);
    name = local_service_name(&arena, arguments, argument(arguments, "function"));
    url = arena_printf(&arena, "%s/2015-03-31/functions/%s/invocations", base, name);
    fetch_init(&fetch, url, "POST");
    buf_init(&event, EVENT_INPUT_MAX + 1);
    if (event_input_read(arguments, &event, &err) && fill(&fetch, &arena, arguments, &err)) {
        fetch.body = buf_view(&event);
        code = fetch_perform(&fetch, &err) ? print(&fetch) : fail(&err);
    } else {
        fail(&err);
    }
    buf_fini(&event);
    fetch_fini(&fetch);
    arena_fini(&arena);
    return code;
}
