/* SPDX-License-Identifier: MIT */
/* Expressions, and the walk over the tree (variables.h). A node is BUSY while its text is evaluated: meeting it again
 * then is a cycle. */
#include "function/variables.h"

#include <stdio.h>

#include "function/variables_internal.h"
#include "function/yaml.h"

enum { MAX_NESTED = 200, MAX_CIRCLE = 4096 };

static enum outcome evaluate(struct resolver *resolver, struct str inner, struct node **value);

enum outcome
resolver_miss(struct resolver *resolver, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    resolver->reason = arena_vprintf(resolver->forest->arena, fmt, args);
    va_end(args);
    return MISSING;
}

enum outcome
resolver_fail(struct resolver *resolver, const char *fmt, ...)
{
    const struct node *node = resolver->hop->node;
    const char *path = node_path(resolver->forest->arena, node);
    const char *text;
    va_list args;

    va_start(args, fmt);
    text = arena_vprintf(resolver->forest->arena, fmt, args);
    va_end(args);
    if (!service_problem_again(resolver->forest->problems, node->at, false, text))
        service_error(resolver->forest->problems, node->at, "%s%s%s", path, *path ? ": " : "", text);
    return FAILED;
}

struct node *
resolver_text(struct resolver *resolver, struct str text)
{
    struct node *node = node_new_text(resolver->forest, resolver->hop->node->at, text);

    node->state = NODE_DONE;
    return node;
}

/* ---- texts with variables inside ---- */

static enum outcome
not_closed(struct resolver *resolver, struct str text, size_t at)
{
    return resolver_fail(resolver, "the variable %.*s is not closed by a }",
                         STR_ARG(variable_shown((struct str){ text.p + at, text.len - at })));
}

/* Every variable of a text by what it gives, as text. */
static enum outcome
substitute(struct resolver *resolver, struct str text, struct buf *out)
{
    enum outcome outcome = FOUND;
    struct piece piece;
    struct node *value;
    size_t at = 0;

    while (outcome == FOUND && at < text.len) {
        struct str scalar;

        if (!variable_next(text, &at, &piece))
            return not_closed(resolver, text, at);
        variable_put_literal(out, piece.literal);
        if (!piece.inner.p)
            continue;
        outcome = evaluate(resolver, piece.inner, &value);
        if (outcome != FOUND)
            break;
        if (!node_is_scalar(value) || value->type == NODE_NULL)
            return resolver_fail(resolver, "${%.*s} gives %s, which cannot stand inside a text",
                                 STR_ARG(variable_shown(piece.inner)), node_type_name(value));
        scalar = node_scalar(resolver->forest->arena, value);
        buf_put(out, scalar.p, scalar.len);
    }
    if (out->over)
        return resolver_fail(resolver, "the text becomes longer than %d bytes", YAML_MAX_BYTES);
    return outcome;
}

/* The same, as a text in the arena. */
static enum outcome
substituted(struct resolver *resolver, struct str text, struct str *result)
{
    enum outcome outcome;
    struct buf out;

    *result = text;
    if (!memchr(text.p ? text.p : "", '$', text.len))
        return FOUND;
    buf_init(&out, YAML_MAX_BYTES);
    outcome = substitute(resolver, text, &out);
    if (outcome == FOUND)
        *result = node_new_text(resolver->forest, resolver->hop->node->at, buf_view(&out))->text;
    buf_fini(&out);
    return outcome;
}

/* ---- one expression: sources and literals, the first that gives something ---- */

static enum outcome
evaluate_literal(struct resolver *resolver, struct str text, struct node **value)
{
    bool is_quoted = text.len >= 2 && (*text.p == '\'' || *text.p == '"') && text.p[text.len - 1] == *text.p;
    enum outcome outcome;

    if (is_quoted) {
        outcome = substituted(resolver, (struct str){ text.p + 1, text.len - 2 }, &text);
        if (outcome == FOUND)
            *value = resolver_text(resolver, text);
        return outcome;
    }
    *value = resolver_text(resolver, text);
    yaml_plain((*value)->text, *value);
    if (!text.len || (*value)->type == NODE_TEXT)
        return resolver_fail(resolver,
                             "\"%.*s\" is neither a source such as self:custom.x nor a value; a text needs "
                             "quotes",
                             STR_ARG(variable_shown(text)));
    return FOUND;
}

