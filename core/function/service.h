/* SPDX-License-Identifier: MIT */
/*
 * One resolved and validated serverless.yml (functions.md 1.2): everything the server, `package` and `dev` want to know
 * about a service, as plain data. Made by service_read; immutable from then on, counted, shared by all threads. What is
 * read from where: yaml.h (texts to nodes), variables.h (${…}), service_problem.h (what is wrong with it).
 */
#ifndef FUNCTION_SERVICE_H
#define FUNCTION_SERVICE_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "queue/retry.h"

struct node;
struct schema;
struct service_problems;

enum {
    SERVICE_UNSET = -1, /* a number that the file does not give; NULL for texts */
    SERVICE_MAX_NAME = 64,
    SERVICE_MAX_ENDPOINTS = 300,
    SERVICE_MAX_PATH = 512,
    SERVICE_MAX_WATCH_MS = 60 * 60 * 1000,
    /* What a function has that says nothing, nor does its provider (functions.md 1.2). */
    SERVICE_DEFAULT_MEMORY_MB = 1024,
    SERVICE_DEFAULT_TIMEOUT_MS = 6000,
};

struct service_pair {
    const char *name, *value;
};

struct service_pairs {
    const struct service_pair *items;
    size_t count;
};

struct service_texts {
    const char *const *items;
    size_t count;
};

/* ---- endpoints ---- */

/* For HTTP the preflight only, merged over all events of one path; for HTTP_API every answer (functions.md 1.10). */
struct service_cors {
    struct service_texts origins;         /* "*" alone: every one; `*` inside an entry is a wildcard */
    struct service_texts headers;         /* allowed */
    struct service_texts methods;         /* upper case, sorted, with OPTIONS; "ANY" is expanded */
    struct service_texts exposed_headers; /* HTTP_API */
    bool allows_credentials;
    int32_t max_age_s;         /* SERVICE_UNSET */
    const char *cache_control; /* HTTP; NULL */
};

enum service_authorizer_kind { AUTHORIZER_TOKEN, AUTHORIZER_REQUEST, AUTHORIZER_JWT };

struct service_authorizer {
    const char *name;
    enum service_authorizer_kind kind;
    bool is_http_api;
    int32_t function;                      /* index in service.functions; SERVICE_UNSET for JWT */
    struct service_texts identity_sources; /* "method.request.header.Auth", "$request.header.Authorization" */
    const char *identity_validation;       /* regular expression for the token, or NULL */
    uint32_t ttl_s;                        /* 0: never cached */
    bool has_simple_responses;             /* HTTP_API */
    bool is_payload_v1;                    /* HTTP_API: the event of payload 1.0 */
    const char *issuer_url;                /* JWT */
    struct service_texts audience;         /* JWT */
};

enum service_parameter_place { PARAMETER_QUERY, PARAMETER_HEADER, PARAMETER_PATH };

struct service_parameter {
    enum service_parameter_place place;
    const char *name;
};

/* What a body of that type must look like (schema.h). */
struct service_body {
    const char *content_type; /* lower case; "$default": all others */
    const struct schema *schema;
};

enum service_endpoint_kind { ENDPOINT_HTTP, ENDPOINT_HTTP_API }; /* event v1, event v2 */

struct service_endpoint {
    enum service_endpoint_kind kind;
    const char *method;    /* "GET", "ANY" */
    const char *path;      /* "/quote/{id}"; "*": everything (httpApi: '*') */
    const char *route_key; /* "GET /quote/{id}", "ANY /x", "$default" */
    const char *operation_id;
    bool is_private, is_async;
    bool is_payload_v1;                         /* HTTP_API with provider.httpApi.payload '1.0' */
    int32_t authorizer;                         /* index in service.authorizers; SERVICE_UNSET: none */
    struct service_texts scopes;                /* of a JWT; any one suffices */
    const struct service_cors *cors;            /* NULL: none. The same pointer on all HTTP events of one path */
    const struct service_parameter *parameters; /* required ones */
    size_t parameter_count;
    const struct service_body *bodies; /* HTTP */
    size_t body_count;
};

/* ---- other event sources ---- */

