/* SPDX-License-Identifier: MIT */
/* What is told of a service (info.h). */
#include "deploy/info.h"

enum { MAX_ADDRESS = 4096 };

/* "POST - https://tools.example.test/fn/shop/prod/quote" */
static void
put_endpoint(struct buf *out, const struct service *service, const struct service_endpoint *endpoint,
             const char *base_url, bool with_stage)
{
    const char *path = strcmp(endpoint->path, "*") == 0 ? "/*" : endpoint->path;

    buf_printf(out, "%s - %s", endpoint->method, base_url);
    if (service->mount)
        buf_str(out, strcmp(service->mount, "/") == 0 ? "" : service->mount);
    else if (with_stage && endpoint->kind == ENDPOINT_HTTP)
        buf_printf(out, "/%s", service->stage);
    else
        buf_printf(out, "/fn/%s/%s", service->name, service->stage);
    buf_str(out, path);
}

static size_t
schedule_count(const struct service *service)
{
    size_t count = 0;

    for (size_t i = 0; i < service->function_count; i++)
        count += service->functions[i].schedule_count;
    return count;
}

/* "  nightly: cron(15 3 * * ? *) Europe/Berlin, disabled" */
static void
put_schedules(struct buf *out, const struct service_function *function)
{
    for (size_t i = 0; i < function->schedule_count; i++) {
        const struct service_schedule *schedule = &function->schedules[i];

        buf_printf(out, "  %s: %s%s%s%s\n", function->key, schedule->rate, schedule->timezone ? " " : "",
                   schedule->timezone ? schedule->timezone : "", schedule->is_enabled ? "" : ", disabled");
    }
}

void
info_block(const struct service *service, const char *base_url, bool with_stage, struct buf *out)
{
    size_t endpoint_count = 0;

    for (size_t i = 0; i < service->function_count; i++)
        endpoint_count += service->functions[i].endpoint_count;
    buf_printf(out, "service: %s\nstage: %s\n", service->name, service->stage);
    if (endpoint_count)
        buf_str(out, endpoint_count == 1 ? "endpoint: " : "endpoints:\n");
    for (size_t i = 0; i < service->function_count; i++)
        for (size_t k = 0; k < service->functions[i].endpoint_count; k++) {
            buf_str(out, endpoint_count == 1 ? "" : "  ");
            put_endpoint(out, service, &service->functions[i].endpoints[k], base_url, with_stage);
            buf_char(out, '\n');
        }
    buf_str(out, "functions:\n");
    for (size_t i = 0; i < service->function_count; i++)
        buf_printf(out, "  %s: %s\n", service->functions[i].key, service->functions[i].name);
    if (schedule_count(service))
        buf_str(out, "schedules:\n");
    for (size_t i = 0; i < service->function_count; i++)
        put_schedules(out, &service->functions[i]);
}

/* ---- as JSON */

static void
put_functions(const struct info_spec *spec, struct arena *arena, struct json_out *out)
{
    const struct service *service = spec->service;
    struct json functions = json_get(spec->manifest, "functions"), files = json_get(spec->manifest, "files");

    json_name(out, "functions");
    json_array(out);
    for (size_t i = 0; i < service->function_count; i++) {
        const struct service_function *function = &service->functions[i];
        const char *file = json_text(arena, json_get(json_get(functions, function->key), "file"));

        json_object(out);
        json_pair_text(out, "name", function->key);
        json_pair_text(out, "deployedName", function->name);
        json_pair_int(out, "size", file ? json_int(json_get(json_get(files, file), "size"), 0) : 0);
        json_object_end(out);
    }
    json_array_end(out);
}

static void
put_endpoints(const struct info_spec *spec, struct json_out *out)
{
    const struct service *service = spec->service;
    struct buf text;

    buf_init(&text, MAX_ADDRESS);
    json_name(out, "endpoints");
    json_array(out);
    for (size_t i = 0; i < service->function_count; i++)
        for (size_t k = 0; k < service->functions[i].endpoint_count; k++) {
            buf_clear(&text);
            put_endpoint(&text, service, &service->functions[i].endpoints[k], spec->base_url, spec->with_stage);
            json_put_str(out, buf_view(&text));
        }
    json_array_end(out);
    buf_fini(&text);
}

static void
put_schedule_list(const struct service *service, struct json_out *out)
{
    json_name(out, "schedules");
    json_array(out);
    for (size_t i = 0; i < service->function_count; i++)
        for (size_t k = 0; k < service->functions[i].schedule_count; k++) {
            const struct service_schedule *schedule = &service->functions[i].schedules[k];

            json_object(out);
            json_pair_text(out, "function", service->functions[i].key);
            json_pair_text(out, "expression", schedule->rate);
            json_pair_text(out, "timezone", schedule->timezone);
            json_pair_bool(out, "isEnabled", schedule->is_enabled);
            json_object_end(out);
        }
    json_array_end(out);
}

static void
put_keys(const struct info_spec *spec, struct json_out *out)
{
    json_name(out, "apiKeys");
    json_array(out);
    for (size_t i = 0; i < spec->key_count; i++) {
        json_object(out);
        json_pair_text(out, "name", spec->keys[i].name);
        json_pair_text(out, "value", spec->keys[i].value);
        json_object_end(out);
    }
    json_array_end(out);
}

void
info_json(const struct info_spec *spec, struct arena *arena, struct json_out *out)
{
    const struct service *service = spec->service;

    json_name(out, "info");
    json_object(out);
    put_functions(spec, arena, out);
    json_name(out, "layers");
    json_array(out);
    json_array_end(out);
    put_endpoints(spec, out);
    if (spec->routes.len > strlen("[]"))
        json_pair_raw(out, "routes", spec->routes);
    if (schedule_count(service))
        put_schedule_list(service, out);
    json_pair_text(out, "service", service->name);
    json_pair_text(out, "stage", service->stage);
    json_pair_text(out, "region", service->region ? service->region : "local");
    json_pair_text(out, "stack", arena_printf(arena, "%s-%s", service->name, service->stage));
    json_pair_int(out, "resourceCount", (int64_t)service->function_count);
    put_keys(spec, out);
    json_object_end(out);
    json_pair_raw(out, "outputs", service->outputs.len ? service->outputs : STR("[]"));
}
