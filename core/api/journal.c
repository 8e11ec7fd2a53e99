/* SPDX-License-Identifier: MIT */
/* GET /api/v1/functions/NAME/logs: what a function has printed, and its calls (functions.md 2.6). */
#include <stdlib.h>

#include "api/api.h"
#include "auth/role.h"
#include "base/clock.h"
#include "base/mem.h"
#include "function/call.h"
#include "function/journal_read.h"

enum { MAX_LINES = 5000, LAST_MS = 10 * 60 * 1000 };

static void
put_line(void *arg, struct str line)
{
    struct json_out *out = arg;
    char *text;

    if (str_is_utf8(line)) {
        json_put_str(out, line);
        return;
    }
    text = mem_strndup(line.p, line.len); /* programs print anything */
    for (size_t i = 0; i < line.len; i++)
        if ((unsigned char)text[i] >= 0x80)
            text[i] = '?';
    json_put_str(out, (struct str){ text, line.len });
    free(text);
}

static bool
read_lines(struct api_call *call, struct err *err)
{
    struct journal_query *query = call->state;

    json_object(&call->json);
    json_pair_text(&call->json, "function", query->function);
    json_name(&call->json, "lines");
    json_array(&call->json);
    if (!journal_read(query, put_line, &call->json, err))
        return api_fail(call);
    json_array_end(&call->json);
    json_pair_text(&call->json, "next", journal_place_text(&call->arena, &query->place));
    json_object_end(&call->json);
    return true;
}

/* On control: which function is meant. One that has gone may still have a log, by its full name. */
static bool
logs(struct api_call *call, struct err *err)
{
    static const struct str suffix = { "/logs", 5 };
    const char *since = api_query(call, "since"), *place = api_query(call, "after");
    struct journal_query *query = arena_alloc(&call->arena, sizeof *query);
    struct str name = str_of(call->rest);
    const struct function *function;

    if (!role_may(role_parse(call->who.role), RUN_DEV_ACTIONS))
        return api_refuse(call, 403, err, "Only administrators and developers may do this.");
    if (!str_ends(name, suffix))
        return api_refuse(call, 404, err, "There is nothing at this path.");
    name.len -= suffix.len;
    function = functions_table() ? function_find(functions_table(), name) : NULL;
    if (!function)
        return api_refuse(call, 404, err, "There is no function %.*s.", STR_ARG(name));
    *query = (struct journal_query){ .function = arena_strdup(&call->arena, function->name),
                                     .since_ms = since ? strtoll(since, NULL, 10) : clock_wall_ms() - LAST_MS,
                                     .filter = api_query(call, "filter"),
                                     .max_lines = MAX_LINES };
    if (place && !journal_place_read(place, &query->place))
        return api_refuse(call, 400, err, "'after' is what 'next' said.");
    call->state = query;
    return api_go_on(call, API_WORKER, read_lines);
}

const struct api_row api_journal_rows[] = {
    { HTTP_GET, "/api/v1/functions/", API_CONTROL, API_SIGNED_IN, logs },
    { 0, NULL, API_WORKER, API_PUBLIC, NULL },
};