struct service_schedule {
    const char *rate; /* one expression: "rate(…)", "cron(…)", "at(…)", or five fields of Unix cron */
    const char *name; /* NULL: none given; unique within the service otherwise */
    const char *description;
    const char *input;                        /* JSON text that is the whole event; NULL: the standard one */
    const char *input_path;                   /* NULL */
    const char *input_template, *input_paths; /* inputTransformer: inputTemplate, inputPathsMap as JSON; NULL */
    const char *timezone;                     /* NULL: UTC */
    bool is_enabled, allows_overlap;
    int64_t catch_up_ms;
};

struct service_sqs {
    const char *queue;
    uint32_t batch_size, window_s;
    bool is_enabled, reports_failures; /* ReportBatchItemFailures */
    const char *filter_patterns;       /* JSON list, or NULL */
};

/* ---- durable calls (functions.md 3); members that were not given are SERVICE_UNSET or NULL ---- */

struct service_async {
    const char *queue;
    int64_t max_inflight, timeout_ms;
    int64_t retries; /* after the first execution */
    int64_t min_wait_ms, max_wait_ms, max_age_ms;
    int64_t backoff; /* enum retry_backoff */
    uint32_t codes[RETRY_MAX_CODES];
    uint32_t code_count; /* 0: not given */
    int64_t callback_retries;
    bool reads_callback_from_query, calls_back_on_cancel;
    struct service_texts callback_allow;
    const char *callback_secret;                   /* may hold ${secret:…} */
    const char *dead_letter_queue, *success_queue; /* onError, destinations */
};

enum service_webhook_scheme { WEBHOOK_NONE, WEBHOOK_GITHUB, WEBHOOK_STRIPE, WEBHOOK_SLACK, WEBHOOK_HMAC_SHA256 };

struct service_webhook {
    enum service_webhook_scheme scheme; /* WEBHOOK_NONE: the function has none */
    const char *secret;                 /* may hold ${secret:…} */
    const char *header;                 /* lower case; NULL: that of the scheme */
    const char *dedup_header;           /* lower case; NULL */
    uint32_t tolerance_s, respond;      /* respond: status of an accepted durable call, 202 */
};

struct service_function {
    const char *key;           /* "quote" */
    const char *name;          /* "shop-dev-quote" */
    const char *handler;       /* "dist/quote.handler" as written */
    const char *file, *symbol; /* "dist/quote" (no extension), "handler" */
    const char *description;   /* "" */
    uint32_t timeout_ms;       /* of one attempt */
    uint32_t memory_mb;
    int32_t reserved_concurrency;     /* SERVICE_UNSET: none; 0: disabled */
    struct service_pairs environment; /* provider's and its own, sorted; values may hold ${secret:…} */
    struct service_pairs tags, annotations;
    bool has_url; /* `url: true`: also answers at /fn-url/<name> */
    const struct service_cors *url_cors;
    const struct service_endpoint *endpoints;
    size_t endpoint_count;
    const struct service_schedule *schedules;
    size_t schedule_count;
    const struct service_sqs *sqs;
    size_t sqs_count;
    struct service_async async;
    struct service_webhook webhook;
    struct service_texts patterns; /* its own package.patterns */
    const char *artifact;          /* its own package.artifact, or NULL */
    bool is_packaged_alone;
};

/* ---- keys and plans (functions.md 1.11) ---- */

enum service_period { PERIOD_DAY, PERIOD_WEEK, PERIOD_MONTH };

struct service_plan {
    const char *name;    /* NULL: the one plan of all keys */
    int64_t quota_limit; /* SERVICE_UNSET: no quota */
    uint32_t quota_offset;
    enum service_period period;
    double rate_limit;   /* per second; 0: no throttle */
    int64_t burst_limit; /* SERVICE_UNSET */
};

struct service_key {
    const char *name;  /* given, or made of the value */
    const char *value; /* NULL: generated at deploy; may hold ${secret:…} */
    const char *description, *customer_id;
    bool is_enabled;
    int32_t plan; /* index in service.plans; SERVICE_UNSET: no plan */
};

struct service_build {
    const char *cc;                    /* NULL: $CC or cc */
    struct service_texts cflags, libs; /* libs: "-lsqlite3" */
    const char *command;               /* instead of all that; NULL */
};

