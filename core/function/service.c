/* SPDX-License-Identifier: MIT */
/* The top of a serverless.yml, and the life of what is made of it (service.h). Functions: service_function.c. */
#include "function/service.h"

#include <ctype.h>
#include <stdlib.h>

#include "base/mem.h"
#include "function/schema.h"
#include "function/service_reader.h"
#include "function/service_version.h"
#include "function/yaml.h"

enum { DEFAULT_KEEP = 5, MAX_CONFIG = 8 << 20, MAX_IGNORED = 600 };

/* ---- the top ---- */

static void
read_name(struct service_reader *reader, const struct node *node, void *into)
{
    struct service *service = into;
    const char *name;

    if (!read_text(reader, node, &name))
        return;
    if (!isalpha((unsigned char)*name) || strlen(name) < 2 || !is_name(name, "-", SERVICE_MAX_NAME))
        reader_error(reader, node,
                     "\"%.80s\" cannot be the name of a service: at least two letters, digits and -, a "
                     "letter first",
                     name);
    service->name = name;
}

static void
read_framework_version(struct service_reader *reader, const struct node *node, void *into)
{
    const char *range;

    (void)into;
    if (read_text(reader, node, &range) && !version_range_has(range, 3, 4))
        reader_warn(reader, node, "\"%s\" excludes the versions 3 and 4, whose files are understood here", range);
}

static void
read_plugins(struct service_reader *reader, const struct node *node, void *into)
{
    static const char *const built_in[] = { "serverless-offline", "serverless-prune-plugin",
                                            "serverless-dotenv-plugin" };
    const struct node *list = node->type == NODE_MAP ? node_get(node, STR("modules")) : node;

    (void)into;
    if (list && list->type != NODE_LIST)
        reader_mismatch(reader, list, "a list of names");
    for (const struct node *child = node_is(list, NODE_LIST) ? list->first : NULL; child; child = child->next) {
        const char *name;
        bool is_known = false;

        if (!read_text(reader, child, &name))
            continue;
        for (size_t i = 0; i < COUNT_OF(built_in); i++)
            is_known = is_known || strcmp(name, built_in[i]) == 0;
        if (!is_known)
            reader_warn(reader, child, "the plugin %s is not run: what it does to the service is missing here", name);
    }
}

/* One map, or a list of them. */
static void
read_resources(struct service_reader *reader, const struct node *node, void *into)
{
    struct service *service = into;
    const struct node *first = node->type == NODE_LIST ? node->first : node;
    const char *outputs;

    if (node_is_scalar(node) || !node->count)
        return;
    reader_warn(reader, node, "CloudFormation is not asked for anything here; only Outputs are shown by info");
    for (; first; first = node->type == NODE_LIST ? first->next : NULL) {
        if (!node_is(node_get(first, STR("Outputs")), NODE_MAP))
            continue;
        outputs = read_json(reader, node_get(first, STR("Outputs")));
        service->outputs = str_of(outputs);
    }
}

static const struct field package_fields[] = {
    FREE_FIELD("patterns"),
    FREE_FIELD("include"),
    FREE_FIELD("exclude"),
    OTHER_FIELD("individually", FIELD_BOOL, struct service, is_packaged_individually),
    TEXT_FIELD("artifact", struct service, artifact, 1024),
    FREE_FIELD("excludeDevDependencies"),
    FREE_FIELD("artifactsS3KeyDirname"),
    FREE_FIELD("path"),
    END_OF_FIELDS,
};

static void
read_package(struct service_reader *reader, const struct node *node, void *into)
{
    struct service *service = into;

    read_fields(reader, node, package_fields, into);
    read_patterns(reader, node, &service->patterns);
}

static void
read_mode(struct service_reader *reader, const struct node *node, void *into)
{
    const char *mode;

    (void)into;
    if (read_text(reader, node, &mode) && strcmp(mode, "error") != 0 && strcmp(mode, "warn") != 0 &&
        strcmp(mode, "off") != 0)
        reader_mismatch(reader, node, "error, warn or off");
}

static void
keep_functions(struct service_reader *reader, const struct node *node, void *into)
{
    (void)into;
    (void)reader;
    (void)node; /* when everything that they refer to is known */
}

static const struct field top_fields[] = {
    CALL_FIELD("service", read_name),
    CALL_FIELD("frameworkVersion", read_framework_version),
    MAP_FIELD("provider", provider_fields),
    CALL_FIELD("functions", keep_functions),
    CALL_FIELD("package", read_package),
    CALL_FIELD("plugins", read_plugins),
    CALL_FIELD("custom", read_custom),
    CALL_FIELD("resources", read_resources),
    CALL_FIELD("configValidationMode", read_mode),
    FREE_FIELD("params"),
    FREE_FIELD("stages"),
    FREE_FIELD("useDotenv"),
    FREE_FIELD("app"),
    FREE_FIELD("build"),
    FREE_FIELD("console"),
    FREE_FIELD("dashboard"),
    FREE_FIELD("deprecationNotificationMode"),
    FREE_FIELD("disabledDeprecations"),
    FREE_FIELD("licenseKey"),
    FREE_FIELD("org"),
    FREE_FIELD("projectDir"),
    FREE_FIELD("state"),
    FREE_FIELD("tenant"),
    FREE_FIELD("variablesResolutionMode"),
    AWS_FIELD("layers"),
    AWS_FIELD("outputs"),
    END_OF_FIELDS,
};

