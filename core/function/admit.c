/* SPDX-License-Identifier: MIT */
/*
 * Admission (admit.h): the steps of one request, in AWS's order, each of which may have to wait for somebody. What they
 * decide by is in webhook.h, jwt.h, authorizer.h, keys.h and parameters.h.
 */
#include "function/admit.h"

#include <stdlib.h>
#include <strings.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "function/answer_cache.h"
#include "function/authorizer.h"
#include "function/call.h"
#include "function/issuer.h"
#include "function/jwt.h"
#include "function/keys.h"
#include "function/parameters.h"
#include "function/pattern.h"
#include "function/schema.h"
#include "function/webhook.h"

enum { MAX_NAMES = 4096, MAX_CONTEXT = 64 << 10 };

/* What a request has shown so far. The call's event points into the arena. */
struct grant {
    struct function_call *call;
    struct arena arena;
    struct wait wait;
    size_t step;
    struct str cache_key, arn;
    struct str answer;    /* of an authorizer; p NULL: none yet */
    const char *failure;  /* why it gave none; NULL: it did, or was not asked */
    bool is_remembered;   /* the answer is an old one */
    bool is_asking;       /* it is being called, and may answer at once */
    bool is_newer_wanted; /* keys of an issuer */
};

static struct answer_cache *caches; /* by index of the http thread */

static enum admission
refuse(struct grant *grant, enum refusal refusal)
{
    function_refuse(grant->call, refusal); /* ends the call, and with it the grant */
    return ADMIT_ANSWERED;
}

static void resume(struct grant *grant);

static void
go_on(struct wait *wait)
{
    resume(container_of(wait, struct grant, wait));
}

/* ---- signatures of webhooks */

static enum admission
check_signature(struct grant *grant, struct http_request *request)
{
    const struct service_function *declared = grant->call->endpoint->function->declared;
    const struct service_webhook *webhook = declared ? &declared->webhook : NULL;
    struct webhook_request seen;
    struct err err;

    if (!webhook || webhook->scheme == WEBHOOK_NONE)
        return ADMIT_YES;
    seen = (struct webhook_request){ .signature = http_header(request, webhook_signature_header(webhook)),
                                     .body = request->body,
                                     .now_s = clock_wall_ms() / 1000 };
    if (webhook_timestamp_header(webhook))
        seen.timestamp = http_header(request, webhook_timestamp_header(webhook));
    err_set(&err, "its webhook has no secret"); /* which anybody could sign with */
    if (webhook->secret && webhook->secret[0] && webhook_verify(webhook, str_of(webhook->secret), &seen, &err))
        return ADMIT_YES;
    log_debug("function", "call %s is refused: %s", grant->call->id, err.text);
    return refuse(grant, REFUSE_UNAUTHORIZED);
}

/* ---- authorizers: tokens */

static struct str
without_scheme(struct str value)
{
    static const char scheme[] = "bearer ";
    size_t i = 0;

    while (i < sizeof scheme - 1 && i < value.len && (value.p[i] | 0x20) == scheme[i])
        i++;
    return i == sizeof scheme - 1 ? (struct str){ value.p + i, value.len - i } : value;
}

static void
grant_token(struct grant *grant, const struct jwt *jwt)
{
    struct json_out out;
    struct buf text;

    buf_init(&text, MAX_CONTEXT);
    json_out_init(&out, &text);
    json_object(&out);
    json_name(&out, "jwt");
    jwt_write(jwt, &out);
    json_object_end(&out);
    if (!text.over)
        grant->call->event.authorizer = (struct str){ arena_strndup(&grant->arena, text.p, text.len), text.len };
    buf_fini(&text);
}

static enum admission
refuse_token(struct grant *grant, enum refusal refusal, const char *why)
{
    log_debug("function", "call %s is refused: its token: %s", grant->call->id, why);
    return refuse(grant, refusal);
}

static enum admission
judge_token(struct grant *grant, const struct authorizer_case *which, const struct jwt *jwt)
{
    struct err err;

    switch (jwt_judge(jwt, which->authorizer, &grant->call->endpoint->declared->scopes, clock_wall_ms() / 1000, &err)) {
    case JWT_GOOD:
        grant_token(grant, jwt);
        return ADMIT_YES;
    case JWT_SCOPE_MISSING:
        return refuse_token(grant, REFUSE_DENIED, err.text);
    case JWT_REFUSED:
    default:
        return refuse_token(grant, REFUSE_UNAUTHORIZED, err.text);
    }
}

