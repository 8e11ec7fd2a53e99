/* SPDX-License-Identifier: MIT */
/* Functions of a service (service.h): names first, because other parts refer to them, then what is in them. */
#include <ctype.h>

#include "base/mem.h"
#include "config/suggest.h"
#include "function/service_reader.h"

enum { MAX_ENVIRONMENT = 32 << 10, MAX_FUNCTIONS = 300 };

/* ---- names ---- */

static void
name_function(struct service_reader *reader, const struct node *node)
{
    size_t count = reader->service->function_count;
    const char *key = arena_strndup(reader->arena, node->key.p, node->key.len);

    if (!is_name(key, "-_", SERVICE_MAX_NAME)) {
        reader_error(reader, node, "\"%.80s\" cannot be the name of a function: letters, digits, - and _, at most %d",
                     key, SERVICE_MAX_NAME);
    } else if (reader_function(reader, key) != SERVICE_UNSET) {
        reader_error(reader, node, "there is another function of that name");
    } else if (count == MAX_FUNCTIONS) {
        reader_error(reader, node, "more than %d functions", MAX_FUNCTIONS);
    } else {
        reader->functions = reader_grow(reader, reader->functions, count, sizeof *reader->functions);
        reader->function_nodes = reader_grow(reader, reader->function_nodes, count, sizeof *reader->function_nodes);
        reader->functions[count] = (struct service_function){ .key = key };
        reader->function_nodes[count] = node;
        reader->service->function_count++;
    }
}

/* A map, or a list of maps, which several files are put together from. */
void
name_functions(struct service_reader *reader, const struct node *node)
{
    if (node->type != NODE_MAP && node->type != NODE_LIST) {
        reader_mismatch(reader, node, "a map");
        return;
    }
    for (const struct node *child = node->first; child; child = child->next) {
        if (node->type == NODE_MAP)
            name_function(reader, child);
        else if (child->type == NODE_MAP)
            name_functions(reader, child);
        else
            reader_mismatch(reader, child, "a map of functions");
    }
}

/* ---- what is in one ---- */

static bool
is_symbol(const char *text)
{
    return (isalpha((unsigned char)*text) || *text == '_') && is_name(text, "_", 200);
}

/* "dist/quote.handler": the last dot is between file and symbol. */
static void
read_handler(struct service_reader *reader, const struct node *node, void *into)
{
    struct service_function *function = into;
    const char *handler, *dot, *file;

    if (!read_text(reader, node, &handler))
        return;
    function->handler = handler;
    file = strncmp(handler, "./", 2) == 0 ? handler + 2 : handler;
    dot = strrchr(file, '.');
    if (!dot || dot == file || dot[-1] == '/' || !is_symbol(dot + 1)) {
        reader_error(reader, node,
                     "\"%.100s\" is not FILE.SYMBOL: dist/quote.handler means the route `handler` of dist/quote.so",
                     handler);
        return;
    }
    function->file = arena_strndup(reader->arena, file, (size_t)(dot - file));
    function->symbol = dot + 1;
    if (*file == '/' || strstr(function->file, "..") || strstr(function->file, "//") ||
        strpbrk(function->file, "\\\n\t") || strlen(function->file) > 512)
        reader_error(reader, node, "the file must lie below the directory of the service: a path without .. in it");
}

static void
read_function_name(struct service_reader *reader, const struct node *node, void *into)
{
    struct service_function *function = into;

    if (read_text(reader, node, &function->name) && !is_name(function->name, "-_", SERVICE_MAX_NAME))
        reader_error(reader, node, "\"%.80s\" cannot be a name: letters, digits, - and _, at most %d", function->name,
                     SERVICE_MAX_NAME);
}

static void
keep_later(struct service_reader *reader, const struct node *node, void *into)
{
    (void)reader;
    (void)node;
    (void)into;
}

static void
read_image(struct service_reader *reader, const struct node *node, void *into)
{
    (void)into;
    reader_error(reader, node, "container images are not available here: name a handler");
}

