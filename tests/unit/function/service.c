/* SPDX-License-Identifier: MIT */
/*
 * A serverless.yml that uses every key, as the struct it becomes (golden/service.txt, rewritten when GOLDEN=write is in
 * the environment), the same read back from its JSON, and secrets in texts. What is refused: tests/wire/service_config.
 */
#include "function/service.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "function/glob.h"
#include "function/service_problem.h"
#include "function/service_version.h"
#include "host/disk.h"

enum { MAX_DUMP = 1 << 20 };

static const char folder[] = "tests/unit/function/golden";
static struct service_problems problems;

/* ---- a service as text: one line a member that says something ---- */

static const char *
word(const char *text)
{
    return text ? text : "-";
}

static void
put_texts(struct buf *out, const char *name, const struct service_texts *texts)
{
    if (!texts->count)
        return;
    buf_printf(out, " %s=", name);
    for (size_t i = 0; i < texts->count; i++)
        buf_printf(out, "%s%s", i ? "|" : "", texts->items[i]);
}

static void
put_pairs(struct buf *out, const char *name, const struct service_pairs *pairs)
{
    for (size_t i = 0; i < pairs->count; i++)
        buf_printf(out, "  %s %s=%s\n", name, pairs->items[i].name, pairs->items[i].value);
}

static void
put_cors(struct buf *out, const struct service_cors *cors)
{
    if (!cors)
        return;
    buf_str(out, "    cors");
    put_texts(out, "origins", &cors->origins);
    put_texts(out, "headers", &cors->headers);
    put_texts(out, "methods", &cors->methods);
    put_texts(out, "exposed", &cors->exposed_headers);
    buf_printf(out, " credentials=%d age=%d cache=%s\n", cors->allows_credentials, (int)cors->max_age_s,
               word(cors->cache_control));
}

static void
put_endpoint(struct buf *out, const struct service_endpoint *endpoint)
{
    buf_printf(out, "  endpoint %s %s %s key='%s' op=%s private=%d async=%d v1=%d authorizer=%d",
               endpoint->kind == ENDPOINT_HTTP ? "http" : "httpApi", endpoint->method, endpoint->path,
               endpoint->route_key, word(endpoint->operation_id), endpoint->is_private, endpoint->is_async,
               endpoint->is_payload_v1, (int)endpoint->authorizer);
    put_texts(out, "scopes", &endpoint->scopes);
    for (size_t i = 0; i < endpoint->parameter_count; i++)
        buf_printf(out, " parameter=%d:%s", (int)endpoint->parameters[i].place, endpoint->parameters[i].name);
    buf_char(out, '\n');
    put_cors(out, endpoint->cors);
}

static void
put_sources(struct buf *out, const struct service_function *function)
{
    for (size_t i = 0; i < function->schedule_count; i++) {
        const struct service_schedule *schedule = &function->schedules[i];

        buf_printf(out, "  schedule '%s' name=%s text=%s input=%s zone=%s on=%d overlap=%d catchup=%lld\n",
                   schedule->rate, word(schedule->name), word(schedule->description), word(schedule->input),
                   word(schedule->timezone), schedule->is_enabled, schedule->allows_overlap,
                   (long long)schedule->catch_up_ms);
    }
    for (size_t i = 0; i < function->sqs_count; i++)
        buf_printf(out, "  sqs %s batch=%u window=%u on=%d reports=%d filter=%s\n", function->sqs[i].queue,
                   function->sqs[i].batch_size, function->sqs[i].window_s, function->sqs[i].is_enabled,
                   function->sqs[i].reports_failures, word(function->sqs[i].filter_patterns));
}