static enum admission
check_token(struct grant *grant, const struct authorizer_case *which, const struct identity *identity)
{
    struct jwks *keys;
    struct jwt jwt;
    struct err err;

    if (!identity->count || !jwt_read(&grant->arena, without_scheme(identity->values[0]), &jwt, &err))
        return refuse_token(grant, REFUSE_UNAUTHORIZED, identity->count ? err.text : "there is none");
    for (;;) {
        switch (issuer_keys(which->authorizer->issuer_url, grant->is_newer_wanted, &keys, &grant->wait)) {
        case ISSUER_LATER:
            return ADMIT_LATER;
        case ISSUER_READY:
            break;
        case ISSUER_FAILED:
        default:
            return refuse_token(grant, REFUSE_AUTHORIZER, "the keys of its issuer are not there");
        }
        switch (jwt_is_signed(&jwt, keys)) {
        case JWT_SIGNED:
            return judge_token(grant, which, &jwt);
        case JWT_KEY_UNKNOWN: /* the issuer may have a new key since */
            if (grant->is_newer_wanted)
                return refuse_token(grant, REFUSE_UNAUTHORIZED, "its issuer has no such key");
            grant->is_newer_wanted = true;
            wait_init(&grant->wait, go_on);
            break;
        case JWT_NOT_SIGNED:
        default:
            return refuse_token(grant, REFUSE_UNAUTHORIZED, "its signature is wrong");
        }
    }
}

/* ---- authorizers: functions */

static struct answer_cache *
cache_here(void)
{
    return &caches[http_thread_index(http_thread_current())];
}

static void
on_authorizer(void *arg, const struct http_response *response, const char *error)
{
    struct grant *grant = arg;

    if (response)
        grant->answer =
            (struct str){ arena_strndup(&grant->arena, response->body.p ? response->body.p : "", response->body.len),
                          response->body.len };
    else
        grant->failure = arena_strdup(&grant->arena, error ? error : "it gave no answer");
    if (!grant->is_asking)
        resume(grant);
}

/* Who decides. NULL: it is not there. */
static const struct function *
authorizer_of(const struct grant *grant, const struct authorizer_case *which)
{
    const struct service_function *asked = &which->service->functions[which->authorizer->function];

    return function_find(grant->call->table, str_of(asked->name));
}

static enum admission
ask(struct grant *grant, const struct authorizer_case *which, const struct identity *identity)
{
    const struct function *function = authorizer_of(grant, which);
    struct str event = authorizer_event(which, identity);

    if (!function || !event.p) {
        log_warn("function", "call %s is refused: the authorizer %s cannot be asked", grant->call->id,
                 which->authorizer->name);
        return refuse(grant, REFUSE_AUTHORIZER);
    }
    grant->is_asking = true;
    function_invoke(grant->call, function, event, on_authorizer, grant);
    grant->is_asking = false;
    return grant->answer.p || grant->failure ? ADMIT_YES : ADMIT_LATER;
}

static void
remember(const struct grant *grant, const struct authorizer_case *which)
{
    if (grant->cache_key.p && !grant->is_remembered)
        answer_cache_put(cache_here(), grant->cache_key, grant->answer,
                         clock_mono_ms() + (int64_t)which->authorizer->ttl_s * 1000);
}

static enum admission
judge_answer(struct grant *grant, const struct authorizer_case *which)
{
    struct str context = { NULL, 0 };
    struct err err = { "" };

    if (grant->failure)
        err_set(&err, "%s", grant->failure);
    switch (grant->failure
                ? AUTHORIZER_FAILED
                : authorizer_judge(&grant->arena, which->authorizer, grant->answer, grant->arn, &context, &err)) {
    case AUTHORIZER_ALLOWS:
        remember(grant, which);
        grant->call->event.authorizer = context;
        return ADMIT_YES;
    case AUTHORIZER_DENIES:
        remember(grant, which);
        return refuse(grant, REFUSE_DENIED);
    case AUTHORIZER_KNOWS_NOBODY:
        return refuse(grant, REFUSE_UNAUTHORIZED);
    case AUTHORIZER_FAILED:
    default:
        log_warn("function", "call %s is refused: the authorizer %s: %s", grant->call->id, which->authorizer->name,
                 err.text);
        return refuse(grant, REFUSE_AUTHORIZER);
    }
}

