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

enum { DEFAULT_MEMORY_MB = 1024, DEFAULT_TIMEOUT_MS = 6000, DEFAULT_KEEP = 5, MAX_CONFIG = 8 << 20, MAX_IGNORED = 600 };

/* ---- provider ---- */

static void
read_provider_name(struct service_reader *reader, const struct node *node, void *into)
{
    const char *name;

    (void)into;
    if (!read_text(reader, node, &name) || strcmp(name, "interlude") == 0)
        return;
    if (strcmp(name, "aws") == 0)
        reader_warn(reader, node, "the service runs on this server; nothing of it goes to AWS");
    else
        reader_error(reader, node, "must be interlude or aws, not \"%s\"", name);
}

void
read_runtime(struct service_reader *reader, const struct node *node, void *into)
{
    static const char *const runtimes[] = { "c17", "so", "provided.al2023", "provided.al2" };
    const char *runtime;

    (void)into;
    if (!read_text(reader, node, &runtime))
        return;
    for (size_t i = 0; i < COUNT_OF(runtimes); i++)
        if (strcmp(runtime, runtimes[i]) == 0)
            return;
    reader_error(reader, node, "the runtime %s is not available here: functions are shared objects, c17", runtime);
}

static void
read_stage(struct service_reader *reader, const struct node *node, void *into)
{
    struct service *service = into;

    if (!read_text(reader, node, &service->stage))
        return;
    if (!is_name(service->stage, "-_", SERVICE_MAX_NAME))
        reader_error(reader, node, "\"%s\" cannot be a stage: letters, digits, - and _ only", service->stage);
}

static void
read_log_days(struct service_reader *reader, const struct node *node, void *into)
{
    struct service *service = into;
    int64_t days;

    if (read_int(reader, node, 1, 3653, &days))
        service->log_retention_days = (uint32_t)days;
}

static const struct field deployment_bucket_fields[] = {
    RANGE_FIELD("maxPreviousDeploymentArtifacts", FIELD_INT, struct service, keep_versions, 0, 1000),
    FREE_FIELD("name"),
    FREE_FIELD("blockPublicAccess"),
    FREE_FIELD("enforceHttps"),
    FREE_FIELD("kmsKeyId"),
    FREE_FIELD("serverSideEncryption"),
    FREE_FIELD("skipPolicySetup"),
    FREE_FIELD("sseCustomerAlgorithim"),
    FREE_FIELD("sseCustomerKey"),
    FREE_FIELD("sseCustomerKeyMD5"),
    FREE_FIELD("sseKMSKeyId"),
    FREE_FIELD("tags"),
    FREE_FIELD("versioning"),
    FREE_FIELD("accelerate"),
    END_OF_FIELDS,
};

/* Only the number means something; `deploymentBucket: name` is AWS's. */
static void
read_deployment_bucket(struct service_reader *reader, const struct node *node, void *into)
{
    if (node->type != NODE_MAP || !node_get(node, STR("maxPreviousDeploymentArtifacts")) || node->count > 1)
        reader_ignore(reader, node);
    if (node->type == NODE_MAP)
        read_fields(reader, node, deployment_bucket_fields, into);
}

static const struct field gateway_request_fields[] = { CALL_FIELD("schemas", keep_models), END_OF_FIELDS };

static void
keep_api_keys(struct service_reader *reader, const struct node *node, void *into)
{
    (void)into;
    reader->api_keys = node;
}

static void
keep_usage_plan(struct service_reader *reader, const struct node *node, void *into)
{
    (void)into;
    reader->usage_plan = node;
}

static const struct field api_gateway_fields[] = {
    CALL_FIELD("apiKeys", keep_api_keys),
    CALL_FIELD("usagePlan", keep_usage_plan),
    OTHER_FIELD("binaryMediaTypes", FIELD_TEXTS, struct service, binary_types),
    RANGE_FIELD("minimumCompressionSize", FIELD_INT, struct service, min_compression_bytes, 0, 10485760),
    MAP_FIELD("request", gateway_request_fields),
    FREE_FIELD("shouldStartNameWithService"),
    AWS_FIELD("apiKeySourceType"),
    AWS_FIELD("description"),
    OTHER_FIELD("disableDefaultEndpoint", FIELD_BOOL, struct service, is_mounted_only[ENDPOINT_HTTP]),
    AWS_FIELD("endpoint"),
    AWS_FIELD("metrics"),
    AWS_FIELD("resourcePolicy"),
    AWS_FIELD("restApiId"),
    AWS_FIELD("restApiResources"),
    AWS_FIELD("restApiRootResourceId"),
    AWS_FIELD("stage"),
    AWS_FIELD("timeoutInMillis"),
    AWS_FIELD("websocketApiId"),
    END_OF_FIELDS,
};

