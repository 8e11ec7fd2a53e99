/* SPDX-License-Identifier: MIT */
/* Events of schedules (schedule_event.h). */
#include "function/schedule_event.h"

#include <stdio.h>
#include <time.h>

#include "base/id.h"
#include "base/log.h"
#include "json/read.h"
#include "json/write.h"

static void
put_standard(struct buf *out, const char *rule, const char *region, int64_t due_ms)
{
    time_t due_s = (time_t)(due_ms / 1000);
    char time[24], arn[192];
    struct json_out json;
    struct tm tm;

    gmtime_r(&due_s, &tm);
    strftime(time, sizeof time, "%Y-%m-%dT%H:%M:%SZ", &tm);
    snprintf(arn, sizeof arn, "arn:aws:events:%s:000000000000:rule/%s", region, rule);
    json_out_init(&json, out);
    json_object(&json);
    json_pair_text(&json, "version", "0");
    json_pair_text(&json, "id", uuid_format(uuid_v4()).s);
    json_pair_text(&json, "detail-type", "Scheduled Event");
    json_pair_text(&json, "source", "aws.events");
    json_pair_text(&json, "account", "000000000000");
    json_pair_text(&json, "time", time);
    json_pair_text(&json, "region", region);
    json_name(&json, "resources");
    json_array(&json);
    json_put_text(&json, arn);
    json_array_end(&json);
    json_name(&json, "detail");
    json_object(&json);
    json_object_end(&json);
    json_object_end(&json);
}

/* "$.detail.x": names only, as the events of schedules have no lists to index. */
static struct json
select_path(struct arena *arena, struct json node, const char *path)
{
    if (*path == '$')
        path++;
    while (*path == '.') {
        size_t len = strcspn(++path, ".");

        node = json_get(node, arena_strndup(arena, path, len));
        path += len;
    }
    return node;
}

static void
put_selected(struct buf *out, struct json node)
{
    struct str raw = json_raw(node);

    if (raw.len)
        buf_put(out, raw.p, raw.len);
    else
        buf_put(out, "null", 4);
}

/* Inside of quotes a text goes without its own. */
static void
put_placeholder(struct buf *out, struct json node, bool is_quoted)
{
    struct str raw = json_raw(node);

    if (is_quoted && json_type(node) == JSON_STRING)
        buf_put(out, raw.p + 1, raw.len - 2);
    else
        put_selected(out, node);
}

/* inputTransformer: <name> in the template becomes what the path of that name selects. */
static void
put_template(struct buf *out, struct arena *arena, const struct service_schedule *schedule, struct json event)
{
    bool is_quoted = false;
    struct json paths = { NULL, -1 };
    struct err err;

    if (schedule->input_paths && !json_parse(arena, str_of(schedule->input_paths), &paths, &err))
        log_warn("schedule", "inputPathsMap cannot be read: %s", err.text);
    for (const char *p = schedule->input_template; *p; p++) {
        const char *end = *p == '<' ? strchr(p, '>') : NULL;
        const char *path = NULL;

        if (end)
            path = json_text(arena, json_get(paths, arena_strndup(arena, p + 1, (size_t)(end - p - 1))));
        if (path) {
            put_placeholder(out, select_path(arena, event, path), is_quoted);
            p = end;
            continue;
        }
        if (*p == '"' && (p == schedule->input_template || p[-1] != '\\'))
            is_quoted = !is_quoted;
        buf_char(out, *p);
    }
}

void
schedule_event_put(struct buf *out, const struct service_schedule *schedule, const char *rule, const char *region,
                   int64_t due_ms)
{
    struct arena arena;
    struct buf standard;
    struct json event;
    struct err err;

    if (schedule->input) {
        buf_put(out, schedule->input, strlen(schedule->input));
        return;
    }
    if (!schedule->input_path && !schedule->input_template) {
        put_standard(out, rule, region, due_ms);
        return;
    }
    arena_init(&arena, 1 << 20);
    buf_init(&standard, 4096);
    put_standard(&standard, rule, region, due_ms);
    if (!json_parse(&arena, buf_view(&standard), &event, &err))
        buf_put(out, "null", 4);
    else if (schedule->input_path)
        put_selected(out, select_path(&arena, event, schedule->input_path));
    else
        put_template(out, &arena, schedule, event);
    buf_fini(&standard);
    arena_fini(&arena);
}