static const struct field package_fields[] = {
    FREE_FIELD("patterns"),
    FREE_FIELD("include"),
    FREE_FIELD("exclude"),
    FREE_FIELD("excludeDevDependencies"),
    OTHER_FIELD("individually", FIELD_BOOL, struct service_function, is_packaged_alone),
    TEXT_FIELD("artifact", struct service_function, artifact, 1024),
    END_OF_FIELDS,
};

static void
read_package(struct service_reader *reader, const struct node *node, void *into)
{
    struct service_function *function = into;

    read_fields(reader, node, package_fields, into);
    read_patterns(reader, node, &function->patterns);
}

static void
refuse_iam(struct service_reader *reader, const struct node *node, void *into)
{
    (void)into;
    reader_error(reader, node, "aws_iam is not available; use private keys or a request authorizer on an http event");
}

static void
read_url_cors(struct service_reader *reader, const struct node *node, void *into)
{
    ((struct service_function *)into)->url_cors = read_http_api_cors(reader, node, true);
}

static const struct field url_fields[] = {
    CALL_FIELD("cors", read_url_cors),
    CALL_FIELD("authorizer", refuse_iam),
    FREE_FIELD("invokeMode"),
    END_OF_FIELDS,
};

static void
read_url(struct service_reader *reader, const struct node *node, void *into)
{
    struct service_function *function = into;

    function->has_url = true;
    if (node->type == NODE_MAP)
        read_fields(reader, node, url_fields, into);
    else
        read_bool(reader, node, &function->has_url);
}

/* "name", "arn:…:name", { arn: … } */
static const char *
read_destination(struct service_reader *reader, const struct node *node)
{
    const char *text;

    if (node->type == NODE_MAP) {
        node = node_get(node, STR("arn"));
        if (!node || node->type == NODE_MAP)
            return NULL;
    }
    return read_text(reader, node, &text) ? last_part(text) : NULL;
}

static void
read_failure_queue(struct service_reader *reader, const struct node *node, void *into)
{
    struct service_function *function = into;

    function->async.dead_letter_queue = read_destination(reader, node);
    if (!function->async.dead_letter_queue)
        reader_ignore(reader, node);
}

static void
read_success_queue(struct service_reader *reader, const struct node *node, void *into)
{
    struct service_function *function = into;

    function->async.success_queue = read_destination(reader, node);
    if (!function->async.success_queue)
        reader_ignore(reader, node);
}

static const struct field destination_fields[] = {
    CALL_FIELD("onFailure", read_failure_queue),
    CALL_FIELD("onSuccess", read_success_queue),
    END_OF_FIELDS,
};

static const struct field function_fields[] = {
    CALL_FIELD("handler", read_handler),
    CALL_FIELD("name", read_function_name),
    TEXT_FIELD("description", struct service_function, description, 512),
    RANGE_FIELD("timeout", FIELD_SECONDS, struct service_function, timeout_ms, 1, 900),
    RANGE_FIELD("memorySize", FIELD_INT, struct service_function, memory_mb, 16, 10240),
    CALL_FIELD("environment", keep_later), /* put together with the provider's */
    OTHER_FIELD("tags", FIELD_PAIRS, struct service_function, tags),
    RANGE_FIELD("reservedConcurrency", FIELD_INT, struct service_function, reserved_concurrency, 0, 100000),
    RANGE_FIELD("maximumRetryAttempts", FIELD_INT, struct service_function, async.retries, 0, 2),
    RANGE_FIELD("maximumEventAge", FIELD_SECONDS, struct service_function, async.max_age_ms, 60, 21600),
    MAP_FIELD("destinations", destination_fields),
    CALL_FIELD("onError", read_failure_queue),
    CALL_FIELD("url", read_url),
    CALL_FIELD("package", read_package),
    CALL_FIELD("events", read_events),
    CALL_FIELD("async", read_async),
    CALL_FIELD("annotations", read_annotations),
    CALL_FIELD("runtime", read_runtime),
    CALL_FIELD("image", read_image),
    AWS_FIELD("architecture"),
    AWS_FIELD("condition"),
    AWS_FIELD("dependsOn"),
    AWS_FIELD("disableLogs"),
    AWS_FIELD("ephemeralStorageSize"),
    AWS_FIELD("fileSystemConfig"),
    AWS_FIELD("kmsKeyArn"),
    AWS_FIELD("layers"),
    AWS_FIELD("logDataProtectionPolicy"),
    AWS_FIELD("logRetentionInDays"),
    AWS_FIELD("logs"),
    AWS_FIELD("provisionedConcurrency"),
    AWS_FIELD("role"),
    AWS_FIELD("runtimeManagement"),
    AWS_FIELD("snapStart"),
    AWS_FIELD("tracing"),
    AWS_FIELD("versionFunction"),
    AWS_FIELD("vpc"),
    END_OF_FIELDS,
};

