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

static char **
environment_of(const struct expansion *expansion, const struct service *service,
               const struct service_function *function)
{
    char memory[16];
    const struct service_pair given[] = {
        { "AWS_LAMBDA_FUNCTION_NAME", function->name },
        { "AWS_LAMBDA_FUNCTION_VERSION", "$LATEST" },
        { "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", memory },
        { "AWS_REGION", service->region ? service->region : "local" },
        { "IS_OFFLINE", "true" }, /* the last: not for all */
    };
    size_t given_count = COUNT_OF(given) - !expansion->is_offline;
    char **list = mem_alloc((COUNT_OF(given) + function->environment.count + 1) * sizeof *list);
    size_t count = 0;

    snprintf(memory, sizeof memory, "%u", function->memory_mb);
    for (size_t i = 0; i < function->environment.count; i++) {
        char *value = expand(expansion, function->environment.items[i].value);

        if (value)
            list[count++] = pair(function->environment.items[i].name, value);
        free(value);
    }
    for (size_t i = 0; i < given_count; i++) {
        bool is_there = false;

        for (size_t k = 0; k < function->environment.count; k++)
            is_there |= strcmp(function->environment.items[k].name, given[i].name) == 0;
        if (!is_there)
            list[count++] = pair(given[i].name, given[i].value);
    }
    return list;
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
names_secrets(const struct service *service)
{
    for (size_t i = 0; i < service->function_count; i++) {
        const struct service_function *function = &service->functions[i];

        for (size_t k = 0; k < function->environment.count; k++)
            if (service_has_secret(function->environment.items[k].value))
                return true;
        if ((function->webhook.secret && service_has_secret(function->webhook.secret)) ||
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
    char ***environments = mem_alloc((service->function_count + 1) * sizeof *environments);
    struct err err;

    if (names_secrets(service)) {
        expansion.secrets = function_secrets_load(spec->store, spec->secrets, spec->organization_id, &err);
        if (!expansion.secrets)
            service_error(problems, (struct place){ NULL, 0, 0 }, "secrets cannot be read: %s", err.text);
    }
    for (size_t i = 0; i < service->function_count; i++) {
        environments[i] = environment_of(&expansion, service, &service->functions[i]);
        expand_in_place(&expansion, service, &service->functions[i].webhook.secret);
        expand_in_place(&expansion, service, &service->functions[i].async.callback_secret);
    }
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
