/* SPDX-License-Identifier: MIT */
/* Trees of nodes as JSON and YAML (node.h). YAML is written as js-yaml does it: lists are indented below their key. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <strings.h>

#include "base/mem.h"
#include "function/yaml.h"
#include "json/write.h"

enum { INDENT = 2, MAX_QUOTED = 64 << 20, MAX_ODD = 40 };

static void
put_json(struct json_out *out, const struct node *node)
{
    switch (node->type) {
    case NODE_NULL:
        json_put_null(out);
        break;
    case NODE_BOOL:
        json_put_bool(out, node->boolean);
        break;
    case NODE_INT:
        json_put_int(out, node->integer);
        break;
    case NODE_FLOAT:
        json_put_double(out, node->real);
        break;
    case NODE_TEXT:
        json_put_str(out, node->text);
        break;
    case NODE_LIST:
        json_array(out);
        for (const struct node *child = node->first; child; child = child->next)
            put_json(out, child);
        json_array_end(out);
        break;
    case NODE_MAP:
        json_object(out);
        for (const struct node *child = node->first; child; child = child->next) {
            json_name_str(out, child->key);
            put_json(out, child);
        }
        json_object_end(out);
        break;
    }
}

static void
put_json_scalar(struct buf *out, const struct node *node)
{
    struct json_out json;

    json_out_init(&json, out);
    put_json(&json, node);
}

static void
put_json_text(struct buf *out, struct str text)
{
    struct json_out json;

    json_out_init(&json, out);
    json_put_str(&json, text);
}

static void
new_line(struct buf *out, size_t indent)
{
    buf_printf(out, "\n%*s", (int)(indent * INDENT), "");
}

static void
put_pretty_json(struct buf *out, const struct node *node, size_t indent)
{
    bool is_map = node->type == NODE_MAP;

    if (node_is_scalar(node) || !node->count) {
        put_json_scalar(out, node);
        return;
    }
    buf_char(out, is_map ? '{' : '[');
    for (const struct node *child = node->first; child; child = child->next) {
        new_line(out, indent + 1);
        if (is_map) {
            put_json_text(out, child->key);
            buf_str(out, ": ");
        }
        put_pretty_json(out, child, indent + 1);
        if (child->next)
            buf_char(out, ',');
    }
    new_line(out, indent);
    buf_char(out, is_map ? '}' : ']');
}

/* ---- YAML ---- */

/* What readers of YAML 1.1, which most tools are, take for something else: yes, 007, 12:30, 2026-11-21. */
static bool
is_odd(struct str text)
{
    static const char *const words[] = { "y", "n", "yes", "no", "on", "off" };
    char copy[MAX_ODD];

    if (text.len >= sizeof copy)
        return false;
    snprintf(copy, sizeof copy, "%.*s", STR_ARG(text));
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (strcasecmp(copy, words[i]) == 0)
            return true;
    return isdigit((unsigned char)*copy) && strspn(copy, "0123456789_:-+.TtZz ") == text.len &&
           (*copy == '0' || strpbrk(copy, "_:-"));
}

/* Can it stand without quotes and be read as this text again? */
static bool
is_plain(struct str text)
{
    struct node node;

    if (!text.len || text.p[0] == ' ' || text.p[text.len - 1] == ' ' || text.p[text.len - 1] == ':' ||
        strchr("-?:,[]{}#&*!|>'\"%@`=<", text.p[0]) || strstr(text.p, ": ") || strstr(text.p, " #"))
        return false;
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.p[i] < ' ' || text.p[i] == 0x7F)
            return false;
    yaml_plain(text, &node);
    return node.type == NODE_TEXT && !is_odd(text) && !str_starts(text, STR("..."));
}

static bool
is_printable(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.p[i] < ' ' || text.p[i] == 0x7F || (unsigned char)text.p[i] == 0xC2 ||
            (unsigned char)text.p[i] == 0xE2 || (unsigned char)text.p[i] == 0xEF) /* where its odd line ends begin */
            return false;
    return true;
}

/* JSON's strings are YAML's, but for DEL, which YAML does not let through. */
static void
put_quoted(struct buf *out, struct str text)
{
    struct buf json;

    buf_init(&json, MAX_QUOTED);
    put_json_text(&json, text);
    for (size_t i = 0; i < json.len; i++)
        if (json.p[i] == 0x7F)
            buf_str(out, "\\u007f");
        else
            buf_char(out, json.p[i]);
    buf_fini(&json);
}

static void
put_yaml_text(struct buf *out, struct str text)
{
    if (is_plain(text) && is_printable(text)) {
        buf_put(out, text.p, text.len);
    } else if (is_printable(text)) {
        buf_char(out, '\'');
        for (size_t i = 0; i < text.len; i++)
            buf_str(out, text.p[i] == '\'' ? "''" : (char[2]){ text.p[i] });
        buf_char(out, '\'');
    } else {
        put_quoted(out, text);
    }
}

static void
put_yaml_scalar(struct buf *out, const struct node *node)
{
    if (node->type == NODE_TEXT)
        put_yaml_text(out, node->text);
    else if (node->type == NODE_FLOAT && !isfinite(node->real))
        buf_str(out, isnan(node->real) ? ".nan" : node->real > 0 ? ".inf" : "-.inf");
    else
        put_json_scalar(out, node); /* empty lists and maps too */
}

/* The cursor stands where the first child begins, in column `indent`. */
static void
put_yaml(struct buf *out, const struct node *node, size_t indent)
{
    for (const struct node *child = node->first; child; child = child->next) {
        bool has_children = !node_is_scalar(child) && child->count;

        if (child != node->first)
            new_line(out, indent);
        if (node->type == NODE_LIST) {
            buf_str(out, "- ");
        } else {
            put_yaml_text(out, child->key);
            buf_str(out, has_children ? ":" : ": ");
            if (has_children)
                new_line(out, indent + 1);
        }
        if (has_children)
            put_yaml(out, child, indent + 1);
        else
            put_yaml_scalar(out, child);
    }
}

void
node_write(const struct node *node, enum node_format format, struct buf *out)
{
    struct json_out json;

    if (format == NODE_JSON_COMPACT) {
        json_out_init(&json, out);
        put_json(&json, node);
        return;
    }
    if (format == NODE_JSON)
        put_pretty_json(out, node, 0);
    else if (node_is_scalar(node) || !node->count)
        put_yaml_scalar(out, node);
    else
        put_yaml(out, node, 0);
    buf_char(out, '\n');
}
