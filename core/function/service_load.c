/* SPDX-License-Identifier: MIT */
/* From a directory to a resolved tree (service.h). */
#include <stdio.h>
#include <unistd.h>

#include "base/mem.h"
#include "function/service.h"
#include "function/variables.h"
#include "function/yaml.h"
#include "host/disk.h"

static const char *const config_names[] = { "serverless.yml", "serverless.yaml", "serverless.json" };
static const char *const script_names[] = { "serverless.js", "serverless.cjs", "serverless.mjs", "serverless.ts" };

static const char *
in_dir(struct arena *arena, const char *dir, const char *name)
{
    return *name == '/' ? name : arena_printf(arena, "%s/%s", dir, name);
}

static const char *
first_of(struct arena *arena, const char *dir, const char *const names[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (access(in_dir(arena, dir, names[i]), F_OK) == 0)
            return names[i];
    return NULL;
}

static bool
is_script(const char *file)
{
    return str_ends(str_of(file), STR("js")) || str_ends(str_of(file), STR("ts"));
}

/* NULL: there is none, and that was said. */
static const char *
find_config(struct arena *arena, const char *dir, const char *wanted, struct service_problems *problems)
{
    const struct place nowhere = { NULL, 0, 0 };
    const char *file = wanted ? wanted : first_of(arena, dir, config_names, COUNT_OF(config_names));

    if (!file)
        file = first_of(arena, dir, script_names, COUNT_OF(script_names));
    if (file && is_script(file)) {
        service_error(problems, nowhere,
                      "%s: programs are not run to make the configuration; write it as serverless.yml or "
                      "serverless.json ('serverless print' of the Serverless Framework shows it resolved)",
                      file);
        return NULL;
    }
    if (!file)
        service_error(problems, nowhere, "there is no serverless.yml in %s; another file is named with --config", dir);
    return file;
}

static struct node *
read_config(struct service_tree *tree, struct forest *forest, const char *dir)
{
    const struct source *source;
    struct str text;
    struct err err;

    if (!disk_read(&tree->arena, in_dir(&tree->arena, dir, tree->path), YAML_MAX_BYTES, &text, &err)) {
        service_error(forest->problems, (struct place){ NULL, 0, 0 }, "%s", err.text);
        return NULL;
    }
    source = source_new(&tree->arena, tree->path, text);
    return str_ends(str_of(tree->path), STR(".json")) ? yaml_read_json(forest, source) : yaml_read(forest, source);
}

static void
set_text(struct forest *forest, struct node *map, const char *key, const char *text)
{
    struct node *old = node_get(map, str_of(key)), *node = node_new_text(forest, map->at, str_of(text));

    if (old) {
        node_assign(forest, old, node);
        return;
    }
    node->key = str_of(key);
    node_add(map, node);
}

/* `provider: aws` is short for a map; what the command line says stands in it, so that the tree says everything. */
static void
complete_provider(struct forest *forest, struct node *root, const char *stage, const char *region)
{
    struct node *provider = node_get(root, STR("provider"));
    struct str name;

    if (node_is(provider, NODE_TEXT)) {
        name = provider->text;
        provider->type = NODE_MAP;
        provider->first = provider->last = NULL;
        provider->count = 0;
        set_text(forest, provider, "name", name.p);
    }
    if (!node_is(provider, NODE_MAP))
        return;
    set_text(forest, provider, "stage", stage);
    if (region)
        set_text(forest, provider, "region", region);
}

static void
list_files(struct service_tree *tree, const struct service_texts *more)
{
    const char **items = arena_alloc(&tree->arena, (more->count + 1) * sizeof *items);

    items[0] = tree->path;
    for (size_t i = 0; i < more->count; i++)
        items[i + 1] = more->items[i];
    tree->files = (struct service_texts){ items, more->count + 1 };
}

bool
service_load(struct service_tree *tree, const char *dir, const struct service_options *options,
             struct service_problems *problems)
{
    struct forest forest = { .arena = &tree->arena, .problems = problems };
    struct resolved resolved = { .stage = "" };
    size_t errors = problems->error_count;

    *tree = (struct service_tree){ .root = NULL };
    arena_init(&tree->arena, 0);
    tree->path = find_config(&tree->arena, dir, options->file, problems);
    if (!tree->path)
        return false;
    tree->path = arena_strdup(&tree->arena, tree->path);
    list_files(tree, &(struct service_texts){ NULL, 0 });
    tree->root = read_config(tree, &forest, dir);
    if (!tree->root)
        return false;
    if (!node_is(tree->root, NODE_MAP)) {
        service_error(problems, tree->root->at, "a service is a map with service, provider and functions, not %s",
                      node_type_name(tree->root));
        return false;
    }
    if (variables_resolve(&forest, tree->root, dir, options, &resolved))
        complete_provider(&forest, tree->root, resolved.stage, options->region);
    list_files(tree, &resolved.files);
    return problems->error_count == errors;
}

void
service_tree_fini(struct service_tree *tree)
{
    arena_fini(&tree->arena);
}
