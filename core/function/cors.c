/* SPDX-License-Identifier: MIT */
/* What browsers are told about other origins (cors.h). */
#include "function/cors.h"

#include <strings.h>

#include "base/mem.h"

enum { MAX_ORIGIN = 1024 };

#define TEXTS(...)                                                                                                     \
    {                                                                                                                  \
        .items = (const char *const[]){ __VA_ARGS__ }, .count = COUNT_OF(((const char *const[]){ __VA_ARGS__ }))       \
    }
#define OPEN(...)                                                                                                      \
    {                                                                                                                  \
        .origins = TEXTS("*"),                                                                                         \
        .headers = TEXTS("Content-Type", "X-Amz-Date", "Authorization", "X-Api-Key", "X-Amz-Security-Token",           \
                         "X-Amz-User-Agent", "X-Amzn-Trace-Id"),                                                       \
        .methods = TEXTS(__VA_ARGS__), .max_age_s = SERVICE_UNSET                                                      \
    }

/* By the method of the function; the last one for any. */
static const struct service_cors open_rules[] = {
    OPEN("DELETE", "OPTIONS"), OPEN("GET", "OPTIONS"),
    OPEN("HEAD", "OPTIONS"),   OPEN("OPTIONS", "PATCH"),
    OPEN("OPTIONS", "POST"),   OPEN("OPTIONS", "PUT"),
    OPEN("OPTIONS"),           OPEN("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"),
};

const struct service_cors *
cors_of_method(const char *method)
{
    static const char *const methods[] = { "DELETE", "GET", "HEAD", "PATCH", "POST", "PUT", "OPTIONS" };
    size_t i = 0;

    while (i < COUNT_OF(methods) && (!method || strcmp(methods[i], method) != 0))
        i++;
    return &open_rules[i];
}

/* "*" in an entry stands for one or more characters. */
static bool
entry_matches(struct str entry, struct str origin)
{
    size_t e = 0, o = 0, star = SIZE_MAX, resume = 0;

    while (o < origin.len) {
        if (e < entry.len && entry.p[e] == '*') {
            star = e++;
            resume = ++o;
        } else if (e < entry.len && entry.p[e] == origin.p[o]) {
            e++, o++;
        } else if (star != SIZE_MAX && resume < origin.len) { /* the last star takes one more; earlier ones need not */
            e = star + 1;
            o = ++resume;
        } else {
            return false;
        }
    }
    return e == entry.len;
}

static bool
is_open(const struct service_cors *cors)
{
    return cors->origins.count == 0 || (cors->origins.count == 1 && strcmp(cors->origins.items[0], "*") == 0);
}

bool
cors_allows(const struct service_cors *cors, struct str origin)
{
    if (!origin.p || origin.len > MAX_ORIGIN)
        return false;
    if (is_open(cors))
        return true;
    for (size_t i = 0; i < cors->origins.count; i++)
        if (entry_matches(str_of(cors->origins.items[i]), origin))
            return true;
    return false;
}

bool
cors_is_preflight(const struct http_request *request)
{
    return request->method == HTTP_OPTIONS && http_header(request, "origin").p &&
           http_header(request, "access-control-request-method").p;
}

static struct str
joined(struct arena *arena, const struct service_texts *texts)
{
    size_t len = 0;
    char *text;

    for (size_t i = 0; i < texts->count; i++)
        len += strlen(texts->items[i]) + 1;
    text = arena_alloc(arena, len + 1);
    ASSERT(text);
    len = 0;
    for (size_t i = 0; i < texts->count; i++) {
        size_t part = strlen(texts->items[i]);

        if (i)
            text[len++] = ',';
        memcpy(text + len, texts->items[i], part);
        len += part;
    }
    return (struct str){ text, len };
}

static void
add(struct http_field *fields, size_t *count, struct str name, struct str value)
{
    if (value.len)
        fields[(*count)++] = (struct http_field){ name, value };
}