static void
keep_http_api_cors(struct service_reader *reader, const struct node *node, void *into)
{
    (void)into;
    reader->http_api_cors = node;
}

static void
read_payload(struct service_reader *reader, const struct node *node, void *into)
{
    const char *payload;

    (void)into;
    if (!read_text(reader, node, &payload))
        return;
    reader->is_payload_v1 = strcmp(payload, "1.0") == 0 || strcmp(payload, "1") == 0;
    if (!reader->is_payload_v1 && strcmp(payload, "2.0") != 0 && strcmp(payload, "2") != 0)
        reader_mismatch(reader, node, "'1.0' or '2.0'");
}

static const struct field http_api_fields[] = {
    CALL_FIELD("cors", keep_http_api_cors),
    CALL_FIELD("payload", read_payload),
    CALL_FIELD("authorizers", read_authorizers),
    OTHER_FIELD("disableDefaultEndpoint", FIELD_BOOL, struct service, is_mounted_only[ENDPOINT_HTTP_API]),
    FREE_FIELD("shouldStartNameWithService"),
    AWS_FIELD("domain"),
    AWS_FIELD("id"),
    AWS_FIELD("metrics"),
    AWS_FIELD("name"),
    AWS_FIELD("timeout"),
    AWS_FIELD("useProviderTags"),
    END_OF_FIELDS,
};

/* What the Framework writes when nothing else is asked for. */
static const char rest_format[] =
    "requestId: $context.requestId, ip: $context.identity.sourceIp, caller: $context.identity.caller, user: "
    "$context.identity.user, requestTime: $context.requestTime, httpMethod: $context.httpMethod, resourcePath: "
    "$context.resourcePath, status: $context.status, protocol: $context.protocol, responseLength: "
    "$context.responseLength";
static const char http_api_format[] =
    "{\"requestTime\":\"$context.requestTime\",\"requestId\":\"$context.requestId\",\"httpMethod\":"
    "\"$context.httpMethod\",\"path\":\"$context.path\",\"routeKey\":\"$context.routeKey\",\"status\":$context.status,"
    "\"responseLatency\":$context.responseLatency}";

static const char *
log_format(struct service_reader *reader, const struct node *node, const char *standard)
{
    const struct node *format = node_get(node, STR("format"));
    const struct node *is_wanted = node->type == NODE_MAP ? node_get(node, STR("accessLogging")) : node;
    const char *text = standard;
    bool is_on = true;

    if (is_wanted && is_wanted->type != NODE_NULL && !read_bool(reader, is_wanted, &is_on))
        return NULL;
    if (format && format->type != NODE_NULL && !read_text(reader, format, &text))
        return NULL;
    return is_on ? text : NULL;
}

static void
read_rest_log(struct service_reader *reader, const struct node *node, void *into)
{
    ((struct service *)into)->rest_log_format = log_format(reader, node, rest_format);
}

static void
read_http_api_log(struct service_reader *reader, const struct node *node, void *into)
{
    ((struct service *)into)->http_api_log_format = log_format(reader, node, http_api_format);
}

static const struct field logs_fields[] = {
    CALL_FIELD("restApi", read_rest_log),
    CALL_FIELD("httpApi", read_http_api_log),
    AWS_FIELD("frameworkLambda"),
    AWS_FIELD("lambda"),
    AWS_FIELD("websocket"),
    END_OF_FIELDS,
};

static void
read_default_timeout(struct service_reader *reader, const struct node *node, void *into)
{
    int64_t seconds;

    (void)into;
    if (read_int(reader, node, 1, 900, &seconds))
        reader->defaults.timeout_ms = (uint32_t)seconds * 1000;
}

static void
read_default_memory(struct service_reader *reader, const struct node *node, void *into)
{
    int64_t megabytes;

    (void)into;
    if (read_int(reader, node, 16, 10240, &megabytes))
        reader->defaults.memory_mb = (uint32_t)megabytes;
}

static void
keep_environment(struct service_reader *reader, const struct node *node, void *into)
{
    (void)into;
    reader->environment = node;
}