struct service_smoke {
    const char *method, *path, *body; /* body may be NULL */
    uint32_t status;                  /* expected */
};

struct service {
    atomic_uint refs;
    struct arena arena; /* everything below lives here */

    const char *name, *stage, *region;
    const char *mount; /* "/p", "/"; NULL: only below /fn/ */
    bool aws_errors, cors_on_responses, versions_functions;
    bool is_mounted_only[2];     /* by enum service_endpoint_kind: disableDefaultEndpoint, no addresses below /fn/ */
    uint32_t gateway_timeout_ms; /* 0: 29 s for http, 30 s for httpApi */
    uint32_t log_retention_days; /* 0: for ever */
    uint32_t keep_versions;
    int64_t drain_timeout_ms, watch_ms;                /* SERVICE_UNSET: the server's */
    int64_t min_compression_bytes;                     /* SERVICE_UNSET: off */
    const char *rest_log_format, *http_api_log_format; /* NULL: no access log */
    struct service_texts binary_types;
    const struct service_cors *http_api_cors; /* NULL: none */

    const struct service_function *functions; /* in the order of the file */
    size_t function_count;
    const struct service_authorizer *authorizers;
    size_t authorizer_count;
    struct schema **schemas; /* of all endpoints; what they hold is not in the arena */
    size_t schema_count;
    const struct service_plan *plans;
    size_t plan_count;
    const struct service_key *keys;
    size_t key_count;

    const char *routes_dir;           /* of actions and pages beside the file: "routes"; NULL: none */
    const char *routes_prefix;        /* of their slugs: "shop/prod", "" */
    struct service_pairs environment; /* the provider's: that of the routes */
    uint32_t memory_mb;               /* the provider's */

    struct service_texts patterns; /* package.patterns, include and exclude, in order */
    bool is_packaged_individually;
    const char *artifact; /* package.artifact, or NULL */
    struct service_build build;
    const struct service_smoke *smoke;
    size_t smoke_count;
    struct str outputs; /* resources.Outputs as JSON; empty: none */
    struct str config;  /* the resolved file as JSON, secrets as placeholders: what a deployment sends */
};

/* What the command line says. All of it stays the caller's. */
struct service_options {
    const char *file;               /* -c; NULL: serverless.yml, .yaml, .json */
    const char *stage;              /* -s; NULL: provider.stage, else "dev" */
    const char *region;             /* -r */
    struct service_pairs params;    /* --param k=v */
    struct service_pairs options;   /* further ${opt:…} */
    const char *const *environment; /* "NAME=value" …; NULL: none but what .env gives */
    bool is_strict;                 /* unknown event sources are errors */
    bool allows_outside;            /* ${file(…)} may leave the directory */
};

/* A file with its variables resolved, every node with file, line and column. */
struct service_tree {
    struct arena arena;
    struct node *root;
    const char *path;           /* "serverless.yml", relative to the directory */
    struct service_texts files; /* everything that was read, .env too: what `dev` watches; relative where below dir */
};

/*
 * Reads and resolves. false: problems has at least one error; the tree's files are filled all the same.
 * service_tree_fini in both cases.
 */
bool service_load(struct service_tree *tree, const char *dir, const struct service_options *options,
                  struct service_problems *problems) MUST_CHECK;
void service_tree_fini(struct service_tree *tree);

/* NULL: problems has at least one error. Otherwise one reference; warnings may be there. */
struct service *service_read(const struct service_tree *tree, const struct service_options *options,
                             struct service_problems *problems) MUST_CHECK;

/* The same from what service.config held: stage and region are in it. */
struct service *service_from_json(struct str config, struct service_problems *problems) MUST_CHECK;

struct service *service_get(struct service *service); /* any thread */
void service_put(struct service *service);            /* any thread; NULL is fine */

/* By key, deployed name, or NULL. */
const struct service_function *service_function_find(const struct service *service, struct str name);

/*
 * Replaces ${secret:name} in a text by what `lookup` gives (NULL: unknown, an error that names it). Only where the
 * value is used: what it writes must not be printed or stored.
 */
bool service_has_secret(const char *text);
bool service_expand_secrets(const char *text, const char *(*lookup)(void *arg, struct str name), void *arg,
                            struct buf *out, struct err *err) MUST_CHECK;

#endif
