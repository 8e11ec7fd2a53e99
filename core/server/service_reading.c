/* SPDX-License-Identifier: MIT */
/* From serverless.yml to a service that can be served (service_reading.h). */
#include "server/service_reading.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "function/service_environment.h"
#include "json/write.h"
#include "loop/control.h"
#include "loop/worker.h"

enum { MAX_TEXT = 1 << 20 };

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
    service_environments_free(reading->environments);
    list_free(reading->files);
    for (size_t i = 0; i < reading->warning_count; i++) {
        free(reading->warnings[i].sentence);
        free(reading->warnings[i].printed);
    }
    free(reading->warnings);
    free(reading->errors);
    free(reading->diagnostics);
    free(reading->summary);
    service_put(reading->service);
    free(reading);
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
keep_warning(struct reading *reading, const struct service_problem *problem)
{
    struct buf text;

    buf_init(&text, MAX_TEXT);
    service_problem_text(problem, &text);
    reading->warnings[reading->warning_count++] =
        (struct reading_warning){ mem_strdup(problem->text), buf_take(&text, NULL) };
}

static void
keep_problems(struct reading *reading, const struct service_problems *problems)
{
    struct json_out out;
    struct buf text;

    reading->warnings = mem_alloc((problems->count + 1) * sizeof *reading->warnings);
    for (size_t i = 0; i < problems->count; i++)
        if (problems->items[i].is_warning)
            keep_warning(reading, &problems->items[i]);
    buf_init(&text, MAX_TEXT);
    service_problems_text(problems, PROBLEMS_ERRORS, &text);
    reading->errors = buf_take(&text, NULL);
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

static bool
warns_of(const struct reading *reading, const char *sentence)
{
    for (size_t i = 0; reading && i < reading->warning_count; i++)
        if (strcmp(reading->warnings[i].sentence, sentence) == 0)
            return true;
    return false;
}

void
reading_print(const struct reading *reading, const struct reading *last, const struct reading *warned)
{
    for (size_t i = 0; i < reading->warning_count; i++)
        if (!warns_of(warned, reading->warnings[i].sentence))
            fputs(reading->warnings[i].printed, stderr);
    if (!last || strcmp(last->errors, reading->errors) != 0)
        fputs(reading->errors, stderr);
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
    const struct service_options *options = job->server->service;
    struct service_problems problems;
    struct service_tree tree;

    service_problems_init(&problems);
    if (service_load(&tree, job->dir, options, &problems))
        reading->service = service_read(&tree, options, &problems);
    reading->files = mem_alloc((tree.files.count + 1) * sizeof *reading->files);
    for (size_t i = 0; i < tree.files.count; i++)
        reading->files[i] = mem_strdup(tree.files.items[i]);
    if (reading->service)
        reading->environments =
            service_environments(reading->service,
                                 &(struct environment_spec){ .store = job->server->store,
                                                             .secrets = &job->server->secrets,
                                                             .organization_id = job->server->scope->organization_id,
                                                             .is_offline = true },
                                 tree.root, &problems);
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
    job->reading->errors = mem_strdup("");
    job->reading->diagnostics = mem_strdup("[]");
    job->reading->summary = mem_strdup("too many files changed at once; save it again");
    control_post(&job->message, report);
}