static void
put_async(struct buf *out, const struct service_async *async)
{
    buf_printf(out, "  async queue=%s inflight=%lld timeout=%lld retries=%lld wait=%lld..%lld age=%lld backoff=%lld",
               word(async->queue), (long long)async->max_inflight, (long long)async->timeout_ms,
               (long long)async->retries, (long long)async->min_wait_ms, (long long)async->max_wait_ms,
               (long long)async->max_age_ms, (long long)async->backoff);
    for (uint32_t i = 0; i < async->code_count; i++)
        buf_printf(out, " code=%u", async->codes[i]);
    buf_printf(out, " callbacks=%lld,%d,%d,%s", (long long)async->callback_retries, async->reads_callback_from_query,
               async->calls_back_on_cancel, word(async->callback_secret));
    put_texts(out, "allow", &async->callback_allow);
    buf_printf(out, " dead=%s done=%s\n", word(async->dead_letter_queue), word(async->success_queue));
}

static void
put_function(struct buf *out, const struct service_function *function)
{
    const struct service_webhook *webhook = &function->webhook;

    buf_printf(out, "function %s %s %s -> %s %s '%s' timeout=%u memory=%u concurrency=%d url=%d alone=%d",
               function->key, function->name, function->handler, function->file, function->symbol,
               function->description, function->timeout_ms, function->memory_mb, (int)function->reserved_concurrency,
               function->has_url, function->is_packaged_alone);
    put_texts(out, "patterns", &function->patterns);
    buf_char(out, '\n');
    put_pairs(out, "environment", &function->environment);
    put_pairs(out, "tag", &function->tags);
    put_pairs(out, "annotation", &function->annotations);
    for (size_t i = 0; i < function->endpoint_count; i++)
        put_endpoint(out, &function->endpoints[i]);
    put_sources(out, function);
    put_async(out, &function->async);
    if (webhook->scheme != WEBHOOK_NONE)
        buf_printf(out, "  webhook %d %s header=%s dedup=%s tolerance=%u respond=%u\n", (int)webhook->scheme,
                   webhook->secret, word(webhook->header), word(webhook->dedup_header), webhook->tolerance_s,
                   webhook->respond);
}

static void
put_gate(struct buf *out, const struct service *service)
{
    for (size_t i = 0; i < service->authorizer_count; i++) {
        const struct service_authorizer *a = &service->authorizers[i];

        buf_printf(out, "authorizer %s kind=%d api=%d function=%d ttl=%u simple=%d v1=%d issuer=%s", a->name,
                   (int)a->kind, a->is_http_api, (int)a->function, a->ttl_s, a->has_simple_responses, a->is_payload_v1,
                   word(a->issuer_url));
        put_texts(out, "sources", &a->identity_sources);
        put_texts(out, "audience", &a->audience);
        buf_char(out, '\n');
    }
    for (size_t i = 0; i < service->plan_count; i++)
        buf_printf(out, "plan %s quota=%lld offset=%u period=%d rate=%g burst=%lld\n", word(service->plans[i].name),
                   (long long)service->plans[i].quota_limit, service->plans[i].quota_offset,
                   (int)service->plans[i].period, service->plans[i].rate_limit,
                   (long long)service->plans[i].burst_limit);
    for (size_t i = 0; i < service->key_count; i++)
        buf_printf(out, "key %s %s '%s' %s on=%d plan=%d\n", word(service->keys[i].name), word(service->keys[i].value),
                   word(service->keys[i].description), word(service->keys[i].customer_id), service->keys[i].is_enabled,
                   (int)service->keys[i].plan);
}

