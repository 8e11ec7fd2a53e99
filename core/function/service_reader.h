/* SPDX-License-Identifier: MIT */
/*
 * How service.c and its siblings read maps: by tables. A row says what a key is called, what its value must look like,
 * and where it goes; unknown keys, wrong types and ranges are handled in one place. One thread.
 */
#ifndef FUNCTION_SERVICE_READER_H
#define FUNCTION_SERVICE_READER_H

#include "function/node.h"
#include "function/service.h"

enum reader_mode { READER_WARN, READER_ERROR, READER_OFF }; /* configValidationMode */

/* An endpoint until all of them are known. */
struct pending_endpoint {
    struct service_endpoint *endpoint;
    const struct node *node, *cors;
};

struct service_reader {
    struct service *service;
    struct arena *arena; /* the service's */
    struct service_problems *problems;
    enum reader_mode mode;
    bool is_strict;
    struct buf ignored; /* "provider.vpc, functions.a.layers" */
    struct place ignored_at;

    struct service_function *functions;
    const struct node **function_nodes;
    struct service_authorizer *authorizers;
    struct service_function defaults; /* what the provider says for all of them */
    const struct node *environment;   /* the provider's */
    const struct node *async_settings, *webhooks, *api_keys, *usage_plan, *http_api_cors; /* read later */
    bool is_payload_v1;
    const struct node *models;        /* the provider's request.schemas */
    const struct node **schema_nodes; /* where service.schemas were written */
    struct pending_endpoint *endpoints;
    size_t endpoint_count;
};

enum field_kind {
    FIELD_TEXT,     /* const char *; at most `max` bytes (0: any) */
    FIELD_SECRET,   /* the same, may hold ${secret:…} */
    FIELD_BOOL,     /* bool */
    FIELD_INT,      /* int32_t, uint32_t, int64_t; min … max */
    FIELD_SECONDS,  /* the same, kept as ms */
    FIELD_DURATION, /* "10s", "5m", or a number of seconds; int64_t or uint32_t, ms */
    FIELD_NUMBER,   /* double, at least min */
    FIELD_TEXTS,    /* struct service_texts; one text is a list of one */
    FIELD_PAIRS,    /* struct service_pairs, sorted; scalars only */
    FIELD_JSON,     /* const char *: the value as JSON */
    FIELD_MAP,      /* a map with a table of its own, into the same struct */
    FIELD_CALL,     /* `read` does it */
    FIELD_KEEP,     /* const struct node *: read later */
    FIELD_FREE,     /* anything, for variables or for other tools */
    FIELD_AWS,      /* means nothing here: named in the summary */
};

typedef void field_read(struct service_reader *reader, const struct node *node, void *into);

struct field {
    const char *name;
    enum field_kind kind;
    size_t offset, size;
    int64_t min, max;
    field_read *read;
    const struct field *fields; /* MAP */
};

/* Rows of tables. `type` is the struct that `into` points to. */
#define FIELD_AT(type, member) .offset = offsetof(type, member), .size = sizeof(((type *)0)->member)
#define TEXT_FIELD(key, type, member, longest)                                                                         \
    {                                                                                                                  \
        .name = key, .kind = FIELD_TEXT, FIELD_AT(type, member), .max = longest                                        \
    }
#define OTHER_FIELD(key, what, type, member)                                                                           \
    {                                                                                                                  \
        .name = key, .kind = what, FIELD_AT(type, member)                                                              \
    }
#define RANGE_FIELD(key, what, type, member, least, most)                                                              \
    {                                                                                                                  \
        .name = key, .kind = what, FIELD_AT(type, member), .min = least, .max = most                                   \
    }
#define CALL_FIELD(key, function)                                                                                      \
    {                                                                                                                  \
        .name = key, .kind = FIELD_CALL, .read = function                                                              \
    }
#define MAP_FIELD(key, table)                                                                                          \
    {                                                                                                                  \
        .name = key, .kind = FIELD_MAP, .fields = table                                                                \
    }
#define FREE_FIELD(key)                                                                                                \
    {                                                                                                                  \
        .name = key, .kind = FIELD_FREE                                                                                \
    }
#define AWS_FIELD(key)                                                                                                 \
    {                                                                                                                  \
        .name = key, .kind = FIELD_AWS                                                                                 \
    }
#define END_OF_FIELDS                                                                                                  \
    {                                                                                                                  \
        .name = NULL                                                                                                   \
    }

