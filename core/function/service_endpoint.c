/* SPDX-License-Identifier: MIT */
/* Addresses of functions (service.h): http and httpApi events, and what can be said only when all of them are known. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "function/service_reader.h"

static const char *const methods[] = { "ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT" };

/* ---- methods and paths ---- */

static const char *
find_method(struct str name, bool is_http_api)
{
    if (is_http_api && str_is(name, "*"))
        return "ANY";
    for (size_t i = 0; i < COUNT_OF(methods); i++)
        if (strlen(methods[i]) == name.len && strncasecmp(methods[i], name.p, name.len) == 0)
            return methods[i];
    return NULL;
}

/* What is wrong with a segment; NULL: nothing. */
static const char *
segment_fault(struct str segment, bool is_last)
{
    const char *brace = memchr(segment.p, '{', segment.len);
    struct str name = { segment.p + 1, segment.len - 2 };

    if (!brace)
        return memchr(segment.p, '}', segment.len) ? "there is a } without its {" : NULL;
    if (brace != segment.p || segment.len < 3 || segment.p[segment.len - 1] != '}')
        return "a parameter fills the whole of its segment: /{id}/";
    if (name.p[name.len - 1] == '+') {
        if (!is_last)
            return "a parameter that takes the rest, {name+}, can only be the last segment";
        name.len--;
    }
    for (size_t i = 0; i < name.len; i++)
        if (!isalnum((unsigned char)name.p[i]) && !strchr("_.-:", name.p[i]))
            return "names of parameters are letters, digits and _ . - :";
    return name.len ? NULL : "a parameter needs a name";
}

static struct str
take_segment(const char **path)
{
    struct str segment = { *path, strcspn(*path, "/") };

    *path += segment.len + (segment.p[segment.len] == '/');
    return segment;
}

static bool
has_twice(struct str parameter)
{
    for (const char *rest = parameter.p + parameter.len; *rest;) {
        struct str other = take_segment(&rest);

        if (str_eq(other, parameter))
            return true;
    }
    return false;
}

static const char *
path_fault(const char *path)
{
    if (strlen(path) > SERVICE_MAX_PATH)
        return "it is longer than 512 bytes";
    for (const char *p = path; *p; p++)
        if ((unsigned char)*p <= ' ' || *p == 0x7F || strchr("?#\\\"<>", *p))
            return "it contains a blank, a control character or one of ? # \\ \" < >";
    for (const char *rest = path + 1; *rest;) {
        struct str segment = take_segment(&rest);
        const char *fault = segment.len ? segment_fault(segment, !*rest && rest[-1] != '/') : NULL;

        if (fault)
            return fault;
        if (str_is(segment, ".") || str_is(segment, ".."))
            return ". and .. cannot be segments";
        if (str_is(segment, "*"))
            return "there is no *; {proxy+} takes the rest of a path";
        if (segment.len && *segment.p == '{' && has_twice(segment))
            return "two parameters have the same name";
    }
    return NULL;
}

static bool
set_path(struct service_reader *reader, const struct node *node, const char *path, struct service_endpoint *endpoint)
{
    const char *fault;

    path = *path == '/' ? path : arena_printf(reader->arena, "/%s", path);
    fault = path_fault(path);
    if (fault)
        return reader_error(reader, node, "the path %.100s cannot be: %s", path, fault);
    endpoint->path = path;
    return true;
}

/* "POST /quote" */
static bool
read_short(struct service_reader *reader, const struct node *node, bool is_http_api, struct service_endpoint *endpoint)
{
    const char *text, *rest;
    size_t len, end;

    if (!node_is_scalar(node) || node->type == NODE_NULL)
        return reader_mismatch(reader, node, "METHOD PATH, such as GET /quote, or a map with method and path");
    if (!read_text(reader, node, &text))
        return false;
    text += strspn(text, " \t");
    len = strcspn(text, " \t");
    rest = text + len + strspn(text + len, " \t");
    endpoint->method = find_method((struct str){ text, len }, is_http_api);
    if (is_http_api && strcmp(text, "*") == 0) {
        endpoint->path = "*";
        return true;
    }
    end = strcspn(rest, " \t");
    if (!endpoint->method || !*rest || rest[end + strspn(rest + end, " \t")])
        return reader_error(reader, node, "\"%.100s\" is not METHOD PATH, such as %s", text,
                            is_http_api ? "GET /quote/{id}, or * for everything" : "GET /quote/{id}");
    return set_path(reader, node, arena_strndup(reader->arena, rest, end), endpoint);
}

/* ---- http as a map ---- */

struct draft {
    struct service_endpoint *endpoint;
    const struct node *path, *method, *cors, *authorizer, *integration, *request, *response;
    bool is_private, is_async;
    const char *operation_id;
};