static void
dump(struct buf *out, const struct service *service)
{
    buf_printf(out, "service %s %s %s mount=%s aws=%d cors=%d versions=%d default=%d%d gateway=%u days=%u keep=%u\n",
               service->name, service->stage, service->region, word(service->mount), service->aws_errors,
               service->cors_on_responses, service->versions_functions, !service->is_mounted_only[ENDPOINT_HTTP],
               !service->is_mounted_only[ENDPOINT_HTTP_API], service->gateway_timeout_ms, service->log_retention_days,
               service->keep_versions);
    buf_printf(out, "drain=%lld watch=%lld compress=%lld rest='%.20s' http='%s' alone=%d build=%s",
               (long long)service->drain_timeout_ms, (long long)service->watch_ms,
               (long long)service->min_compression_bytes, word(service->rest_log_format),
               word(service->http_api_log_format), service->is_packaged_individually, word(service->build.cc));
    put_texts(out, "cflags", &service->build.cflags);
    put_texts(out, "libs", &service->build.libs);
    put_texts(out, "binary", &service->binary_types);
    put_texts(out, "patterns", &service->patterns);
    buf_printf(out, "\nroutes=%s prefix=%s memory=%u\n", word(service->routes_dir), service->routes_prefix,
               service->memory_mb);
    put_pairs(out, "env", &service->environment);
    buf_printf(out, "outputs %.*s\n", STR_ARG(service->outputs));
    for (size_t i = 0; i < service->smoke_count; i++)
        buf_printf(out, "smoke %s %s %s %u\n", service->smoke[i].method, service->smoke[i].path,
                   word(service->smoke[i].body), service->smoke[i].status);
    put_gate(out, service);
    for (size_t i = 0; i < service->function_count; i++)
        put_function(out, &service->functions[i]);
}

/* ---- tests ---- */

static struct service *
load(const char *file)
{
    const struct service_options options = { .file = file };
    struct service *service = NULL;
    struct service_tree tree;
    struct buf text;

    service_problems_init(&problems);
    if (service_load(&tree, folder, &options, &problems))
        service = service_read(&tree, &options, &problems);
    service_tree_fini(&tree);
    buf_init(&text, MAX_DUMP);
    service_problems_text(&problems, PROBLEMS_ERRORS, &text);
    assert_string_equal(buf_text(&text), "");
    buf_fini(&text);
    service_problems_fini(&problems);
    assert_non_null(service);
    return service;
}

static void
every_key(void **state)
{
    struct service *service = load("service.yml");
    const char *path = "tests/unit/function/golden/service.txt";
    struct arena arena;
    struct str wanted;
    struct buf got;

    (void)state;
    arena_init(&arena, 0);
    buf_init(&got, MAX_DUMP);
    dump(&got, service);
    if (getenv("GOLDEN"))
        assert_true(disk_write(path, buf_view(&got), NULL));
    assert_true(disk_read(&arena, path, MAX_DUMP, &wanted, NULL));
    assert_string_equal(buf_text(&got), wanted.p);
    buf_fini(&got);
    arena_fini(&arena);
    service_put(service);
}

static void
same_from_json(void **state)
{
    struct service *service = load("service.yml"), *again;
    struct buf first, second;

    (void)state;
    service_problems_init(&problems);
    again = service_from_json(service->config, &problems);
    assert_non_null(again);
    buf_init(&first, MAX_DUMP);
    buf_init(&second, MAX_DUMP);
    dump(&first, service);
    dump(&second, again);
    assert_string_equal(buf_text(&first), buf_text(&second));
    assert_true(str_eq(service->config, again->config));
    buf_fini(&first);
    buf_fini(&second);
    service_put(again);
    service_put(service);
    assert_null(service_from_json(STR("[1]"), &problems));
    for (int i = 0; i < 2; i++) /* the second time it is known already, and an error all the same */
        assert_null(service_from_json(STR("{\"service\":\"x\"}"), &problems));
    assert_null(service_from_json(STR("{"), &problems));
    service_problems_fini(&problems);
}

/* As the Framework has it: other settings of the log may stay where they are. */
static void
access_log_switched_off(void **state)
{
    const struct str config = STR("{\"service\":\"shop\",\"provider\":{\"name\":\"interlude\",\"logs\":{\"restApi\":"
                                  "{\"accessLogging\":false,\"format\":\"$context.status\"},"
                                  "\"httpApi\":{\"format\":\"$context.status\"}}}}");
    struct service *service;

    (void)state;
    service_problems_init(&problems);
    service = service_from_json(config, &problems);
    assert_non_null(service);
    assert_null(service->rest_log_format);
    assert_string_equal(service->http_api_log_format, "$context.status");
    service_put(service);
    service_problems_fini(&problems);
}

