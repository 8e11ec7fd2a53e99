/* SPDX-License-Identifier: MIT */
/* Who decides whether a request may pass (functions.md 1.12). What is said twice in the same words is one. */
#include <strings.h>

#include "base/mem.h"
#include "config/suggest.h"
#include "function/pattern.h"
#include "function/service_reader.h"

enum { DEFAULT_TTL_S = 300, MAX_TTL_S = 3600 };

static const char iam_refused[] = "aws_iam is not available; use private keys or a request authorizer";

struct draft {
    struct service_authorizer authorizer;
    const char *type, *function, *payload;
    const struct node *arn, *sources, *ttl;
};

static const struct field http_fields[] = {
    TEXT_FIELD("name", struct draft, function, 140),
    OTHER_FIELD("arn", FIELD_KEEP, struct draft, arn),
    TEXT_FIELD("type", struct draft, type, 40),
    OTHER_FIELD("identitySource", FIELD_KEEP, struct draft, sources),
    TEXT_FIELD("identityValidationExpression", struct draft, authorizer.identity_validation, 1024),
    RANGE_FIELD("resultTtlInSeconds", FIELD_INT, struct draft, authorizer.ttl_s, 0, MAX_TTL_S),
    FREE_FIELD("claims"),
    FREE_FIELD("scopes"),
    AWS_FIELD("authorizerId"),
    AWS_FIELD("managedExternally"),
    END_OF_FIELDS,
};

static const struct field http_api_fields[] = {
    TEXT_FIELD("type", struct draft, type, 40),
    TEXT_FIELD("functionName", struct draft, function, 140),
    OTHER_FIELD("functionArn", FIELD_KEEP, struct draft, arn),
    TEXT_FIELD("payloadVersion", struct draft, payload, 8),
    OTHER_FIELD("enableSimpleResponses", FIELD_BOOL, struct draft, authorizer.has_simple_responses),
    OTHER_FIELD("identitySource", FIELD_KEEP, struct draft, sources),
    RANGE_FIELD("resultTtlInSeconds", FIELD_INT, struct draft, authorizer.ttl_s, 0, MAX_TTL_S),
    TEXT_FIELD("issuerUrl", struct draft, authorizer.issuer_url, 1024),
    OTHER_FIELD("audience", FIELD_TEXTS, struct draft, authorizer.audience),
    FREE_FIELD("name"),
    AWS_FIELD("managedExternally"),
    END_OF_FIELDS,
};

static bool
is_same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool
is_same(const struct service_authorizer *a, const struct service_authorizer *b)
{
    if (a->is_http_api || b->is_http_api || strcmp(a->name, b->name) != 0 || a->kind != b->kind ||
        a->function != b->function || a->ttl_s != b->ttl_s || a->identity_sources.count != b->identity_sources.count ||
        !is_same_text(a->identity_validation, b->identity_validation))
        return false;
    for (size_t i = 0; i < a->identity_sources.count; i++)
        if (strcmp(a->identity_sources.items[i], b->identity_sources.items[i]) != 0)
            return false;
    return true;
}

static int32_t
add(struct service_reader *reader, const struct service_authorizer *authorizer)
{
    size_t count = reader->service->authorizer_count;

    for (size_t i = 0; i < count; i++)
        if (is_same(&reader->authorizers[i], authorizer))
            return (int32_t)i;
    reader->authorizers = reader_grow(reader, reader->authorizers, count, sizeof *reader->authorizers);
    reader->authorizers[count] = *authorizer;
    reader->service->authorizer_count++;
    return (int32_t)count;
}

/* "method.request.header.A, method.request.querystring.b", or a list. */
static void
read_sources(struct service_reader *reader, const struct node *node, bool is_http_api,
             struct service_authorizer *authorizer)
{
    static const char *const rest[] = { "method.request.header.", "method.request.querystring.", "context.",
                                        "stageVariables.", "method.request.path." };
    static const char *const http_api[] = { "$request.header.", "$request.querystring.", "$context.",
                                            "$stageVariables." };
    const char *const *known = is_http_api ? http_api : rest;
    struct service_texts texts = { NULL, 0 };
    const char **items = NULL;
    size_t count = 0;