static enum outcome
evaluate_source(struct resolver *resolver, struct str text, size_t type_len, struct node **value)
{
    struct str type = { text.p, type_len }, parameter = { NULL, 0 }, address = { "", 0 };
    enum outcome outcome;
    size_t end = type_len;

    if (text.p[end] == '(') {
        end = variable_end(text, type_len + 1, ")");
        if (end == text.len)
            return resolver_fail(resolver, "%.*s(… is not closed by a )", STR_ARG(type));
        parameter = variable_trim((struct str){ text.p + type_len + 1, end - type_len - 1 });
        outcome = substituted(resolver, parameter, &parameter);
        if (outcome != FOUND)
            return outcome;
        end++;
    }
    if (end < text.len && text.p[end] != ':')
        return resolver_fail(resolver, "what is behind %.*s is not understood: %.*s", (int)end, text.p,
                             STR_ARG(variable_shown((struct str){ text.p + end, text.len - end })));
    if (end < text.len)
        address = variable_trim((struct str){ text.p + end + 1, text.len - end - 1 });
    outcome = substituted(resolver, address, &address);
    return outcome == FOUND ? resolver_source(resolver, type, parameter, address, value) : outcome;
}

static enum outcome
evaluate_alternative(struct resolver *resolver, struct str text, struct node **value)
{
    size_t type_len;

    if (variable_begins(text, 0) && variable_end(text, 2, "}") == text.len - 1) /* ${opt:x, ${self:y}} */
        return evaluate(resolver, variable_trim((struct str){ text.p + 2, text.len - 3 }), value);
    return variable_is_source(text, &type_len) ? evaluate_source(resolver, text, type_len, value)
                                               : evaluate_literal(resolver, text, value);
}

/* What stands between ${ and }. */
static enum outcome
evaluate(struct resolver *resolver, struct str inner, struct node **value)
{
    enum outcome outcome = MISSING;

    if (resolver->forest->is_full)
        return FAILED;
    if (resolver->depth >= MAX_NESTED)
        return resolver_fail(resolver, "variables are nested too deeply");
    resolver->depth++;
    for (size_t at = 0, end; outcome == MISSING && at <= inner.len; at = end + 1) {
        end = variable_end(inner, at, ",");
        outcome = evaluate_alternative(resolver, variable_trim((struct str){ inner.p + at, end - at }), value);
    }
    resolver->depth--;
    return outcome;
}

/* ---- the tree ---- */

static enum outcome
cannot_resolve(struct resolver *resolver, struct str text)
{
    return resolver_fail(resolver, "cannot resolve %.*s: %s", STR_ARG(variable_shown(text)), resolver->reason);
}

/* "custom.a", "other.yml", "other.yml:a" */
static void
put_path(struct resolver *resolver, const struct node *node, struct buf *out)
{
    const char *path = node_path(resolver->forest->arena, node);
    const struct node *top = node;

    while (top->parent)
        top = top->parent;
    if (top != resolver->root)
        buf_printf(out, "%s%s", top->at.source->path, *path ? ":" : "");
    buf_str(out, path);
}

/* "custom.a -> custom.b -> ": from `first` to this hop, or all of them. */
static void
put_hops(struct resolver *resolver, const struct resolver_hop *hop, const struct node *first, struct buf *out)
{
    if (!hop->outer) /* the root, which nothing needs */
        return;
    if (hop->node != first)
        put_hops(resolver, hop->outer, first, out);
    put_path(resolver, hop->node, out);
    buf_str(out, " -> ");
}

static enum outcome
fail_of_circle(struct resolver *resolver, const struct node *node)
{
    struct buf circle;

    buf_init(&circle, MAX_CIRCLE);
    put_hops(resolver, resolver->hop, node, &circle);
    put_path(resolver, node, &circle);
    resolver_miss(resolver, "the variables go round in a circle: %s", buf_text(&circle));
    buf_fini(&circle);
    return cannot_resolve(resolver, resolver->hop->node->text);
}

/* A list or map inside of itself would have no end, also when both are copies of a third one. */
static bool
holds_itself(const struct node *node, const struct node *value)
{
    const struct node *origin = value->origin ? value->origin : value;

    if (node_is_scalar(value))
        return false;
    for (const struct node *around = node->parent; around; around = around->parent)
        if (around == origin || around->origin == origin)
            return true;
    return false;
}

