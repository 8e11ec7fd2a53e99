/* SPDX-License-Identifier: MIT */
/* Environments of functions (service_environment.h). */
#include "function/service_environment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "function/node.h"
#include "function/secret.h"

enum { MAX_VALUE = 64 << 10 };

static const char *
no_secret(void *arg, struct str name)
{
    (void)arg, (void)name;
    return NULL;
}

struct expansion {
    struct function_secret_set *secrets; /* NULL: there are none */
    struct service_problems *problems;
    const struct node *root; /* of the file; NULL */
    bool is_offline;
};

/* Where that text was written. */
static struct place
place_of(const struct node *node, const char *text)
{
    if (node->type == NODE_TEXT && str_is(node->text, text))
        return node->at;
    if (node->type == NODE_LIST || node->type == NODE_MAP) /* as deep as the reader lets it be */
        for (const struct node *child = node->first; child; child = child->next) {
            struct place place = place_of(child, text);

            if (place.source)
                return place;
        }
    return (struct place){ NULL, 0, 0 };
}

/* The caller frees. NULL: it names a secret that is not there, and that was said. */
static char *
expand(const struct expansion *expansion, const char *text)
{
    struct buf out;
    struct err err;
    bool is_ok;

    if (!service_has_secret(text))
        return mem_strdup(text);
    buf_init(&out, MAX_VALUE);
    is_ok = service_expand_secrets(text, expansion->secrets ? function_secret_find : no_secret, expansion->secrets,
                                   &out, &err);
    if (is_ok)
        return buf_take(&out, NULL);
    buf_fini(&out);
    service_error(expansion->problems, expansion->root ? place_of(expansion->root, text) : (struct place){ NULL, 0, 0 },
                  "%s", err.text);
    return NULL;
}

static char *
pair(const char *name, const char *value)
{
    char *text = NULL;

    return asprintf(&text, "%s=%s", name, value) < 0 ? mem_strdup("") : text;
}

static bool
has_name(struct service_pairs pairs, const char *name)
{
    for (size_t i = 0; i < pairs.count; i++)
        if (strcmp(pairs.items[i].name, name) == 0)
            return true;
    return false;
}

/* What the file says, then what is given to all. */
static char **
environment_of(const struct expansion *expansion, struct service_pairs said, struct service_pairs given)
{
    char **list = mem_alloc((said.count + given.count + 1) * sizeof *list);
    size_t count = 0;

    for (size_t i = 0; i < said.count; i++) {
        char *value = expand(expansion, said.items[i].value);

        if (value)
            list[count++] = pair(said.items[i].name, value);
        free(value);
    }
    for (size_t i = 0; i < given.count; i++)
        if (!has_name(said, given.items[i].name))
            list[count++] = pair(given.items[i].name, given.items[i].value);
    return list;
}

/* function: NULL: that of its routes. */
static char **
environment_for(const struct expansion *expansion, const struct service *service,
                const struct service_function *function)
{
    char memory[16];
    const struct service_pair given[] = {
        { "IS_OFFLINE", "true" }, /* not for all */
        { "AWS_REGION", service->region ? service->region : "local" },
        { "AWS_LAMBDA_FUNCTION_NAME", function ? function->name : "" }, /* from here on: functions only */
        { "AWS_LAMBDA_FUNCTION_VERSION", "$LATEST" },
        { "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", memory },
    };
    size_t first = expansion->is_offline ? 0 : 1, end = function ? COUNT_OF(given) : 2;

    snprintf(memory, sizeof memory, "%u", function ? function->memory_mb : 0);
    return environment_of(expansion, function ? function->environment : service->environment,
                          (struct service_pairs){ given + first, end - first });
}

/*
 * Texts that are used in this process. The service is still ours alone; what is shown of it (config) keeps the names.
 */
static void
expand_in_place(const struct expansion *expansion, struct service *service, const char *const *place)
{
    const char **text = (const char **)(uintptr_t)place;
    char *value = *text && service_has_secret(*text) ? expand(expansion, *text) : NULL;

    if (value)
        *text = arena_strdup(&service->arena, value);
    free(value);
}

static bool
have_secrets(struct service_pairs pairs)
{
    for (size_t i = 0; i < pairs.count; i++)
        if (service_has_secret(pairs.items[i].value))
            return true;
    return false;
}

static bool
names_secrets(const struct service *service, bool with_routes)
{
    if (with_routes && have_secrets(service->environment))
        return true;
    for (size_t i = 0; i < service->function_count; i++) {
        const struct service_function *function = &service->functions[i];

        if (have_secrets(function->environment) ||
            (function->webhook.secret && service_has_secret(function->webhook.secret)) ||
            (function->async.callback_secret && service_has_secret(function->async.callback_secret)))
            return true;
    }
    return false;
}

char ***
service_environments(struct service *service, const struct environment_spec *spec, const struct node *root,
                     struct service_problems *problems)
{
    struct expansion expansion = { NULL, problems, root, spec->is_offline };
    char ***environments = mem_alloc((service->function_count + 2) * sizeof *environments);
    struct err err;

    if (names_secrets(service, spec->with_routes)) {
        expansion.secrets = function_secrets_load(spec->store, spec->secrets, spec->organization_id, &err);
        if (!expansion.secrets)
            service_error(problems, (struct place){ NULL, 0, 0 }, "secrets cannot be read: %s", err.text);
    }
    for (size_t i = 0; i < service->function_count; i++) {
        environments[i] = environment_for(&expansion, service, &service->functions[i]);
        expand_in_place(&expansion, service, &service->functions[i].webhook.secret);
        expand_in_place(&expansion, service, &service->functions[i].async.callback_secret);
    }
    if (spec->with_routes)
        environments[service->function_count] = environment_for(&expansion, service, NULL);
    if (expansion.secrets)
        function_secrets_free(expansion.secrets);
    return environments;
}

void
service_environments_free(char ***environments)
{
    for (size_t i = 0; environments && environments[i]; i++) {
        for (size_t k = 0; environments[i][k]; k++)
            free(environments[i][k]);
        free(environments[i]);
    }
    free(environments);
}