/* It decides about all that follows. */
static enum reader_mode
find_mode(const struct node *root)
{
    const struct node *node = node_get(root, STR("configValidationMode"));

    if (!node_is(node, NODE_TEXT))
        return READER_WARN;
    return str_is(node->text, "error") ? READER_ERROR : str_is(node->text, "off") ? READER_OFF : READER_WARN;
}

static struct service *
service_new(void)
{
    struct service *service = mem_alloc(sizeof *service);

    service->refs = 1;
    service->stage = "dev";
    service->region = "local";
    service->routes_dir = "routes";
    service->versions_functions = true;
    service->keep_versions = DEFAULT_KEEP;
    service->drain_timeout_ms = service->watch_ms = service->min_compression_bytes = SERVICE_UNSET;
    arena_init(&service->arena, 0);
    return service;
}

static void
require(struct service_reader *reader, const struct node *root, const char *key, const char *what)
{
    const struct node *node = node_get(root, str_of(key));

    if (!node || node->type == NODE_NULL)
        reader_error(reader, root, "%s is missing: %s", key, what);
}

static void
read_all(struct service_reader *reader, const struct node *root)
{
    const struct node *functions = node_get(root, STR("functions"));

    require(reader, root, "service", "the name of the service");
    require(reader, root, "provider", "at least `provider: { name: interlude }`");
    if (functions && functions->type != NODE_NULL)
        name_functions(reader, functions); /* authorizers refer to them */
    read_fields(reader, root, top_fields, reader->service);
    read_functions(reader);
    finish_endpoints(reader);
    read_keys(reader);
    finish_routes(reader);
    check_whole(reader, root);
    reader->service->authorizers = reader->authorizers;
    if (reader->ignored.len)
        service_warn(reader->problems, reader->ignored_at, "means nothing here and is ignored: %s%s",
                     buf_text(&reader->ignored), reader->ignored.over ? ", …" : "");
}

static struct service *
read_root(const struct node *root, bool is_strict, struct service_problems *problems)
{
    struct service *service = service_new();
    struct service_reader reader = { .service = service,
                                     .arena = &service->arena,
                                     .problems = problems,
                                     .mode = find_mode(root),
                                     .is_strict = is_strict,
                                     .defaults = { .timeout_ms = SERVICE_DEFAULT_TIMEOUT_MS,
                                                   .memory_mb = SERVICE_DEFAULT_MEMORY_MB } };
    size_t errors = problems->error_count;
    struct buf config;

    buf_init(&reader.ignored, MAX_IGNORED);
    read_all(&reader, root);
    buf_fini(&reader.ignored);
    buf_init(&config, MAX_CONFIG);
    node_write(root, NODE_JSON_COMPACT, &config);
    if (config.over)
        service_error(problems, root->at, "the resolved configuration has more than %d MiB", MAX_CONFIG >> 20);
    else
        service->config = (struct str){ arena_strndup(&service->arena, config.p, config.len), config.len };
    buf_fini(&config);
    if (problems->error_count == errors)
        return service;
    service_put(service);
    return NULL;
}

struct service *
service_read(const struct service_tree *tree, const struct service_options *options, struct service_problems *problems)
{
    return read_root(tree->root, options->is_strict, problems);
}

struct service *
service_from_json(struct str config, struct service_problems *problems)
{
    const struct source source = { "config", config };
    struct service *service = NULL;
    struct arena arena;
    struct forest forest = { .arena = &arena, .problems = problems };
    struct node *root;

    arena_init(&arena, 0);
    root = yaml_read_json(&forest, &source);
    if (root && root->type != NODE_MAP)
        service_error(problems, root->at, "must be a map");
    else if (root && !forest.is_full)
        service = read_root(root, false, problems);
    arena_fini(&arena);
    return service;
}

/* ---- its life ---- */

struct service *
service_get(struct service *service)
{
    atomic_fetch_add_explicit(&service->refs, 1, memory_order_relaxed);
    return service;
}

void
service_put(struct service *service)
{
    if (!service || atomic_fetch_sub_explicit(&service->refs, 1, memory_order_acq_rel) > 1)
        return;
    for (size_t i = 0; i < service->schema_count; i++)
        schema_free(service->schemas[i]);
    arena_fini(&service->arena);
    free(service);
}

const struct service_function *
service_function_find(const struct service *service, struct str name)
{
    for (size_t i = 0; i < service->function_count; i++)
        if (str_is(name, service->functions[i].key) || str_is(name, service->functions[i].name))
            return &service->functions[i];
    return NULL;
}