static const struct field http_fields[] = {
    OTHER_FIELD("path", FIELD_KEEP, struct draft, path),
    OTHER_FIELD("method", FIELD_KEEP, struct draft, method),
    OTHER_FIELD("cors", FIELD_KEEP, struct draft, cors),
    OTHER_FIELD("private", FIELD_BOOL, struct draft, is_private),
    OTHER_FIELD("authorizer", FIELD_KEEP, struct draft, authorizer),
    OTHER_FIELD("integration", FIELD_KEEP, struct draft, integration),
    OTHER_FIELD("request", FIELD_KEEP, struct draft, request),
    OTHER_FIELD("response", FIELD_KEEP, struct draft, response),
    OTHER_FIELD("async", FIELD_BOOL, struct draft, is_async),
    TEXT_FIELD("operationId", struct draft, operation_id, 256),
    FREE_FIELD("documentation"),
    AWS_FIELD("connectionId"),
    AWS_FIELD("connectionType"),
    END_OF_FIELDS,
};

static const struct field http_api_fields[] = {
    OTHER_FIELD("path", FIELD_KEEP, struct draft, path),
    OTHER_FIELD("method", FIELD_KEEP, struct draft, method),
    OTHER_FIELD("private", FIELD_BOOL, struct draft, is_private),
    OTHER_FIELD("authorizer", FIELD_KEEP, struct draft, authorizer),
    TEXT_FIELD("operationId", struct draft, operation_id, 256),
    FREE_FIELD("documentation"),
    AWS_FIELD("timeout"),
    END_OF_FIELDS,
};

static void
check_integration(struct service_reader *reader, const struct node *node)
{
    static const char *const proxies[] = { "lambda-proxy", "lambda_proxy", "aws-proxy", "aws_proxy" };
    const char *name;

    if (!node || !read_text(reader, node, &name))
        return;
    for (size_t i = 0; i < COUNT_OF(proxies); i++)
        if (strcasecmp(name, proxies[i]) == 0)
            return;
    reader_error(reader, node, "the integration %.60s is not available: functions get the whole request, lambda-proxy",
                 name);
}

static const struct field response_fields[] = {
    FREE_FIELD("headers"), FREE_FIELD("statusCodes"), FREE_FIELD("template"), FREE_FIELD("transferMode"), END_OF_FIELDS,
};

static void
check_response(struct service_reader *reader, const struct node *node)
{
    const struct node *mode = node_get(node, STR("transferMode"));

    if (!node)
        return;
    read_fields(reader, node, response_fields, NULL);
    if (node_is(mode, NODE_TEXT) && strcasecmp(mode->text.p, "stream") == 0)
        reader_warn(reader, mode, "answers are sent when they are complete; streaming is not available yet");
}

/* true, or { required: true } */
static bool
is_required(struct service_reader *reader, const struct node *node)
{
    const struct node *flag = node->type == NODE_MAP ? node_get(node, STR("required")) : node;
    bool is_set = false;

    return flag && flag->type != NODE_NULL && read_bool(reader, flag, &is_set) && is_set;
}

static void
read_parameters(struct service_reader *reader, const struct node *node, struct service_endpoint *endpoint)
{
    static const struct field places[] = { FREE_FIELD("querystrings"), FREE_FIELD("headers"), FREE_FIELD("paths"),
                                           END_OF_FIELDS };
    struct service_parameter *items = NULL;

    read_fields(reader, node, places, NULL);
    for (size_t i = 0; places[i].name; i++) {
        const struct node *map = node_get(node, str_of(places[i].name));

        for (const struct node *child = node_is(map, NODE_MAP) ? map->first : NULL; child; child = child->next) {
            if (!is_required(reader, child))
                continue;
            items = reader_grow(reader, items, endpoint->parameter_count, sizeof *items);
            items[endpoint->parameter_count++] =
                (struct service_parameter){ (enum service_parameter_place)i,
                                            arena_strndup(reader->arena, child->key.p, child->key.len) };
        }
    }
    endpoint->parameters = items;
}

static void
read_request(struct service_reader *reader, const struct node *node, struct service_endpoint *endpoint)
{
    static const struct field fields[] = {
        FREE_FIELD("parameters"),  FREE_FIELD("schemas"), FREE_FIELD("schema"),          FREE_FIELD("template"),
        FREE_FIELD("passThrough"), FREE_FIELD("uri"),     FREE_FIELD("contentHandling"), END_OF_FIELDS,
    };
    const struct node *parameters = node_get(node, STR("parameters")), *template = node_get(node, STR("template"));
    const struct node *schema = node_get(node, STR("schemas"));

    if (!node)
        return;
    read_fields(reader, node, fields, NULL);
    if (!schema)
        schema = node_get(node, STR("schema"));
    if (schema && schema->type != NODE_NULL)
        read_schemas(reader, schema, endpoint);
    if (template && template->type != NODE_NULL)
        reader_error(reader, template, "templates of requests are not available: the function gets the whole request");
    if (parameters && parameters->type != NODE_NULL)
        read_parameters(reader, parameters, endpoint);
}

