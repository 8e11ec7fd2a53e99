/* SPDX-License-Identifier: MIT */
/* What is wrong with route files right now (problem.h). */
#include "host/problem.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"

struct problem {
    enum problem_kind kind;
    char *key, *file, *slug, *message, *diagnostics;
    int64_t at;
    bool still_serving;
};

enum { MAX_KEY = 4200 };

static const char *const kind_names[] = { "compile", "module", "clash", "crash" };

static struct str
key_of(char out[MAX_KEY], enum problem_kind kind, const char *file)
{
    int len = snprintf(out, MAX_KEY, "%s %s", kind_names[kind], file);

    return (struct str){ out, len < MAX_KEY ? (size_t)len : MAX_KEY - 1 };
}

static void
problem_free(struct problem *problem)
{
    if (!problem)
        return;
    free(problem->key);
    free(problem->file);
    free(problem->slug);
    free(problem->message);
    free(problem->diagnostics);
    free(problem);
}

void
problems_init(struct problems *problems, void (*changed)(void *arg), void *arg)
{
    map_init(&problems->by_key);
    problems->changed = changed;
    problems->arg = arg;
}

void
problem_set(struct problems *problems, enum problem_kind kind, const char *file, const char *slug, bool still_serving,
            struct str diagnostics, const char *message)
{
    char text[MAX_KEY];
    struct str key = key_of(text, kind, file);
    struct problem *problem = mem_alloc(sizeof *problem);

    problem->kind = kind;
    problem->key = mem_strndup(key.p, key.len);
    problem->file = mem_strdup(file);
    problem->slug = slug ? mem_strdup(slug) : NULL;
    problem->message = mem_strdup(message);
    problem->diagnostics = diagnostics.len ? mem_strndup(diagnostics.p, diagnostics.len) : NULL;
    problem->at = clock_wall_ms();
    problem->still_serving = still_serving;
    problem_free(map_set(&problems->by_key, key, problem));
    problems->changed(problems->arg);
}

void
problem_clear(struct problems *problems, enum problem_kind kind, const char *file)
{
    char text[MAX_KEY];
    struct problem *old = map_remove(&problems->by_key, key_of(text, kind, file));

    if (!old)
        return;
    problem_free(old);
    problems->changed(problems->arg);
}

bool
problem_exists(const struct problems *problems, enum problem_kind kind, const char *file)
{
    char text[MAX_KEY];

    return map_find(&problems->by_key, key_of(text, kind, file)) != NULL;
}

static int
newest_first(const void *a, const void *b)
{
    const struct problem *left = *(struct problem *const *)a, *right = *(struct problem *const *)b;

    return (left->at < right->at) - (left->at > right->at);
}

static void
problem_to_json(const struct problem *problem, struct json_out *out)
{
    json_object(out);
    json_pair_text(out, "id", problem->key);
    json_pair_text(out, "kind", kind_names[problem->kind]);
    json_pair_text(out, "file", problem->file);
    json_pair_text(out, "slug", problem->slug);
    json_pair_text(out, "message", problem->message);
    json_pair_int(out, "at", problem->at);
    json_pair_bool(out, "stillServing", problem->still_serving);
    json_pair_raw(out, "diagnostics", problem->diagnostics ? str_of(problem->diagnostics) : STR("[]"));
    json_object_end(out);
}

void
problems_to_json(const struct problems *problems, struct json_out *out)
{
    struct problem **all = mem_alloc((problems->by_key.count + 1) * sizeof(struct problem *));
    struct map_cursor cursor = { 0 };
    struct map_entry *entry;
    size_t count = 0;

    while ((entry = map_next(&problems->by_key, &cursor)))
        all[count++] = entry->value;
    qsort(all, count, sizeof(struct problem *), newest_first);
    json_array(out);
    for (size_t i = 0; i < count; i++)
        problem_to_json(all[i], out);
    json_array_end(out);
    free(all);
}