/*
 * A text that is exactly one variable takes what that gives, whatever it is. What a list or map holds is resolved
 * later, where it is then: `custom: ${file(custom.yml)}` may speak of ${self:custom.x} inside.
 */
static enum outcome
resolve_text(struct resolver *resolver, struct node *node)
{
    struct str text = node->text;
    struct node *value = NULL;
    enum outcome outcome;
    struct piece piece;
    size_t at = 0;

    if (!variable_next(text, &at, &piece))
        return not_closed(resolver, text, at);
    if (!piece.literal.len && piece.inner.p && at == text.len) {
        outcome = evaluate(resolver, piece.inner, &value);
        if (outcome == FOUND && holds_itself(node, value))
            return fail_of_circle(resolver, value);
        if (outcome == FOUND && !node_fits(value, node_depth(node)))
            outcome = resolver_fail(resolver, "what the variable gives is nested too deeply");
        if (outcome == FOUND)
            node_assign(resolver->forest, node, value);
    } else {
        outcome = substituted(resolver, text, &node->text);
    }
    return outcome == MISSING ? cannot_resolve(resolver, text) : outcome;
}

static enum outcome
resolve_shallow(struct resolver *resolver, struct node *node)
{
    const struct resolver_hop hop = { node, resolver->hop };
    unsigned depth = resolver->depth;
    enum outcome outcome;

    if (node->state == NODE_BUSY)
        return fail_of_circle(resolver, node);
    if (node->state == NODE_FAILED && node_is_scalar(node)) /* beside what has failed in a map, others may be fine */
        return FAILED;
    if (node->type != NODE_TEXT || node->state == NODE_DONE || !strstr(node->text.p, "${"))
        return FOUND;
    if (depth >= MAX_NESTED)
        return resolver_fail(resolver, "variables are nested too deeply");
    node->state = NODE_BUSY;
    resolver->hop = &hop;
    resolver->depth++;
    outcome = resolve_text(resolver, node);
    resolver->depth = depth;
    resolver->hop = hop.outer;
    node->state = outcome != FOUND ? NODE_FAILED : node_is_scalar(node) ? NODE_DONE : NODE_RAW;
    return outcome;
}

static enum outcome
resolve_deep(struct resolver *resolver, struct node *node)
{
    enum outcome outcome = resolve_shallow(resolver, node);

    if (outcome != FOUND || node_is_scalar(node) || node->state == NODE_DONE)
        return outcome;
    for (struct node *child = node->first; child && !resolver->forest->is_full; child = child->next)
        if (resolve_deep(resolver, child) != FOUND)
            outcome = FAILED;
    node->state = outcome == FOUND ? NODE_DONE : NODE_FAILED;
    return outcome;
}

enum outcome
resolver_walk(struct resolver *resolver, struct node *from, struct str path, struct node **found)
{
    const struct str all = path;
    enum outcome outcome;

    while ((outcome = resolve_shallow(resolver, from)) == FOUND && path.len)
        if (!(from = node_find(from, node_step(&path))))
            return resolver_miss(resolver, "there is no %.*s", STR_ARG(all));
    *found = from;
    if (outcome == FOUND && from->type == NODE_NULL)
        return resolver_miss(resolver, "%.*s is empty", STR_ARG(all));
    return outcome;
}

static void
list_files(struct resolver *resolver, struct service_texts *files)
{
    const char **items = arena_alloc(resolver->forest->arena, (resolver->file_count + 1) * sizeof *items);
    size_t at = resolver->file_count;

    *files = (struct service_texts){ items, resolver->file_count };
    for (struct resolver_file *file = resolver->files; file; file = file->next)
        items[--at] = file->path;
}

bool
variables_resolve(struct forest *forest, struct node *root, const char *dir, const struct service_options *options,
                  struct resolved *resolved)
{
    const struct resolver_hop top = { root, NULL };
    struct resolver resolver = { .forest = forest, .root = root, .dir = dir, .options = options, .hop = &top };
    bool is_good = resolve_deep(&resolver, root) == FOUND && !forest->is_full;

    resolved->stage = resolver_stage(&resolver);
    list_files(&resolver, &resolved->files);
    return is_good;
}
