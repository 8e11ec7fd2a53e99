/* SPDX-License-Identifier: MIT */
/* Who may call from other origins (functions.md 1.10): as the Framework makes gateways of it. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "function/service_reader.h"

static const char *const standard_headers[] = { "Content-Type",   "X-Amz-Date",           "Authorization",
                                                "X-Api-Key",      "X-Amz-Security-Token", "X-Amz-User-Agent",
                                                "X-Amzn-Trace-Id" };
static const char *const all_methods[] = { "DELETE", "GET", "HEAD", "PATCH", "POST", "PUT" };

/* A list that grows; nothing is in it twice. */
struct set {
    const char **items;
    size_t count;
};

static void
set_add(struct service_reader *reader, struct set *set, const char *text)
{
    for (size_t i = 0; i < set->count; i++)
        if (strcmp(set->items[i], text) == 0)
            return;
    set->items = reader_grow(reader, set->items, set->count, sizeof *set->items);
    set->items[set->count++] = text;
}

static void
set_add_all(struct service_reader *reader, struct set *set, const char *const *items, size_t count)
{
    for (size_t i = 0; i < count; i++)
        set_add(reader, set, items[i]);
}

/* "a, b" is a list too. */
static void
set_add_list(struct service_reader *reader, struct set *set, const struct service_texts *texts)
{
    for (size_t i = 0; i < texts->count; i++) {
        for (const char *p = texts->items[i]; *p;) {
            size_t len = strcspn(p, ","), end = len;

            while (end && p[end - 1] == ' ')
                end--;
            if (end)
                set_add(reader, set, arena_strndup(reader->arena, p, end));
            p += len + (p[len] == ',');
            p += strspn(p, " ");
        }
    }
}

static void
set_add_methods(struct service_reader *reader, struct set *set, const struct service_texts *texts)
{
    struct set words = { NULL, 0 };

    set_add_list(reader, &words, texts);
    for (size_t i = 0; i < words.count; i++) {
        char *upper = arena_strdup(reader->arena, words.items[i]);

        for (char *p = upper; *p; p++)
            *p = (char)toupper((unsigned char)*p);
        if (strcmp(upper, "ANY") == 0 || strcmp(upper, "*") == 0)
            set_add_all(reader, set, all_methods, COUNT_OF(all_methods));
        else
            set_add(reader, set, upper);
    }
}

static int
by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static struct service_texts
texts_of(const struct set *set)
{
    return (struct service_texts){ set->items, set->count };
}

static struct service_texts
sorted(const struct set *set)
{
    if (set->count)
        qsort(set->items, set->count, sizeof *set->items, by_text);
    return texts_of(set);
}

static void
warn_of_credentials(struct service_reader *reader, const struct node *node, const struct service_cors *cors)
{
    for (size_t i = 0; cors->allows_credentials && i < cors->origins.count; i++)
        if (strcmp(cors->origins.items[i], "*") == 0) {
            reader_warn(reader, node, "browsers refuse credentials when the origin is *: name the origins");
            return;
        }
}

/* A list that came out empty is not "everybody". */
static void
refuse_nobody(struct service_reader *reader, const struct node *node, const char *key)
{
    const struct node *list = node_get(node, str_of(key));

    if (node_is(list, NODE_LIST) && !list->count)
        reader_error(reader, list, "names no origin; without %s every origin may", key);
}

/* ---- http: merged over the events of a path ---- */

struct draft {
    struct service_texts origin, origins, headers, methods;
    bool allows_credentials;
    int32_t max_age_s;
    const char *cache_control;
};

static const struct field http_fields[] = {
    OTHER_FIELD("origin", FIELD_TEXTS, struct draft, origin),
    OTHER_FIELD("origins", FIELD_TEXTS, struct draft, origins),
    OTHER_FIELD("headers", FIELD_TEXTS, struct draft, headers),
    OTHER_FIELD("methods", FIELD_TEXTS, struct draft, methods),
    OTHER_FIELD("allowCredentials", FIELD_BOOL, struct draft, allows_credentials),
    RANGE_FIELD("maxAge", FIELD_INT, struct draft, max_age_s, 1, 86400000),
    TEXT_FIELD("cacheControl", struct draft, cache_control, 256),
    END_OF_FIELDS,
};

struct merged {
    struct set origins, headers, methods;
    struct service_cors cors;
};

