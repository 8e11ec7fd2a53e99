/* SPDX-License-Identifier: MIT */
/* What serverless.yml says at `provider` (service.h): for all functions, or for the service as a whole. */
#include "base/mem.h"
#include "function/service_reader.h"

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

const struct field provider_fields[] = {
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