    if (!read_texts(reader, node, &texts))
        return;
    for (size_t i = 0; i < texts.count; i++) {
        for (const char *p = texts.items[i]; *p; p += strspn(p, ", ")) {
            size_t len = strcspn(p, ", "), kind = 0, kinds = is_http_api ? COUNT_OF(http_api) : COUNT_OF(rest);

            while (kind < kinds && strncasecmp(p, known[kind], strlen(known[kind])) != 0)
                kind++;
            if (kind == kinds)
                reader_error(reader, node, "\"%.*s\" is no source of identity such as %sAuthorization", (int)len, p,
                             known[0]);
            items = reader_grow(reader, items, count, sizeof *items);
            items[count++] = arena_strndup(reader->arena, p, len);
            p += len;
        }
    }
    authorizer->identity_sources = (struct service_texts){ items, count };
}

static void
set_source(struct service_reader *reader, struct service_authorizer *authorizer, const char *source)
{
    const char **items = arena_alloc(reader->arena, sizeof *items);

    items[0] = source;
    authorizer->identity_sources = (struct service_texts){ items, 1 };
}

/* ---- http ---- */

static int32_t
refuse(struct service_reader *reader, const struct node *node, const char *why)
{
    reader_error(reader, node, "%s", why);
    return SERVICE_UNSET;
}

/* The kind of an http event's authorizer. false: it was said that there is none such. */
static bool
read_kind(struct service_reader *reader, const struct node *node, struct draft *draft)
{
    if (!draft->type || strcasecmp(draft->type, "token") == 0)
        draft->authorizer.kind = AUTHORIZER_TOKEN;
    else if (strcasecmp(draft->type, "request") == 0)
        draft->authorizer.kind = AUTHORIZER_REQUEST;
    else if (strcasecmp(draft->type, "aws_iam") == 0)
        return reader_error(reader, node, "%s", iam_refused);
    else if (strcasecmp(draft->type, "cognito_user_pools") == 0)
        return reader_error(reader, node,
                            "user pools of Cognito are not available on http events; an httpApi event "
                            "with a jwt authorizer can check their tokens");
    else
        return reader_error(reader, node, "\"%s\" is no type of authorizer: token, request", draft->type);
    return true;
}

static void
check_expression(struct service_reader *reader, const struct node *node, const char *expression)
{
    regex_t regex;
    struct err err;

    if (pattern_compile(expression, &regex, &err))
        regfree(&regex);
    else
        reader_error(reader, node, "identityValidationExpression \"%.80s\" cannot be used: %s", expression, err.text);
}

int32_t
read_authorizer(struct service_reader *reader, const struct node *node)
{
    struct draft draft = { .authorizer = { .ttl_s = DEFAULT_TTL_S, .function = SERVICE_UNSET } };

    if (node->type == NODE_MAP)
        read_fields(reader, node, http_fields, &draft);
    else if (!read_text(reader, node, &draft.function))
        return SERVICE_UNSET;
    if (draft.arn)
        return refuse(reader, draft.arn, "only functions of this service can be authorizers: give its name");
    if (draft.function && strcasecmp(draft.function, "aws_iam") == 0)
        return refuse(reader, node, iam_refused);
    if (!read_kind(reader, node, &draft))
        return SERVICE_UNSET;
    if (!draft.function)
        return refuse(reader, node, "needs the name of a function");
    if (draft.authorizer.identity_validation)
        check_expression(reader, node, draft.authorizer.identity_validation);
    draft.authorizer.name = draft.function;
    draft.authorizer.function = reader_function(reader, draft.function);
    if (draft.authorizer.function == SERVICE_UNSET) {
        reader_no_function(reader, node, str_of(draft.function));
        return SERVICE_UNSET;
    }
    if (draft.sources)
        read_sources(reader, draft.sources, false, &draft.authorizer);
    else
        set_source(reader, &draft.authorizer, "method.request.header.Authorization");
    return add(reader, &draft.authorizer);
}

/* ---- httpApi ---- */

static bool
check_jwt(struct service_reader *reader, const struct node *node, struct draft *draft)
{
    const char *url = draft->authorizer.issuer_url;

    draft->authorizer.kind = AUTHORIZER_JWT;
    if (!url || (strncmp(url, "https://", 8) != 0 && strncmp(url, "http://", 7) != 0))
        return reader_error(reader, node, "needs the issuerUrl whose keys sign the tokens: https://…");
    if (!draft->authorizer.audience.count)
        return reader_error(reader, node, "needs an audience: whom the tokens are for");
    return true;
}

