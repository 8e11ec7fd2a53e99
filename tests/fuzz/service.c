/* SPDX-License-Identifier: MIT */
/* libFuzzer: texts as serverless.yml: refused in words, or a service that reads back from its own JSON as the same. */
#include "function/service.h"

#include <stdlib.h>

#include "base/mem.h"
#include "function/service_problem.h"
#include "function/variables.h"
#include "function/yaml.h"

enum { MAX_TEXT = 64 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is written as YAML is read as the same. */
static void
check_yaml(const struct node *root, struct service_problems *problems)
{
    struct buf first, yaml, second;
    struct source source;
    struct arena arena;
    struct forest forest = { .arena = &arena, .problems = problems };
    struct node *again;

    arena_init(&arena, 0);
    buf_init(&first, MAX_TEXT);
    buf_init(&yaml, MAX_TEXT);
    buf_init(&second, MAX_TEXT);
    node_write(root, NODE_JSON_COMPACT, &first);
    node_write(root, NODE_YAML, &yaml);
    source = (struct source){ "again.yml", str_of(buf_text(&yaml)) };
    if (yaml.len <= YAML_MAX_BYTES) {
        again = yaml_read(&forest, &source);
        ASSERT(again);
        node_write(again, NODE_JSON_COMPACT, &second);
        ASSERT(str_eq(buf_view(&first), buf_view(&second)));
    }
    buf_fini(&first);
    buf_fini(&yaml);
    buf_fini(&second);
    arena_fini(&arena);
}

static void
check_service(const struct service_tree *tree, struct service_problems *problems)
{
    const struct service_options options = { .stage = NULL };
    struct service *service = service_read(tree, &options, problems), *again;

    ASSERT(service || problems->error_count);
    if (!service)
        return;
    again = service_from_json(service->config, problems);
    if (service->config.len <= YAML_MAX_BYTES) {
        ASSERT(again);
        ASSERT(str_eq(service->config, again->config));
    }
    service_put(again);
    service_put(service);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const environment[] = { "A=1", "B=two", NULL };
    const struct service_options options = { .environment = environment };
    const struct source source = { "serverless.yml", { size ? (const char *)data : "", size } };
    struct service_problems *problems = mem_alloc(sizeof *problems);
    struct service_tree tree = { .path = "serverless.yml" };
    struct forest forest = { .arena = &tree.arena, .problems = problems };
    struct resolved resolved;
    struct buf text;

    service_problems_init(problems);
    arena_init(&tree.arena, 0);
    tree.root = size && *data == '{' ? yaml_read_json(&forest, &source) : yaml_read(&forest, &source);
    ASSERT(tree.root || problems->error_count);
    if (tree.root && !problems->error_count) {
        check_yaml(tree.root, problems);
        if (tree.root->type == NODE_MAP && variables_resolve(&forest, tree.root, "/nonexistent", &options, &resolved))
            check_service(&tree, problems);
    }
    buf_init(&text, MAX_TEXT);
    service_problems_text(problems, PROBLEMS_ALL, &text);
    service_problems_json(problems, &text);
    buf_fini(&text);
    arena_fini(&tree.arena);
    service_problems_fini(problems);
    free(problems);
    return 0;
}