/* ---- environment: the provider's, and the function's over it; null takes one away ---- */

static size_t
set_pair(struct service_pair *items, size_t count, const char *name, const char *value)
{
    size_t at = 0;

    while (at < count && strcmp(items[at].name, name) != 0)
        at++;
    if (value) {
        items[at] = (struct service_pair){ name, value };
        return at < count ? count : count + 1;
    }
    if (at < count)
        items[at] = items[count - 1];
    return at < count ? count - 1 : count;
}

static size_t
add_environment(struct service_reader *reader, const struct node *node, bool is_said, struct service_pair *items,
                size_t count)
{
    for (const struct node *child = node_is(node, NODE_MAP) ? node->first : NULL; child; child = child->next) {
        const char *name = arena_strndup(reader->arena, child->key.p, child->key.len), *value = NULL;

        if (is_said && (!is_symbol(name) || strlen(name) > 200))
            reader_error(reader, child, "\"%.80s\" cannot be the name of a variable", name);
        if (child->type != NODE_NULL && node_is_scalar(child))
            read_secret(reader, child, &value);
        else if (is_said && child->type != NODE_NULL)
            reader_error(reader, child,
                         "must be a text or a number, not %s: what CloudFormation computes is not "
                         "available here",
                         node_type_name(child));
        count = set_pair(items, count, name, value);
    }
    return count;
}

/* own: the function's, or NULL. The provider's is complained about once only. */
static struct service_pairs
read_environment(struct service_reader *reader, const struct node *at, const struct node *own, bool is_first)
{
    const struct node *shared = reader->environment;
    size_t count = 0, bytes = 0, most = 1;
    struct service_pair *items;

    if (own && own->type != NODE_NULL && own->type != NODE_MAP)
        reader_mismatch(reader, own, "a map of texts");
    if (is_first && shared && shared->type != NODE_MAP)
        reader_mismatch(reader, shared, "a map of texts");
    most += node_is(own, NODE_MAP) ? own->count : 0;
    most += node_is(shared, NODE_MAP) ? shared->count : 0;
    items = arena_alloc(reader->arena, most * sizeof *items);
    count = add_environment(reader, shared, is_first, items, count);
    count = add_environment(reader, own, true, items, count);
    for (size_t i = 0; i < count; i++)
        bytes += strlen(items[i].name) + strlen(items[i].value) + 2;
    if (bytes > MAX_ENVIRONMENT)
        reader_error(reader, own ? own : at, "the environment has more than %d KiB", MAX_ENVIRONMENT >> 10);
    return sorted_pairs(items, count);
}

/* ---- all of them ---- */

