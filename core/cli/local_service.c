/* SPDX-License-Identifier: MIT */
/* Functions of a serverless.yml on this machine (local_module.h). */
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/data.h"
#include "cli/local_module.h"
#include "cli/service.h"
#include "function/secret.h"

enum { MAX_VALUE = 64 << 10 };

static bool
has_service(const struct arguments *arguments)
{
    static const char *const names[] = { "serverless.yml", "serverless.yaml", "serverless.json" };

    if (argument(arguments, "config"))
        return true;
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (access(names[i], F_OK) == 0)
            return true;
    return false;
}

/* ---- the environment */

struct secrets_of {
    struct data data;
    struct function_secret_set *set;
    bool is_open;
};

/* The store is opened for the first secret only. */
static bool
open_secrets(struct secrets_of *secrets, const struct local_place *place, struct err *err)
{
    struct org *org;

    if (secrets->is_open)
        return true;
    secrets->is_open = true;
    if (!data_open(&secrets->data, place->arguments, DATA_MUST_EXIST))
        return err_set(err, "the function's environment has secrets, which are in the store");
    if (!data_org(&secrets->data, NULL, &org, err))
        return false;
    secrets->set = function_secrets_load(secrets->data.store, &secrets->data.secrets, org->id, err);
    return secrets->set != NULL;
}

static void
close_secrets(struct secrets_of *secrets)
{
    if (secrets->set)
        function_secrets_free(secrets->set);
    if (secrets->is_open)
        data_close(&secrets->data);
}

static const char *
expand(struct local_module *module, const struct local_place *place, struct secrets_of *secrets, const char *text,
       struct err *err)
{
    const char *value = NULL;
    struct buf out;

    if (!service_has_secret(text))
        return text;
    buf_init(&out, MAX_VALUE);
    if (open_secrets(secrets, place, err) &&
        service_expand_secrets(text, function_secret_find, secrets->set, &out, err))
        value = arena_strdup(&module->arena, buf_text(&out));
    buf_fini(&out);
    return value;
}

static bool
make_environment(struct local_module *module, const struct local_place *place, const struct service *service,
                 const struct service_function *function, struct err *err)
{
    const struct service_pairs *pairs = &function->environment;
    struct secrets_of secrets = { .is_open = false };
    struct arena *arena = &module->arena;
    char **list = arena_alloc(arena, (pairs->count + 7) * sizeof *list);
    size_t count = 0;
    bool is_ok = true;

    /* the file's first: of two with one name the first counts */
    for (size_t i = 0; i < pairs->count && is_ok; i++) {
        const char *value = expand(module, place, &secrets, pairs->items[i].value, err);

        is_ok = value != NULL;
        list[count++] = arena_printf(arena, "%s=%s", pairs->items[i].name, is_ok ? value : "");
    }
    list[count++] = arena_strdup(arena, "IS_LOCAL=true");
    list[count++] = arena_strdup(arena, "IS_OFFLINE=true");
    list[count++] = arena_printf(arena, "AWS_LAMBDA_FUNCTION_NAME=%s", function->name);
    list[count++] = arena_strdup(arena, "AWS_LAMBDA_FUNCTION_VERSION=$LATEST");
    list[count++] = arena_printf(arena, "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=%u", function->memory_mb);
    list[count++] = arena_printf(arena, "AWS_REGION=%s", service->region);
    close_secrets(&secrets);
    module->environment = list;
    return is_ok;
}

static void
describe(struct local_module *module, const struct service *service, const struct service_function *function)
{
    struct arena *arena = &module->arena;

    module->name = arena_printf(arena, "%s/%s/%s.so", service->name, service->stage, function->key);
    module->timeout_ms = function->timeout_ms;
    module->source = (struct event_source){ .kind = EVENT_RAW,
                                            .stage = arena_strdup(arena, service->stage),
                                            .account = "000000000000",
                                            .api_id = arena_strdup(arena, service->name),
                                            .region = arena_strdup(arena, service->region),
                                            .function_name = arena_strdup(arena, function->name),
                                            .function_version = "$LATEST",
                                            .memory_mb = function->memory_mb };
}

static bool
find(struct local_module *module, const struct local_place *place, const struct service_input *input, const char *name,
     struct local_handler *handler, bool *is_found, struct err *err)
{
    const struct service_function *function = service_function_find(input->service, str_of(name));
    char *root;

    module->config = arena_strdup(&module->arena, input->tree.path);
    for (size_t i = 0; !function && i < input->service->function_count; i++)
        suggest(&module->near, arena_strdup(&module->arena, input->service->functions[i].key));
    if (!function)
        return true;
    *is_found = true;
    root = realpath(input->dir, NULL);
    if (!root)
        return err_set_errno(err, "cannot use the directory %s", input->dir);
    module->service = service_get(input->service);
    describe(module, input->service, function);
    *handler = (struct local_handler){ .root = arena_strdup(&module->arena, root),
                                       .file = arena_strdup(&module->arena, function->file),
                                       .symbol = arena_strdup(&module->arena, function->symbol) };
    free(root);
    return make_environment(module, place, input->service, function, err);
}

bool
local_service_find(struct local_module *module, const struct local_place *place, const char *name,
                   struct local_handler *handler, bool *is_found, struct err *err)
{
    struct service_input input;
    bool is_ok;

    *is_found = false;
    if (!has_service(place->arguments))
        return true;
    if (service_input_open(&input, place->arguments, PROBLEMS_ERRORS) && input.service)
        is_ok = find(module, place, &input, name, handler, is_found, err);
    else
        is_ok = err_set(err, "the service is not valid");
    service_input_close(&input);
    return is_ok;
}

bool
local_service_name(struct arena *arena, const struct arguments *arguments, const char **name, struct err *err)
{
    const struct service_function *function = NULL;
    struct service_input input;
    bool is_read = true;

    *name = argument(arguments, "function");
    if (!*name || !has_service(arguments))
        return true;
    if (service_input_open(&input, arguments, PROBLEMS_ERRORS) && input.service)
        function = service_function_find(input.service, str_of(*name));
    else
        is_read = !argument(arguments, "config") && !argument(arguments, "stage");
    if (function)
        *name = arena_strdup(arena, function->name);
    service_input_close(&input);
    return is_read || err_set(err, "the service is not valid");
}