/* What the answer calls the origin that may read it. */
static struct str
shown_origin(const struct service_cors *cors, struct str origin)
{
    if (is_open(cors))
        return STR("*");
    return cors_allows(cors, origin) ? origin : str_of(cors->origins.items[0]);
}

size_t
cors_preflight_fields(struct arena *arena, const struct service_cors *cors, enum service_endpoint_kind kind,
                      struct str origin, struct http_field fields[CORS_MAX_FIELDS])
{
    size_t count = 0;

    if (!is_open(cors))
        add(fields, &count, STR("vary"), STR("Origin"));
    if (kind == ENDPOINT_HTTP_API && !cors_allows(cors, origin))
        return count;
    add(fields, &count, STR("access-control-allow-origin"), shown_origin(cors, origin));
    add(fields, &count, STR("access-control-allow-headers"), joined(arena, &cors->headers));
    add(fields, &count, STR("access-control-allow-methods"), joined(arena, &cors->methods));
    if (cors->allows_credentials)
        add(fields, &count, STR("access-control-allow-credentials"), STR("true"));
    if (cors->max_age_s != SERVICE_UNSET)
        add(fields, &count, STR("access-control-max-age"), str_of(arena_printf(arena, "%d", (int)cors->max_age_s)));
    add(fields, &count, STR("access-control-expose-headers"), joined(arena, &cors->exposed_headers));
    if (kind == ENDPOINT_HTTP)
        add(fields, &count, STR("cache-control"), str_of(cors->cache_control));
    return count;
}

unsigned
cors_preflight_status(enum service_endpoint_kind kind)
{
    return kind == ENDPOINT_HTTP ? 200 : 204;
}

void
cors_preflight(struct http_request *request, const struct service_cors *cors, enum service_endpoint_kind kind)
{
    struct http_field fields[CORS_MAX_FIELDS];
    struct http_response response = { .status = cors_preflight_status(kind), .fields = fields };
    struct arena arena;

    arena_init(&arena, 0);
    response.field_count = cors_preflight_fields(&arena, cors, kind, http_header(request, "origin"), fields);
    http_respond(request, &response);
    arena_fini(&arena);
}

/* Header names that functions write have any case. */
static bool
is_named(struct str name, const char *lower)
{
    return name.len == strlen(lower) && strncasecmp(name.p, lower, name.len) == 0;
}

static bool
is_cors_field(struct str name)
{
    static const char *const names[] = { "access-control-allow-origin",  "access-control-allow-headers",
                                         "access-control-allow-methods", "access-control-allow-credentials",
                                         "access-control-max-age",       "access-control-expose-headers" };

    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (is_named(name, names[i]))
            return true;
    return false;
}

static size_t
without_cors_fields(struct http_field *fields, size_t count)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++)
        if (!is_cors_field(fields[i].name))
            fields[kept++] = fields[i];
    return kept;
}

static bool
has_field(const struct http_field *fields, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (is_named(fields[i].name, name))
            return true;
    return false;
}

size_t
cors_answer_fields(struct arena *arena, const struct service_cors *cors, enum service_endpoint_kind kind,
                   struct str origin, struct http_field *fields, size_t count)
{
    if (kind == ENDPOINT_HTTP_API)
        count = without_cors_fields(fields, count);
    else if (has_field(fields, count, "access-control-allow-origin"))
        return count; /* the function has its own mind */
    if (!is_open(cors))
        add(fields, &count, STR("vary"), STR("Origin"));
    if (!cors_allows(cors, origin))
        return count;
    add(fields, &count, STR("access-control-allow-origin"), shown_origin(cors, origin));
    if (cors->allows_credentials && !has_field(fields, count, "access-control-allow-credentials"))
        add(fields, &count, STR("access-control-allow-credentials"), STR("true"));
    if (kind == ENDPOINT_HTTP_API)
        add(fields, &count, STR("access-control-expose-headers"), joined(arena, &cors->exposed_headers));
    return count;
}