static bool
check_request(struct service_reader *reader, const struct node *node, struct draft *draft)
{
    struct service_authorizer *authorizer = &draft->authorizer;

    authorizer->kind = AUTHORIZER_REQUEST;
    authorizer->is_payload_v1 = draft->payload && strncmp(draft->payload, "1", 1) == 0;
    if (draft->payload && !authorizer->is_payload_v1 && strcmp(draft->payload, "2.0") != 0)
        return reader_error(reader, node, "payloadVersion can be '1.0' or '2.0'");
    if (draft->arn)
        return reader_error(reader, draft->arn, "only functions of this service can be authorizers: functionName");
    authorizer->function = draft->function ? reader_function(reader, draft->function) : SERVICE_UNSET;
    if (!draft->function)
        return reader_error(reader, node, "needs the functionName");
    if (authorizer->function == SERVICE_UNSET)
        return reader_no_function(reader, node, str_of(draft->function));
    if (authorizer->ttl_s && !draft->sources)
        return reader_error(reader, node, "answers are kept (resultTtlInSeconds) by identitySource: which is it?");
    return true;
}

static void
read_http_api_authorizer(struct service_reader *reader, const struct node *node)
{
    struct draft draft = { .authorizer = { .is_http_api = true, .function = SERVICE_UNSET } };

    draft.authorizer.name = arena_strndup(reader->arena, node->key.p, node->key.len);
    read_fields(reader, node, http_api_fields, &draft);
    if (node->type != NODE_MAP)
        return;
    if (draft.sources)
        read_sources(reader, draft.sources, true, &draft.authorizer);
    if (draft.type ? strcmp(draft.type, "jwt") == 0 : draft.authorizer.issuer_url != NULL) {
        if (!draft.sources)
            set_source(reader, &draft.authorizer, "$request.header.Authorization");
        if (!check_jwt(reader, node, &draft))
            return;
    } else if (!draft.type || strcmp(draft.type, "request") != 0) {
        reader_error(reader, node, "needs a type: jwt or request");
        return;
    } else if (!check_request(reader, node, &draft)) {
        return;
    }
    add(reader, &draft.authorizer);
}

void
read_authorizers(struct service_reader *reader, const struct node *node, void *into)
{
    (void)into;
    if (node->type != NODE_MAP)
        reader_mismatch(reader, node, "a map of authorizers");
    for (const struct node *child = node->type == NODE_MAP ? node->first : NULL; child; child = child->next)
        read_http_api_authorizer(reader, child);
}

struct reference {
    const char *name, *type;
    struct service_texts scopes;
};

static const struct field reference_fields[] = {
    TEXT_FIELD("name", struct reference, name, 140),
    TEXT_FIELD("type", struct reference, type, 40),
    OTHER_FIELD("scopes", FIELD_TEXTS, struct reference, scopes),
    AWS_FIELD("id"),
    END_OF_FIELDS,
};

int32_t
find_authorizer(struct service_reader *reader, const struct node *node, struct service_texts *scopes)
{
    struct reference reference = { .scopes = { NULL, 0 } };
    struct suggestion suggestion;

    if (node->type == NODE_MAP)
        read_fields(reader, node, reference_fields, &reference);
    else if (!read_text(reader, node, &reference.name))
        return SERVICE_UNSET;
    *scopes = reference.scopes;
    if ((reference.name && strcmp(reference.name, "aws_iam") == 0) ||
        (reference.type && strcmp(reference.type, "aws_iam") == 0))
        return refuse(reader, node, iam_refused);
    if (!reference.name)
        return refuse(reader, node, "needs the name of one of provider.httpApi.authorizers");
    suggestion = (struct suggestion){ .wanted = str_of(reference.name) };
    for (size_t i = 0; i < reader->service->authorizer_count; i++) {
        if (reader->authorizers[i].is_http_api && strcmp(reader->authorizers[i].name, reference.name) == 0)
            return (int32_t)i;
        if (reader->authorizers[i].is_http_api)
            suggest(&suggestion, reader->authorizers[i].name);
    }
    reader_error(reader, node, "there is no authorizer %s at provider.httpApi.authorizers%s%s", reference.name,
                 suggestion.best ? "; did you mean " : "", suggestion.best ? suggestion.best : "");
    return SERVICE_UNSET;
}