/* Is the token of the form that the authorizer wants to see at all? */
static enum admission
check_form(struct grant *grant, const struct authorizer_case *which, const struct identity *identity)
{
    const char *pattern = which->authorizer->identity_validation;
    struct err err;

    if (!pattern || !identity->count || pattern_is_in(pattern, identity->values[0], &err))
        return ADMIT_YES;
    if (!err.text[0])
        return refuse(grant, REFUSE_UNAUTHORIZED);
    log_warn("function", "call %s is refused: identityValidationExpression %s: %s", grant->call->id, pattern, err.text);
    return refuse(grant, REFUSE_AUTHORIZER);
}

/* What it said a while ago counts for all methods: policies name them. */
static bool
recall(struct grant *grant, struct authorizer_case *which, const struct identity *identity)
{
    const struct function *function = authorizer_of(grant, which);
    struct str known = { NULL, 0 };

    which->version = function && function->target ? function->target->serial : 0;
    grant->arn = authorizer_arn(which);
    grant->cache_key = authorizer_cache_key(which, identity);
    if (grant->cache_key.p)
        known = answer_cache_find(cache_here(), grant->cache_key, clock_mono_ms());
    if (!known.p)
        return false;
    grant->answer = (struct str){ arena_strndup(&grant->arena, known.p, known.len), known.len };
    grant->is_remembered = true;
    return true;
}

static enum admission
ask_or_recall(struct grant *grant, struct authorizer_case *which, const struct identity *identity)
{
    enum admission admission;

    if (grant->answer.p || grant->failure) /* it has answered meanwhile */
        return judge_answer(grant, which);
    admission = check_form(grant, which, identity);
    if (admission == ADMIT_YES && !recall(grant, which, identity))
        admission = ask(grant, which, identity);
    return admission == ADMIT_YES ? judge_answer(grant, which) : admission;
}

static enum admission
check_authorizer(struct grant *grant, struct http_request *request)
{
    const struct endpoint *endpoint = grant->call->endpoint;
    const struct service *service = endpoint->function->service;
    struct authorizer_case which = {
        .arena = &grant->arena, .service = service, .call = grant->call, .request = request
    };
    struct identity identity;

    if (!endpoint->declared || endpoint->declared->authorizer == SERVICE_UNSET)
        return ADMIT_YES;
    which.authorizer = &service->authorizers[endpoint->declared->authorizer];
    if (!authorizer_identity(&which, &identity))
        return refuse(grant, REFUSE_UNAUTHORIZED);
    return which.authorizer->kind == AUTHORIZER_JWT ? check_token(grant, &which, &identity)
                                                    : ask_or_recall(grant, &which, &identity);
}

/* ---- keys */

static enum admission
check_key(struct grant *grant, struct http_request *request)
{
    struct function_call *call = grant->call;
    struct str value = header_values(&grant->arena, request, STR("x-api-key"));
    const struct key *key;

    if (!call->endpoint->is_private)
        return ADMIT_YES;
    if (!value.len)
        return refuse(grant, REFUSE_KEY);
    switch (keys_look_up(value, call->endpoint->function->service, &key, &grant->wait)) {
    case KEY_LATER:
        return ADMIT_LATER;
    case KEY_GOOD:
        break;
    case KEY_UNREADABLE:
        return refuse(grant, REFUSE_UNAVAILABLE);
    case KEY_REFUSED:
    default:
        return refuse(grant, REFUSE_KEY);
    }
    switch (usage_take(key->usage, &key->plan, clock_mono_us() * 1000, clock_wall_ms())) {
    case USAGE_OVER_QUOTA:
        return refuse(grant, REFUSE_QUOTA);
    case USAGE_OVER_RATE:
        return refuse(grant, REFUSE_RATE);
    case USAGE_GOOD:
    default:
        break;
    }
    call->event.api_key = value;
    call->event.api_key_id = str_of(arena_strdup(&grant->arena, key->id));
    return ADMIT_YES;
}

