/* SPDX-License-Identifier: MIT */
/* interlude print: a serverless.yml as it is with all its variables resolved. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/service.h"
#include "config/suggest.h"

enum { MAX_OUTPUT = 32 << 20 };

/* A text alone, or a list of them, one a line. */
static bool
put_text(const struct node *node, struct arena *arena, struct buf *out, struct err *err)
{
    if (node->type == NODE_MAP)
        return err_set(err, "a map cannot be printed as text: choose a part of it with --path, or --transform keys");
    for (const struct node *child = node->type == NODE_LIST ? node->first : node; child;
         child = node->type == NODE_LIST ? child->next : NULL) {
        struct str text;

        if (!node_is_scalar(child))
            return err_set(err, "a list of %s cannot be printed as text", child->type == NODE_MAP ? "maps" : "lists");
        text = node_scalar(arena, child);
        buf_put(out, text.p, text.len);
        buf_char(out, '\n');
    }
    return true;
}

static struct node *
keys_of(struct forest *forest, const struct node *map)
{
    struct node *list = node_new(forest, NODE_LIST, map->at);

    for (const struct node *child = map->first; child; child = child->next)
        node_add(list, node_new_text(forest, child->key_at, child->key));
    return list;
}

/* Names the first key that is not there, and what was meant. */
static bool
no_such_path(const struct service_input *input, const char *path, struct err *err)
{
    struct node *node = input->tree.root, *child;
    size_t start = 0, len = strcspn(path, ".");
    struct suggestion suggestion = { .best = NULL };

    while (path[len] && (child = node_find(input->tree.root, (struct str){ path, len }))) {
        node = child;
        start = len + 1;
        len = start + strcspn(path + start, ".");
    }
    suggestion.wanted = (struct str){ path + start, len - start };
    for (child = node->type == NODE_MAP ? node->first : NULL; child; child = child->next)
        suggest(&suggestion, child->key.p);
    return err_set(err, "there is no %.*s in %s%s%s", (int)len, path, input->tree.path,
                   suggestion.best ? "; did you mean " : "", suggestion.best ? suggestion.best : "");
}

static bool
make_output(const struct arguments *arguments, struct service_input *input, struct buf *out, struct err *err)
{
    struct forest forest = { .arena = &input->tree.arena, .problems = &input->problems };
    const char *path = argument(arguments, "path"), *transform = argument(arguments, "transform");
    const char *format = argument_is_set(arguments, "json") ? "json" : argument(arguments, "format");
    struct node *node = node_find(input->tree.root, str_of(path ? path : ""));

    if (!node)
        return no_such_path(input, path, err);
    if (transform && node->type != NODE_MAP)
        return err_set(err, "only a map has keys; %s is %s", path ? path : "this", node_type_name(node));
    if (transform)
        node = keys_of(&forest, node);
    if (format && strcmp(format, "text") == 0)
        return put_text(node, &input->tree.arena, out, err);
    node_write(node, format && strcmp(format, "json") == 0 ? NODE_JSON : NODE_YAML, out);
    return !out->over || err_set(err, "there is more than %d MiB to print", MAX_OUTPUT >> 20);
}

static bool
is_one_of(const char *text, const char *a, const char *b, const char *c)
{
    return !text || strcmp(text, a) == 0 || (b && strcmp(text, b) == 0) || (c && strcmp(text, c) == 0);
}

static int
run(const struct arguments *arguments)
{
    struct service_input *input;
    struct err err;
    int code;
    struct buf out;

    if (!is_one_of(argument(arguments, "format"), "yaml", "json", "text"))
        return usage_error(arguments->command, "--format is yaml, json or text.");
    if (!is_one_of(argument(arguments, "transform"), "keys", NULL, NULL))
        return usage_error(arguments->command, "--transform knows keys only.");
    input = mem_alloc(sizeof *input);
    buf_init(&out, MAX_OUTPUT);
    if (service_input_open(input, arguments, PROBLEMS_ALL)) {
        if (!make_output(arguments, input, &out, &err))
            input->code = fail(&err);
        else if (fwrite(out.p, 1, out.len, stdout) != out.len)
            input->code = EXIT_FAILED;
    }
    code = input->code;
    buf_fini(&out);
    service_input_close(input);
    free(input);
    return code;
}

const struct command command_print = {
    .name = "print",
    .summary = "Print a serverless.yml with all its variables resolved",
    .details = "Problems go to stderr; with errors the exit code is 1.",
    .options = { SERVICE_OPTIONS,
                 { "format", "FORMAT", "yaml (default), json or text" },
                 { "path", "A.B", "Only this part" },
                 { "transform", "keys", "The keys of that map" },
                 { "json", NULL, "The same as --format json" } },
    .letters = SERVICE_LETTERS,
    .run = run,
};