static bool
set_method(struct service_reader *reader, const struct node *event, const struct draft *draft, bool is_http_api)
{
    const char *method;

    if (!draft->method) {
        draft->endpoint->method = "ANY";
        return is_http_api || reader_error(reader, event, "method is missing");
    }
    if (!read_text(reader, draft->method, &method))
        return false;
    draft->endpoint->method = find_method(str_of(method), is_http_api);
    return draft->endpoint->method ||
           reader_error(reader, draft->method,
                        "\"%.40s\" is no method: get, post, put, patch, options, head, delete, any", method);
}

static bool
read_long(struct service_reader *reader, const struct node *node, bool is_http_api, struct draft *draft)
{
    struct service_endpoint *endpoint = draft->endpoint;
    const char *path = NULL;
    bool is_good;

    read_fields(reader, node, is_http_api ? http_api_fields : http_fields, draft);
    is_good = set_method(reader, node, draft, is_http_api);
    if (draft->path && !read_text(reader, draft->path, &path))
        return false;
    if (!path && !is_http_api)
        return reader_error(reader, node, "path is missing");
    if (!path || (is_http_api && strcmp(path, "*") == 0))
        endpoint->path = "*";
    else
        is_good = set_path(reader, draft->path, path, endpoint) && is_good;
    if (draft->is_private && is_http_api)
        is_good = reader_error(reader, node, "keys guard http events only; an httpApi event can have an authorizer");
    endpoint->is_private = draft->is_private;
    endpoint->is_async = draft->is_async;
    endpoint->operation_id = draft->operation_id;
    check_integration(reader, draft->integration);
    check_response(reader, draft->response);
    read_request(reader, draft->request, endpoint);
    return is_good;
}

static bool
keep(struct service_reader *reader, const struct node *node, const struct node *cors, struct service_endpoint *endpoint)
{
    size_t count = reader->endpoint_count;

    if (count == SERVICE_MAX_ENDPOINTS)
        reader_error(reader, node, "more than %d addresses in one service", SERVICE_MAX_ENDPOINTS);
    if (count >= SERVICE_MAX_ENDPOINTS)
        return false;
    reader->endpoints = reader_grow(reader, reader->endpoints, count, sizeof *reader->endpoints);
    reader->endpoints[reader->endpoint_count++] = (struct pending_endpoint){ endpoint, node, cors };
    return true;
}

bool
read_endpoint(struct service_reader *reader, const struct node *node, bool is_http_api,
              struct service_endpoint *endpoint)
{
    struct draft draft = { .endpoint = endpoint };

    endpoint->kind = is_http_api ? ENDPOINT_HTTP_API : ENDPOINT_HTTP;
    endpoint->is_payload_v1 = is_http_api && reader->is_payload_v1;
    if (!(node->type == NODE_MAP ? read_long(reader, node, is_http_api, &draft)
                                 : read_short(reader, node, is_http_api, endpoint)))
        return false;
    if (draft.authorizer)
        endpoint->authorizer = is_http_api ? find_authorizer(reader, draft.authorizer, &endpoint->scopes)
                                           : read_authorizer(reader, draft.authorizer);
    endpoint->route_key = strcmp(endpoint->path, "*") == 0
                              ? "$default"
                              : arena_printf(reader->arena, "%s %s", endpoint->method, endpoint->path);
    return keep(reader, node, draft.cors, endpoint);
}

/* ---- all of them ---- */

/* Do they match the same paths? Names of parameters do not count. */
static bool
is_same_path(const char *a, const char *b)
{
    while (*a && *b) {
        struct str left = take_segment(&a), right = take_segment(&b);
        bool is_parameter = left.len && right.len && *left.p == '{' && *right.p == '{';

        if (is_parameter ? (left.p[left.len - 2] == '+') != (right.p[right.len - 2] == '+') : !str_eq(left, right))
            return false;
        if ((a[-1] == '/') != (b[-1] == '/')) /* one ends, or has a slash at its end */
            return false;
    }
    return *a == *b;
}

static void
check_twice(struct service_reader *reader, size_t index)
{
    const struct pending_endpoint *pending = &reader->endpoints[index];

    for (size_t i = 0; i < index; i++) {
        const struct pending_endpoint *other = &reader->endpoints[i];

        if (strcmp(other->endpoint->method, pending->endpoint->method) != 0 ||
            !is_same_path(other->endpoint->path, pending->endpoint->path))
            continue;
        reader_error(reader, pending->node, "%s is there already, in line %u", pending->endpoint->route_key,
                     other->node->at.line);
        return;
    }
}

void
finish_endpoints(struct service_reader *reader)
{
    struct service *service = reader->service;

    if (reader->http_api_cors)
        service->http_api_cors = read_http_api_cors(reader, reader->http_api_cors, false);
    for (size_t i = 0; i < reader->endpoint_count; i++) {
        struct service_endpoint *endpoint = reader->endpoints[i].endpoint;

        check_twice(reader, i);
        if (endpoint->kind == ENDPOINT_HTTP_API)
            endpoint->cors = service->http_api_cors;
        else if (!endpoint->cors)
            merge_cors(reader, endpoint->path);
    }
}