/* ---- parameters */

static enum admission
check_parameters(struct grant *grant, struct http_request *request)
{
    const struct service_endpoint *declared = grant->call->endpoint->declared;
    struct json_out out;
    struct buf names, body;
    bool is_complete;

    if (!declared || !declared->parameter_count)
        return ADMIT_YES;
    buf_init(&names, MAX_NAMES);
    parameters_missing(declared, request, &names);
    is_complete = names.len == 0;
    if (!is_complete) {
        const char *text = arena_printf(&grant->arena, "Missing required request parameters: [%s]", buf_text(&names));

        buf_init(&body, 4 * MAX_NAMES);
        buf_str(&body, "{\"message\": ");
        json_out_init(&out, &body);
        json_put_text(&out, text);
        buf_char(&body, '}');
        function_refuse_text(grant->call, 400, "BadRequestException", buf_view(&body));
        buf_fini(&body);
    }
    buf_fini(&names);
    return is_complete ? ADMIT_YES : ADMIT_ANSWERED;
}

/* ---- bodies */

/* A type that no schema is for is not checked; no type is application/json (API Gateway's rules). */
static const struct schema *
schema_for(const struct service_endpoint *declared, struct str type)
{
    const char *semicolon = type.len ? memchr(type.p, ';', type.len) : NULL;
    const struct schema *other = NULL;

    type.len = semicolon ? (size_t)(semicolon - type.p) : type.len;
    while (type.len && type.p[type.len - 1] == ' ')
        type.len--;
    if (!type.len)
        type = STR("application/json");
    for (size_t i = 0; i < declared->body_count; i++) {
        const char *known = declared->bodies[i].content_type;

        if (strlen(known) == type.len && strncasecmp(known, type.p, type.len) == 0)
            return declared->bodies[i].schema;
        if (strcmp(known, "$default") == 0)
            other = declared->bodies[i].schema;
    }
    return other;
}

static enum admission
check_body(struct grant *grant, struct http_request *request)
{
    const struct service_endpoint *declared = grant->call->endpoint->declared;
    const struct schema *schema = NULL;

    if (declared && declared->body_count)
        schema = schema_for(declared, http_header(request, "content-type"));
    if (!schema || schema_accepts(schema, request->body))
        return ADMIT_YES;
    function_refuse_text(grant->call, 400, "BadRequestException", STR("{\"message\": \"Invalid request body\"}"));
    return ADMIT_ANSWERED;
}

/* ---- one after the other */

static enum admission
take_steps(struct grant *grant)
{
    static enum admission (*const steps[])(struct grant * grant,
                                           struct http_request * request) = { check_signature, check_authorizer,
                                                                              check_key, check_parameters, check_body };

    while (grant->step < COUNT_OF(steps)) {
        struct http_request *request = http_call_request(grant->call->http);
        enum admission admission;

        if (!request) /* the client has gone, or was told that it took too long */
            return refuse(grant, REFUSE_UNAVAILABLE);
        admission = steps[grant->step](grant, request);
        if (admission != ADMIT_YES)
            return admission;
        grant->step++;
        wait_init(&grant->wait, go_on);
    }
    return ADMIT_YES;
}

static void
resume(struct grant *grant)
{
    struct function_call *call = grant->call;

    if (take_steps(grant) == ADMIT_YES)
        function_call_admitted(call);
}

enum admission
admit(struct function_call *call)
{
    struct grant *grant = mem_alloc(sizeof *grant);

    call->grant = grant;
    grant->call = call;
    arena_init(&grant->arena, 0);
    wait_init(&grant->wait, go_on);
    return take_steps(grant);
}

void
admit_forget(struct function_call *call)
{
    list_remove(&call->grant->wait.link);
    arena_fini(&call->grant->arena);
    free(call->grant);
    call->grant = NULL;
}

void
admit_start(const struct keys_spec *spec)
{
    size_t count = http_thread_count(spec->http);

    caches = mem_alloc(count * sizeof *caches);
    for (size_t i = 0; i < count; i++)
        answer_cache_init(&caches[i]);
    keys_start(spec);
    issuers_start(spec->http);
}

void
admit_stop(void)
{
    keys_stop();
}