/* Every key of a map into a struct. Not a map: an error. Keys that are empty count as not given. */
void read_fields(struct service_reader *reader, const struct node *map, const struct field *fields, void *into);

/* "functions.quote.timeout must be …, not …"; always false. */
bool reader_mismatch(struct service_reader *reader, const struct node *node, const char *wanted);
/* An error at a node: its path in front. Always false. */
bool reader_error(struct service_reader *reader, const struct node *node, const char *fmt, ...) PRINTF_LIKE(3, 4);
void reader_warn(struct service_reader *reader, const struct node *node, const char *fmt, ...) PRINTF_LIKE(3, 4);
void reader_ignore(struct service_reader *reader, const struct node *node);
/* The key of this node is not known; the nearest name of a table is suggested. */
void reader_unknown(struct service_reader *reader, const struct node *node, const struct field *fields);

/* Values. false: it was said. Texts are copied into the service's arena. */
bool read_text(struct service_reader *reader, const struct node *node, const char **text);
bool read_secret(struct service_reader *reader, const struct node *node, const char **text);
bool read_bool(struct service_reader *reader, const struct node *node, bool *value);
bool read_int(struct service_reader *reader, const struct node *node, int64_t min, int64_t max, int64_t *value);
bool read_duration(struct service_reader *reader, const struct node *node, int64_t *ms);
bool read_texts(struct service_reader *reader, const struct node *node, struct service_texts *texts);
bool read_pairs(struct service_reader *reader, const struct node *node, struct service_pairs *pairs);
struct service_pairs sorted_pairs(struct service_pair *items, size_t count); /* by name */
const char *read_json(struct service_reader *reader, const struct node *node);

/* Letters, digits and what `more` has; 1 … max bytes. */
bool is_name(const char *text, const char *more, size_t max);
const char *last_part(const char *arn); /* behind the last : or / */
/* Room for one more behind `count` items of an array in the arena. */
void *reader_grow(struct service_reader *reader, void *items, size_t count, size_t size);
/* An error: there is no such function. Always false. */
bool reader_no_function(struct service_reader *reader, const struct node *node, struct str name);
/* Index of the function with that key; SERVICE_UNSET. */
int32_t reader_function(const struct service_reader *reader, const char *key);

/* ---- the parts: those with `into` are read of a row */
extern const struct field provider_fields[];                                          /* service_provider.c */
void read_custom(struct service_reader *reader, const struct node *node, void *into); /* service_custom.c */
void check_whole(struct service_reader *reader, const struct node *root);             /* service_check.c */

void read_runtime(struct service_reader *reader, const struct node *node, void *into);
void name_functions(struct service_reader *reader, const struct node *node); /* service_function.c */
void read_functions(struct service_reader *reader);
void read_patterns(struct service_reader *reader, const struct node *package, struct service_texts *patterns);

void read_events(struct service_reader *reader, const struct node *node, void *into); /* service_event.c */

/* `node` is the value of http or httpApi. false: it was said. */
bool read_endpoint(struct service_reader *reader, const struct node *node, bool is_http_api,
                   struct service_endpoint *endpoint);
void keep_models(struct service_reader *reader, const struct node *node, void *into); /* service_schema.c */
void read_schemas(struct service_reader *reader, const struct node *map, struct service_endpoint *endpoint);
void finish_endpoints(struct service_reader *reader); /* service_endpoint.c */

void read_async(struct service_reader *reader, const struct node *node, void *into); /* service_async.c */
void read_annotations(struct service_reader *reader, const struct node *node, void *into);
void read_webhooks(struct service_reader *reader);

/* Without a list of methods: those of all httpApi events; for a function's own URL all there are. */
const struct service_cors *read_http_api_cors(struct service_reader *reader, const struct node *node, bool is_url);
void merge_cors(struct service_reader *reader, const char *path); /* service_cors.c: of all http events of a path */

void read_authorizers(struct service_reader *reader, const struct node *node, void *into); /* service_authorizer.c */
int32_t read_authorizer(struct service_reader *reader, const struct node *node);
int32_t find_authorizer(struct service_reader *reader, const struct node *node, struct service_texts *scopes);

void read_keys(struct service_reader *reader); /* service_key.c */

void read_routes_dir(struct service_reader *reader, const struct node *node, void *into); /* service_routes.c */
void read_routes_prefix(struct service_reader *reader, const struct node *node, void *into);
void finish_routes(struct service_reader *reader);

#endif