static void
read_function(struct service_reader *reader, size_t index)
{
    struct service_function *function = &reader->functions[index];
    const struct node *node = reader->function_nodes[index];
    const struct service *service = reader->service;

    function->description = "";
    function->timeout_ms = reader->defaults.timeout_ms;
    function->memory_mb = reader->defaults.memory_mb;
    function->reserved_concurrency = SERVICE_UNSET;
    function->async = (struct service_async){
        .max_inflight = SERVICE_UNSET,
        .timeout_ms = SERVICE_UNSET,
        .retries = SERVICE_UNSET,
        .min_wait_ms = SERVICE_UNSET,
        .max_wait_ms = SERVICE_UNSET,
        .max_age_ms = SERVICE_UNSET,
        .backoff = SERVICE_UNSET,
        .callback_retries = SERVICE_UNSET,
    };
    read_fields(reader, node, function_fields, function);
    if (node->type != NODE_MAP)
        return;
    function->environment = read_environment(reader, node, node_get(node, STR("environment")), index == 0);
    if (!node_get(node, STR("handler")) || node_get(node, STR("handler"))->type == NODE_NULL)
        reader_error(reader, node, "handler is missing: FILE.SYMBOL, such as dist/%s.handler", function->key);
    if (function->name || !service->name)
        return;
    function->name = arena_printf(reader->arena, "%s-%s-%s", service->name, service->stage, function->key);
    if (strlen(function->name) > SERVICE_MAX_NAME)
        reader_error(reader, node, "its full name %s has more than %d characters; give it one with `name`",
                     function->name, SERVICE_MAX_NAME);
}

static const struct field own_fields[] = {
    CALL_FIELD("async", read_async),
    CALL_FIELD("annotations", read_annotations),
    END_OF_FIELDS,
};

/* custom.interlude.functions: after what stands at the function itself. */
static void
read_own_settings(struct service_reader *reader)
{
    const struct node *map = reader->async_settings;

    if (map && map->type != NODE_MAP)
        reader_mismatch(reader, map, "a map of functions");
    for (const struct node *child = node_is(map, NODE_MAP) ? map->first : NULL; child; child = child->next) {
        int32_t function = reader_function(reader, child->key.p);

        if (function == SERVICE_UNSET)
            reader_no_function(reader, child, child->key);
        else if (child->type != NODE_NULL)
            read_fields(reader, child, own_fields, &reader->functions[function]);
    }
}

void
read_functions(struct service_reader *reader)
{
    for (size_t i = 0; i < reader->service->function_count; i++)
        read_function(reader, i);
    read_own_settings(reader);
    read_webhooks(reader);
    reader->service->functions = reader->functions;
    reader->service->memory_mb = reader->defaults.memory_mb;
    reader->service->environment =
        read_environment(reader, reader->environment, NULL, reader->service->function_count == 0);
}

bool
reader_no_function(struct service_reader *reader, const struct node *node, struct str name)
{
    struct suggestion suggestion = { .wanted = name };

    for (size_t i = 0; i < reader->service->function_count; i++)
        suggest(&suggestion, reader->functions[i].key);
    return reader_error(reader, node, "there is no function %.*s%s%s", STR_ARG(name),
                        suggestion.best ? "; did you mean " : "", suggestion.best ? suggestion.best : "");
}

/* exclude, include, patterns: in this order, as the Framework puts them together. */
void
read_patterns(struct service_reader *reader, const struct node *package, struct service_texts *patterns)
{
    static const char *const keys[] = { "exclude", "include", "patterns" };
    struct service_texts lists[COUNT_OF(keys)] = { { NULL, 0 } };
    const char **items;
    size_t count = 0;

    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        const struct node *node = node_get(package, str_of(keys[i]));

        if (node && node->type != NODE_NULL)
            read_texts(reader, node, &lists[i]);
    }
    items = arena_alloc(reader->arena, (lists[0].count + lists[1].count + lists[2].count + 1) * sizeof *items);
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        for (size_t j = 0; j < lists[i].count; j++)
            items[count++] = i == 0 ? arena_printf(reader->arena, "!%s", lists[i].items[j]) : lists[i].items[j];
    *patterns = (struct service_texts){ items, count };
}