static void
merge_event(struct service_reader *reader, const struct pending_endpoint *pending, struct merged *merged)
{
    const char *method = pending->endpoint->method;
    struct draft draft = { .max_age_s = SERVICE_UNSET };
    bool is_on = true;

    if (pending->cors->type == NODE_MAP)
        read_fields(reader, pending->cors, http_fields, &draft);
    else if (!read_bool(reader, pending->cors, &is_on) || !is_on)
        return;
    refuse_nobody(reader, pending->cors, "origin");
    refuse_nobody(reader, pending->cors, "origins");
    if (!draft.origin.count && !draft.origins.count)
        set_add(reader, &merged->origins, "*");
    set_add_list(reader, &merged->origins, &draft.origin);
    set_add_list(reader, &merged->origins, &draft.origins);
    set_add_list(reader, &merged->headers, &draft.headers);
    if (!draft.headers.count)
        set_add_all(reader, &merged->headers, standard_headers, COUNT_OF(standard_headers));
    set_add_methods(reader, &merged->methods, &draft.methods);
    set_add(reader, &merged->methods, "OPTIONS");
    set_add_methods(reader, &merged->methods, &(struct service_texts){ &method, 1 });
    merged->cors.allows_credentials |= draft.allows_credentials;
    if (draft.max_age_s != SERVICE_UNSET)
        merged->cors.max_age_s = draft.max_age_s;
    if (draft.cache_control)
        merged->cors.cache_control = draft.cache_control;
    warn_of_credentials(reader, pending->cors,
                        &(struct service_cors){ .origins = texts_of(&merged->origins),
                                                .allows_credentials = draft.allows_credentials });
}

void
merge_cors(struct service_reader *reader, const char *path)
{
    struct merged merged = { .cors = { .max_age_s = SERVICE_UNSET } };
    struct service_cors *cors;

    for (size_t i = 0; i < reader->endpoint_count; i++) {
        const struct pending_endpoint *pending = &reader->endpoints[i];

        if (pending->cors && pending->endpoint->kind == ENDPOINT_HTTP && strcmp(pending->endpoint->path, path) == 0)
            merge_event(reader, pending, &merged);
    }
    if (!merged.origins.count)
        return;
    cors = arena_alloc(reader->arena, sizeof *cors);
    *cors = merged.cors;
    cors->origins = texts_of(&merged.origins);
    cors->headers = texts_of(&merged.headers);
    cors->methods = sorted(&merged.methods);
    for (size_t i = 0; i < reader->endpoint_count; i++) {
        struct service_endpoint *endpoint = reader->endpoints[i].endpoint;

        if (endpoint->kind == ENDPOINT_HTTP && strcmp(endpoint->path, path) == 0)
            endpoint->cors = cors;
    }
}

/* ---- httpApi: one for the service ---- */

static const struct field http_api_fields[] = {
    OTHER_FIELD("allowedOrigins", FIELD_TEXTS, struct service_cors, origins),
    OTHER_FIELD("allowedHeaders", FIELD_TEXTS, struct service_cors, headers),
    OTHER_FIELD("allowedMethods", FIELD_TEXTS, struct service_cors, methods),
    OTHER_FIELD("exposedResponseHeaders", FIELD_TEXTS, struct service_cors, exposed_headers),
    OTHER_FIELD("allowCredentials", FIELD_BOOL, struct service_cors, allows_credentials),
    RANGE_FIELD("maxAge", FIELD_INT, struct service_cors, max_age_s, 0, 86400000),
    END_OF_FIELDS,
};

/* Those of all httpApi events. */
static void
add_used_methods(struct service_reader *reader, struct set *set)
{
    for (size_t i = 0; i < reader->endpoint_count; i++)
        if (reader->endpoints[i].endpoint->kind == ENDPOINT_HTTP_API)
            set_add_methods(reader, set, &(struct service_texts){ &reader->endpoints[i].endpoint->method, 1 });
}

const struct service_cors *
read_http_api_cors(struct service_reader *reader, const struct node *node, bool is_url)
{
    struct service_cors *cors = arena_alloc(reader->arena, sizeof *cors);
    struct set origins = { NULL, 0 }, headers = { NULL, 0 }, used = { NULL, 0 };
    bool is_on = true;

    cors->max_age_s = SERVICE_UNSET;
    if (node->type == NODE_MAP)
        read_fields(reader, node, http_api_fields, cors);
    else if (!read_bool(reader, node, &is_on) || !is_on)
        return NULL;
    refuse_nobody(reader, node, "allowedOrigins");
    set_add_list(reader, &origins, &cors->origins);
    set_add_list(reader, &headers, &cors->headers);
    if (!cors->origins.count)
        set_add(reader, &origins, "*");
    if (!cors->headers.count)
        set_add_all(reader, &headers, standard_headers, COUNT_OF(standard_headers));
    set_add_methods(reader, &used, &cors->methods);
    if (!cors->methods.count && is_url)
        set_add_all(reader, &used, all_methods, COUNT_OF(all_methods));
    else if (!cors->methods.count)
        add_used_methods(reader, &used);
    set_add(reader, &used, "OPTIONS");
    cors->origins = texts_of(&origins);
    cors->headers = texts_of(&headers);
    cors->methods = sorted(&used);
    warn_of_credentials(reader, node, cors);
    return cors;
}
