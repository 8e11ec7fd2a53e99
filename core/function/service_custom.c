/* SPDX-License-Identifier: MIT */
/* What serverless.yml says at `custom.interlude` and `custom.prune` (service.h). */
#include "base/mem.h"
#include "function/service_reader.h"

static void
read_mount(struct service_reader *reader, const struct node *node, void *into)
{
    struct service *service = into;
    const char *mount;
    size_t len;

    if (!read_text(reader, node, &mount))
        return;
    len = strlen(mount);
    if (*mount != '/' || len > 256 || strpbrk(mount, "?#{}*% ") || strstr(mount, "//") || strstr(mount, "/."))
        reader_error(reader, node, "\"%s\" cannot be a mount: a path such as / or /shop", mount);
    else
        service->mount = len > 1 && mount[len - 1] == '/' ? arena_strndup(reader->arena, mount, len - 1) : mount;
}

static void
read_gateway_timeout(struct service_reader *reader, const struct node *node, void *into)
{
    int64_t ms;

    if (!read_duration(reader, node, &ms))
        return;
    if (ms < 1000 || ms > 900000)
        reader_error(reader, node, "must be from 1 s to 900 s");
    else
        ((struct service *)into)->gateway_timeout_ms = (uint32_t)ms;
}

static void
read_libraries(struct service_reader *reader, const struct node *node, void *into)
{
    struct service *service = into;

    if (!read_texts(reader, node, &service->build.libs))
        return;
    for (size_t i = 0; i < service->build.libs.count; i++)
        if (strncmp(service->build.libs.items[i], "-l", 2) != 0 ||
            !is_name(service->build.libs.items[i] + 2, "_.+-", 64))
            reader_error(reader, node, "\"%s\" is not a library such as -lsqlite3", service->build.libs.items[i]);
}

static const struct field build_fields[] = {
    TEXT_FIELD("cc", struct service, build.cc, 256),
    OTHER_FIELD("cflags", FIELD_TEXTS, struct service, build.cflags),
    CALL_FIELD("libs", read_libraries),
    TEXT_FIELD("command", struct service, build.command, 4096),
    END_OF_FIELDS,
};

static const struct field smoke_fields[] = {
    TEXT_FIELD("method", struct service_smoke, method, 16),
    TEXT_FIELD("path", struct service_smoke, path, 1024),
    TEXT_FIELD("body", struct service_smoke, body, 65536),
    RANGE_FIELD("status", FIELD_INT, struct service_smoke, status, 100, 599),
    END_OF_FIELDS,
};

/* "GET /x", or a map. */
static void
read_smoke(struct service_reader *reader, const struct node *node, void *into)
{
    struct service *service = into;
    struct service_smoke *items = NULL;
    const char *text, *blank;

    if (node->type != NODE_LIST) {
        reader_mismatch(reader, node, "a list of requests such as GET /quote");
        return;
    }
    for (const struct node *child = node->first; child; child = child->next) {
        struct service_smoke smoke = { .method = "GET", .status = 200 };

        if (child->type == NODE_MAP) {
            read_fields(reader, child, smoke_fields, &smoke);
        } else if (read_text(reader, child, &text)) {
            blank = strchr(text, ' ');
            smoke.method = blank ? arena_strndup(reader->arena, text, (size_t)(blank - text)) : "GET";
            smoke.path = blank ? blank + strspn(blank, " ") : text;
        }
        if (!smoke.path || *smoke.path != '/') {
            reader_error(reader, child, "needs a path that begins with /");
            continue;
        }
        items = reader_grow(reader, items, service->smoke_count, sizeof *items);
        items[service->smoke_count++] = smoke;
    }
    service->smoke = items;
}

static void
read_watch(struct service_reader *reader, const struct node *node, void *into)
{
    int64_t ms;

    if (!read_duration(reader, node, &ms))
        return;
    if (ms > SERVICE_MAX_WATCH_MS)
        reader_error(reader, node, "a new version is watched for an hour at most");
    else
        ((struct service *)into)->watch_ms = ms;
}

static void
keep_async_settings(struct service_reader *reader, const struct node *node, void *into)
{
    (void)into;
    reader->async_settings = node;
}

static void
keep_webhooks(struct service_reader *reader, const struct node *node, void *into)
{
    (void)into;
    reader->webhooks = node;
}

static const struct field interlude_fields[] = {
    CALL_FIELD("mount", read_mount),
    OTHER_FIELD("awsErrors", FIELD_BOOL, struct service, aws_errors),
    OTHER_FIELD("corsOnResponses", FIELD_BOOL, struct service, cors_on_responses),
    CALL_FIELD("gatewayTimeout", read_gateway_timeout),
    CALL_FIELD("functions", keep_async_settings),
    CALL_FIELD("webhooks", keep_webhooks),
    MAP_FIELD("build", build_fields),
    CALL_FIELD("smoke", read_smoke),
    CALL_FIELD("routes", read_routes_dir),
    CALL_FIELD("routesPrefix", read_routes_prefix),
    CALL_FIELD("watch", read_watch),
    OTHER_FIELD("drainTimeout", FIELD_DURATION, struct service, drain_timeout_ms),
    END_OF_FIELDS,
};

static const struct field prune_fields[] = {
    RANGE_FIELD("number", FIELD_INT, struct service, keep_versions, 0, 1000),
    FREE_FIELD("automatic"),
    FREE_FIELD("includeLayers"),
    END_OF_FIELDS,
};

void
read_custom(struct service_reader *reader, const struct node *node, void *into)
{
    const struct node *ours = node_get(node, STR("interlude")), *prune = node_get(node, STR("prune"));

    if (ours && ours->type != NODE_NULL)
        read_fields(reader, ours, interlude_fields, into);
    if (node_is(prune, NODE_MAP) && node_is(node_get(prune, STR("automatic")), NODE_BOOL) &&
        node_get(prune, STR("automatic"))->boolean)
        read_fields(reader, prune, prune_fields, into);
}
