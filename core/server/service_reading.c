/* SPDX-License-Identifier: MIT */
/* From serverless.yml to a service that can be served (service_reading.h). */
#include "server/service_reading.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "function/node.h"
#include "function/secret.h"
#include "json/write.h"
#include "loop/control.h"
#include "loop/worker.h"

enum { MAX_TEXT = 1 << 20, MAX_VALUE = 64 << 10 };

struct job {
    struct message message;
    const struct server *server;
    const char *dir;
    void (*done)(struct reading *reading);
    struct reading *reading;
};

struct reading *
reading_get(struct reading *reading)
{
    reading->refs++;
    return reading;
}

static void
list_free(char **list)
{
    for (size_t i = 0; list && list[i]; i++)
        free(list[i]);
    free(list);
}

void
reading_put(struct reading *reading)
{
    if (!reading || --reading->refs > 0)
        return;
    for (size_t i = 0; reading->environments && reading->service && i < reading->service->function_count; i++)
        list_free(reading->environments[i]);
    free(reading->environments);
    list_free(reading->files);
    free(reading->problems);
    free(reading->diagnostics);
    free(reading->summary);
    service_put(reading->service);
    free(reading);
}

/* ---- secrets and environments */

static const char *
no_secret(void *arg, struct str name)
{
    (void)arg, (void)name;
    return NULL;
}

struct expansion {
    struct function_secret_set *secrets; /* NULL: there are none */
    struct service_problems *problems;
    const struct node *root; /* of the file */
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
    service_error(expansion->problems, place_of(expansion->root, text), "%s", err.text);
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
        { "IS_OFFLINE", "true" },
        { "AWS_LAMBDA_FUNCTION_NAME", function->name },
        { "AWS_LAMBDA_FUNCTION_VERSION", "$LATEST" },
        { "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", memory },
        { "AWS_REGION", service->region ? service->region : "local" },
    };
    char **list = mem_alloc((COUNT_OF(given) + function->environment.count + 1) * sizeof *list);
    size_t count = 0;

    snprintf(memory, sizeof memory, "%u", function->memory_mb);
    for (size_t i = 0; i < function->environment.count; i++) {
        char *value = expand(expansion, function->environment.items[i].value);

        if (value)
            list[count++] = pair(function->environment.items[i].name, value);
        free(value);
    }
    for (size_t i = 0; i < COUNT_OF(given); i++) {
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

static void
fill(struct reading *reading, const struct server *server, const struct node *root, struct service_problems *problems)
{
    const struct place nowhere = { NULL, 0, 0 };
    struct service *service = reading->service;
    struct expansion expansion = { NULL, problems, root };
    struct err err;

    if (names_secrets(service)) {
        expansion.secrets =
            function_secrets_load(server->store, &server->secrets, server->scope->organization_id, &err);
        if (!expansion.secrets)
            service_error(problems, nowhere, "secrets cannot be read: %s", err.text);
    }
    reading->environments = mem_alloc((service->function_count + 1) * sizeof *reading->environments);
    for (size_t i = 0; i < service->function_count; i++) {
        reading->environments[i] = environment_of(&expansion, service, &service->functions[i]);
        expand_in_place(&expansion, service, &service->functions[i].webhook.secret);
        expand_in_place(&expansion, service, &service->functions[i].async.callback_secret);
    }
    if (expansion.secrets)
        function_secrets_free(expansion.secrets);
}

/* ---- what is wrong */

static void
put_diagnostic(struct json_out *out, const struct service_problem *problem)
{
    json_object(out);
    json_pair_text(out, "file", problem->file);
    json_pair_int(out, "line", problem->line);
    json_pair_int(out, "column", problem->column);
    json_pair_text(out, "severity", problem->is_warning ? "warning" : "error");
    json_pair_text(out, "message", problem->text);
    json_pair_text(out, "source", problem->excerpt);
    json_pair_text(out, "caret", "");
    json_object_end(out);
}

static void
keep_problems(struct reading *reading, const struct service_problems *problems)
{
    struct json_out out;
    struct buf text;

    buf_init(&text, MAX_TEXT);
    service_problems_text(problems, PROBLEMS_ALL, &text);
    reading->problems = buf_take(&text, NULL);
    buf_init(&text, MAX_TEXT);
    json_out_init(&out, &text);
    json_array(&out);
    for (size_t i = 0; i < problems->count; i++)
        put_diagnostic(&out, &problems->items[i]);
    json_array_end(&out);
    reading->diagnostics = buf_take(&text, NULL);
    for (size_t i = 0; i < problems->count && !reading->summary; i++) {
        const struct service_problem *problem = &problems->items[i];

        if (problem->is_warning)
            continue;
        if (!problem->line)
            reading->summary = mem_strdup(problem->text);
        else if (asprintf(&reading->summary, "%s:%u: %s", problem->file, problem->line, problem->text) < 0)
            reading->summary = mem_strdup("");
    }
}

/* ---- the job */

static void
report(struct message *message)
{
    struct job *job = container_of(message, struct job, message);

    job->done(job->reading);
    free(job);
}

static void
read_all(struct message *message)
{
    struct job *job = container_of(message, struct job, message);
    struct reading *reading = job->reading;
    const struct service_options options = { .stage = job->server->config->stage,
                                             .environment = (const char *const *)environ };
    struct service_problems problems;
    struct service_tree tree;

    service_problems_init(&problems);
    if (service_load(&tree, job->dir, &options, &problems))
        reading->service = service_read(&tree, &options, &problems);
    reading->files = mem_alloc((tree.files.count + 1) * sizeof *reading->files);
    for (size_t i = 0; i < tree.files.count; i++)
        reading->files[i] = mem_strdup(tree.files.items[i]);
    if (reading->service)
        fill(reading, job->server, tree.root, &problems);
    service_tree_fini(&tree);
    keep_problems(reading, &problems);
    service_problems_fini(&problems);
    control_post(&job->message, report);
}

void
reading_start(const struct server *server, const char *dir, void (*done)(struct reading *reading))
{
    struct job *job = mem_alloc(sizeof *job);

    job->server = server;
    job->dir = dir;
    job->done = done;
    job->reading = mem_alloc(sizeof *job->reading);
    job->reading->refs = 1;
    if (worker_post(&job->message, read_all))
        return;
    job->reading->files = mem_alloc(sizeof *job->reading->files);
    job->reading->problems = mem_strdup("");
    job->reading->diagnostics = mem_strdup("[]");
    job->reading->summary = mem_strdup("too many files changed at once; save it again");
    control_post(&job->message, report);
}

/* ---- what is shown */

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
    buf_printf(out, "%s\n", path);
}

void
service_block(const struct service *service, const char *base_url, bool with_stage, struct buf *out)
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
        }
    buf_str(out, "functions:\n");
    for (size_t i = 0; i < service->function_count; i++)
        buf_printf(out, "  %s: %s\n", service->functions[i].key, service->functions[i].name);
}