static const struct field provider_fields[] = {
    CALL_FIELD("name", read_provider_name),
    CALL_FIELD("runtime", read_runtime),
    CALL_FIELD("stage", read_stage),
    TEXT_FIELD("region", struct service, region, 64),
    CALL_FIELD("memorySize", read_default_memory),
    CALL_FIELD("timeout", read_default_timeout),
    CALL_FIELD("environment", keep_environment),
    CALL_FIELD("logRetentionInDays", read_log_days),
    CALL_FIELD("logRetention", read_log_days),
    OTHER_FIELD("versionFunctions", FIELD_BOOL, struct service, versions_functions),
    CALL_FIELD("deploymentBucket", read_deployment_bucket),
    MAP_FIELD("apiGateway", api_gateway_fields),
    MAP_FIELD("httpApi", http_api_fields),
    MAP_FIELD("logs", logs_fields),
    AWS_FIELD("alb"),
    AWS_FIELD("apiName"),
    AWS_FIELD("architecture"),
    AWS_FIELD("build"),
    AWS_FIELD("cfnRole"),
    AWS_FIELD("cloudFront"),
    AWS_FIELD("deploymentMethod"),
    AWS_FIELD("deploymentPrefix"),
    AWS_FIELD("disableDefaultOutputExportNames"),
    AWS_FIELD("disableRollback"),
    AWS_FIELD("domain"),
    AWS_FIELD("domains"),
    AWS_FIELD("ecr"),
    AWS_FIELD("endpointType"),
    AWS_FIELD("eventBridge"),
    AWS_FIELD("iam"),
    AWS_FIELD("iamManagedPolicies"),
    AWS_FIELD("iamRoleStatements"),
    AWS_FIELD("kmsKeyArn"),
    AWS_FIELD("lambdaHashingVersion"),
    AWS_FIELD("layers"),
    AWS_FIELD("logDataProtectionPolicy"),
    AWS_FIELD("notificationArns"),
    AWS_FIELD("profile"),
    AWS_FIELD("resolver"),
    AWS_FIELD("resourcePolicy"),
    AWS_FIELD("role"),
    AWS_FIELD("rolePermissionsBoundary"),
    AWS_FIELD("rollbackConfiguration"),
    AWS_FIELD("runtimeManagement"),
    AWS_FIELD("s3"),
    AWS_FIELD("snapStart"),
    AWS_FIELD("stackName"),
    AWS_FIELD("stackParameters"),
    AWS_FIELD("stackPolicy"),
    AWS_FIELD("stackTags"),
    AWS_FIELD("tags"),
    AWS_FIELD("tracing"),
    AWS_FIELD("vpc"),
    AWS_FIELD("vpcEndpointIds"),
    AWS_FIELD("websocket"),
    AWS_FIELD("websocketsApiName"),
    AWS_FIELD("websocketsApiRouteSelectionExpression"),
    AWS_FIELD("websocketsDescription"),
    END_OF_FIELDS,
};

/* ---- custom.interlude, custom.prune ---- */

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
    OTHER_FIELD("watch", FIELD_DURATION, struct service, watch_ms),
    OTHER_FIELD("drainTimeout", FIELD_DURATION, struct service, drain_timeout_ms),
    END_OF_FIELDS,
};

static const struct field prune_fields[] = {
    RANGE_FIELD("number", FIELD_INT, struct service, keep_versions, 0, 1000),
    FREE_FIELD("automatic"),
    FREE_FIELD("includeLayers"),
    END_OF_FIELDS,
};

static void
read_custom(struct service_reader *reader, const struct node *node, void *into)
{
    const struct node *ours = node_get(node, STR("interlude")), *prune = node_get(node, STR("prune"));

    if (ours && ours->type != NODE_NULL)
        read_fields(reader, ours, interlude_fields, into);
    if (node_is(prune, NODE_MAP) && node_is(node_get(prune, STR("automatic")), NODE_BOOL) &&
        node_get(prune, STR("automatic"))->boolean)
        read_fields(reader, prune, prune_fields, into);
}

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
check_mount(struct service_reader *reader, const struct node *root)
{
    const struct service *service = reader->service;

    if (!service->mount && (service->is_mounted_only[ENDPOINT_HTTP] || service->is_mounted_only[ENDPOINT_HTTP_API]))
        reader_warn(reader, node_get(root, STR("provider")),
                    "disableDefaultEndpoint leaves no address: say where the service is with custom.interlude.mount");
}

static void
check_watch(struct service_reader *reader, const struct node *root)
{
    const struct node *ours = node_get(node_get(root, STR("custom")), STR("interlude"));

    if (reader->service->watch_ms > SERVICE_MAX_WATCH_MS)
        reader_error(reader, node_get(ours, STR("watch")), "a new version is watched for an hour at most");
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
    check_mount(reader, root);
    check_watch(reader, root);
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
                                     .defaults = { .timeout_ms = DEFAULT_TIMEOUT_MS, .memory_mb = DEFAULT_MEMORY_MB } };
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