static void
found_by_name(void **state)
{
    struct service *service = service_get(load("service.yml"));

    (void)state;
    assert_ptr_equal(service_function_find(service, STR("quote")), &service->functions[0]);
    assert_ptr_equal(service_function_find(service, STR("shop-qa-quote")), &service->functions[0]);
    assert_ptr_equal(service_function_find(service, STR("checker")), &service->functions[1]);
    assert_null(service_function_find(service, STR("shop-qa-check")));
    service_put(service);
    service_put(service);
    service_put(NULL);
}

static const char *
lookup(void *arg, struct str name)
{
    (void)arg;
    return str_is(name, "a") ? "${secret:b}" : str_is(name, "b") ? "two" : NULL;
}

static void
expect_expanded(const char *text, const char *wanted)
{
    struct err err = { "" };
    struct buf out;

    buf_init(&out, 64);
    if (service_expand_secrets(text, lookup, NULL, &out, &err))
        assert_string_equal(buf_text(&out), wanted);
    else
        assert_string_equal(err.text, wanted);
    buf_fini(&out);
}

static void
secrets(void **state)
{
    (void)state;
    assert_true(service_has_secret("x${secret:a}"));
    assert_false(service_has_secret("${self:a}"));
    assert_false(service_has_secret(NULL));
    expect_expanded("plain", "plain");
    expect_expanded("<${secret:b}>${secret:b}", "<two>two");
    expect_expanded("${secret:a}", "${secret:b}"); /* once: what a secret holds is not looked at */
    expect_expanded("${secret:c}", "there is no secret c; make it with: interlude secrets set c");
    expect_expanded("${secret:b", "${secret:b");
    expect_expanded("${secret:b}0123456789012345678901234567890123456789012345678901234567890123456789",
                    "with its secrets the value is too long");
}

static void
globs(void **state)
{
    static const char *const list[] = { "!**", "dist/**", "!dist/*.c" };
    const char *deep = "a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/b";

    (void)state;
    assert_true(glob_matches("**", "a/b"));
    assert_true(glob_matches("**/x", "x"));
    assert_true(glob_matches("./a/**/z", "a/z"));
    assert_true(glob_matches("a/**/z", "a/b/c/z"));
    assert_true(glob_matches("*.{c,h}", "x.h"));
    assert_true(glob_matches("{a,b{c,d}}/x", "bd/x"));
    assert_true(glob_matches("[!a-c]*", "dx"));
    assert_true(glob_matches("a[]b", "a[]b"));
    assert_true(glob_matches("{x}", "{x}"));
    assert_false(glob_matches("*", "a/b"));
    assert_false(glob_matches("a/*", "a/b/c"));
    assert_false(glob_matches("[!a-c]", "b"));
    assert_false(glob_matches("a?", "a"));
    assert_false(glob_matches("**/*a*a*a*a*a*a*a*a*/**/x", deep));
    assert_false(glob_matches("{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}", "c"));
    assert_true(glob_decides(list, 3, "dist/a.so", true));
    assert_false(glob_decides(list, 3, "dist/a.c", true));
    assert_true(glob_decides(list, 3, "dist/x/a.c", true));
    assert_false(glob_decides(list, 3, "x", true));
    assert_true(glob_decides(list, 0, "x", true));
}

static void
version_ranges(void **state)
{
    static const char *const good[] = { "3",     "^3.38.0", "~4.1", "*",      ">=2.0.0", "2 || 3", ">=3.0.0 <5.0.0",
                                        "2 - 4", "",        "v3",   "latest", ">2",      "<4",     "<=3.9" };
    static const char *const bad[] = { "2", "^1.2", "<3", "<3.0.0", ">=5", ">4", "1 - 2", "1 || 2" };

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (!version_range_has(good[i], 3, 4))
            fail_msg("%s does not have 3 or 4", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (version_range_has(bad[i], 3, 4))
            fail_msg("%s has 3 or 4", bad[i]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key),
        cmocka_unit_test(same_from_json),
        cmocka_unit_test(found_by_name),
        cmocka_unit_test(secrets),
        cmocka_unit_test(globs),
        cmocka_unit_test(version_ranges),
        cmocka_unit_test(access_log_switched_off),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
