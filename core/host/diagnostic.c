/* SPDX-License-Identifier: MIT */
/* What a compiler says, as data (diagnostic.h). */
#include "host/diagnostic.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "json/read.h"
#include "json/write.h"

enum { MAX_KEPT = 100, MAX_SOURCE_BYTES = 1 << 20, MAX_LINE = 240, TAB = 8 };

struct reader {
    struct arena *arena;
    const char *root;
    struct diagnostic *first, **tail;
    size_t count;
    const char *read_file; /* whose text is in source */
    struct str source;
};

/* A range on one line, in display columns as gcc counts them (tabs are 8 wide). */
struct mark {
    int from, to;
};

/* ---- the source line ---- */

static struct str
read_source(struct reader *reader, const char *file)
{
    char path[PATH_MAX], *text;
    ssize_t got = 0;
    int fd;

    if (reader->read_file && strcmp(reader->read_file, file) == 0)
        return reader->source;
    reader->read_file = file;
    reader->source = (struct str){ NULL, 0 };
    if (snprintf(path, sizeof path, "%s%s%s", *file == '/' ? "" : reader->root, *file == '/' ? "" : "/", file) >=
        PATH_MAX)
        return reader->source;
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return reader->source;
    text = arena_alloc(reader->arena, MAX_SOURCE_BYTES);
    got = text ? pread(fd, text, MAX_SOURCE_BYTES, 0) : 0;
    close(fd);
    reader->source = (struct str){ text, got > 0 ? (size_t)got : 0 };
    return reader->source;
}

static struct str
line_of(struct str text, int number)
{
    const char *p = text.p, *end, *newline;

    if (!text.len)
        return text;
    end = text.p + text.len;
    for (; number > 1 && p < end; number--) {
        newline = memchr(p, '\n', (size_t)(end - p));
        p = newline ? newline + 1 : end;
    }
    if (p >= end)
        return (struct str){ NULL, 0 };
    newline = memchr(p, '\n', (size_t)(end - p));
    return (struct str){ p, (size_t)((newline ? newline : end) - p) };
}

static const char *
expand_tabs(struct arena *arena, struct str line)
{
    char out[MAX_LINE + TAB + 1];
    size_t len = 0;

    for (size_t i = 0; i < line.len && len < MAX_LINE && line.p[i] != '\r'; i++) {
        if (line.p[i] != '\t')
            out[len++] = line.p[i];
        else
            do
                out[len++] = ' ';
            while (len % TAB);
    }
    return arena_strndup(arena, out, len);
}

/* The display column of a byte column; both from 1. */
static int
display_column(struct str line, int column)
{
    int at = 1;

    for (int i = 0; i < column - 1 && (size_t)i < line.len; i++)
        at = line.p[i] == '\t' ? (at - 1) / TAB * TAB + TAB + 1 : at + ((line.p[i] & 0xc0) != 0x80);
    return at;
}

static const char *
draw_caret(struct arena *arena, struct mark mark)
{
    char out[MAX_LINE + 1];
    int len = 0;

    if (mark.from < 1 || mark.from > MAX_LINE)
        return "";
    while (len < mark.from - 1)
        out[len++] = ' ';
    out[len++] = '^';
    while (len < mark.to && len < MAX_LINE)
        out[len++] = '~';
    return arena_strndup(arena, out, (size_t)len);
}

/* ---- one diagnostic ---- */

static void
add(struct reader *reader, struct diagnostic found, struct mark mark)
{
    struct diagnostic *diagnostic;
    struct str line = { NULL, 0 };

    if (reader->count++ >= MAX_KEPT)
        return;
    while (strncmp(found.file, "./", 2) == 0)
        found.file += 2;
    if (*found.file && found.line)
        line = line_of(read_source(reader, found.file), found.line);
    if (!mark.from && found.column)
        mark.from = display_column(line, found.column);
    found.source = line.p ? expand_tabs(reader->arena, line) : "";
    found.caret = line.p ? draw_caret(reader->arena, mark) : "";
    diagnostic = arena_alloc(reader->arena, sizeof *diagnostic);
    *diagnostic = found;
    *reader->tail = diagnostic;
    reader->tail = &diagnostic->next;
}

static const char *
relative(const struct reader *reader, const char *file)
{
    size_t len = strlen(reader->root);

    return strncmp(file, reader->root, len) == 0 && file[len] == '/' ? file + len + 1 : file;
}

/* ---- gcc's JSON (GCC manual, "Diagnostic Message Formatting Options") ---- */

static void
add_json(struct reader *reader, struct json node, unsigned depth)
{
    struct json location = json_at(json_get(node, "locations"), 0), caret = json_get(location, "caret");
    struct json finish = json_get(location, "finish");
    const char *message = json_text(reader->arena, json_get(node, "message"));
    const char *file = json_text(reader->arena, json_get(caret, "file"));
    struct diagnostic found = { .severity = json_is(json_get(node, "kind"), "note")      ? SEVERITY_NOTE
                                            : json_is(json_get(node, "kind"), "warning") ? SEVERITY_WARNING
                                                                                         : SEVERITY_ERROR,
                                .file = file ? relative(reader, file) : "",
                                .line = (int)json_int(json_get(caret, "line"), 0),
                                .column = (int)json_int(json_get(caret, "byte-column"), 0),
                                .message = message ? message : "" };
    struct mark mark = { .from = (int)json_int(json_get(caret, "display-column"), 0) };

    if (json_int(json_get(finish, "line"), -1) == found.line)
        mark.to = (int)json_int(json_get(finish, "display-column"), 0);
    add(reader, found, mark);
    for (struct json child = json_first(json_get(node, "children")); depth < 4 && json_type(child) != JSON_MISSING;
         child = json_next(child))
        add_json(reader, child, depth + 1);
}

static bool
read_json(struct reader *reader, struct str line)
{
    struct json root;

    if (!line.len || line.p[0] != '[' || !json_parse(reader->arena, line, &root, NULL))
        return false;
    for (struct json node = json_first(root); json_type(node) != JSON_MISSING; node = json_next(node))
        add_json(reader, node, 0);
    return true;
}

/* ---- text: FILE:LINE[:COLUMN]: [SEVERITY: ]MESSAGE, and what linkers say ---- */

static bool
skip_word(const char **p, const char *word)
{
    size_t len = strlen(word);

    if (strncmp(*p, word, len) != 0)
        return false;
    *p += len;
    return true;
}

static bool
take_severity(const char **p, enum severity *severity)
{
    if (skip_word(p, "error: ") || skip_word(p, "fatal error: "))
        *severity = SEVERITY_ERROR;
    else if (skip_word(p, "warning: "))
        *severity = SEVERITY_WARNING;
    else if (skip_word(p, "note: "))
        *severity = SEVERITY_NOTE;
    else
        return false;
    return true;
}

/* ":12:5: " behind a file name; *p is then behind it. */
static bool
take_place(const char **p, struct diagnostic *found)
{
    char *end;
    long line, column = 0;

    if ((*p)[0] != ':' || (*p)[1] < '0' || (*p)[1] > '9')
        return false;
    line = strtol(*p + 1, &end, 10);
    if (end[0] == ':' && end[1] >= '0' && end[1] <= '9')
        column = strtol(end + 1, &end, 10);
    if (strncmp(end, ": ", 2) != 0 || line > INT_MAX || column > INT_MAX)
        return false;
    found->line = (int)line;
    found->column = (int)column;
    *p = end + 2;
    return true;
}

static bool
is_linker(const char *line)
{
    const char *colon = strstr(line, "ld: ");

    return colon && (colon == line || colon[-1] == '/' || colon[-1] == '.');
}

/* FILE:LINE: anywhere in the line; NULL: there is none. Otherwise what follows it. */
static const char *
find_place(struct reader *reader, const char *line, struct diagnostic *found)
{
    for (const char *colon = strchr(line, ':'); colon; colon = strchr(colon + 1, ':')) {
        const char *rest = colon;

        if (take_place(&rest, found)) {
            found->file = relative(reader, arena_strndup(reader->arena, line, (size_t)(colon - line)));
            return rest;
        }
    }
    return NULL;
}

static void
read_text(struct reader *reader, const char *line)
{
    struct diagnostic found = { .severity = SEVERITY_ERROR, .file = "" };
    bool from_linker = is_linker(line), is_verdict;
    const char *p = from_linker ? strstr(line, "ld: ") + 4 : line, *rest = find_place(reader, p, &found);

    if (rest) {
        if (!take_severity(&rest, &found.severity) && !strstr(rest, "undefined reference") &&
            !strstr(rest, "multiple definition"))
            return; /* context only: "in function …" */
    } else if (from_linker && strncmp(p, "cannot find", 11) == 0) {
        rest = p;
    } else {
        rest = strstr(p, ": ");
        rest = rest ? rest + 2 : p;
        is_verdict = strncmp(p, "collect2", 8) == 0; /* "ld returned 1 exit status": only when nobody said why */
        if (!take_severity(&rest, &found.severity) || (is_verdict && reader->first))
            return;
    }
    found.message = arena_strdup(reader->arena, rest);
    add(reader, found, (struct mark){ 0, 0 });
}

/* ---- interface ---- */

struct diagnostic *
diagnostics_read(struct arena *arena, struct str output, const char *root)
{
    struct reader reader = { .arena = arena, .root = root };
    const char *p = output.p, *end = output.p + output.len;

    reader.tail = &reader.first;
    while (p < end) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));
        struct str line = { p, (size_t)((newline ? newline : end) - p) };

        if (!read_json(&reader, line))
            read_text(&reader, arena_strndup(arena, line.p, line.len));
        p = newline ? newline + 1 : end;
    }
    return reader.first;
}

const struct diagnostic *
diagnostics_first_error(const struct diagnostic *list)
{
    while (list && list->severity != SEVERITY_ERROR)
        list = list->next;
    return list;
}

static const char *const severity_names[] = { "note", "warning", "error" };

void
diagnostics_to_json(const struct diagnostic *list, struct buf *buf)
{
    struct json_out out;

    json_out_init(&out, buf);
    json_array(&out);
    for (; list; list = list->next) {
        json_object(&out);
        json_pair_text(&out, "file", list->file);
        json_pair_int(&out, "line", list->line);
        json_pair_int(&out, "column", list->column);
        json_pair_text(&out, "severity", severity_names[list->severity]);
        json_pair_text(&out, "message", list->message);
        json_pair_text(&out, "source", list->source);
        json_pair_text(&out, "caret", list->caret);
        json_object_end(&out);
    }
    json_array_end(&out);
}

void
diagnostics_to_text(const struct diagnostic *list, bool with_colour, struct buf *out)
{
    static const char *const colours[] = { "\033[1;36m", "\033[1;35m", "\033[1;31m" };
    const char *bold = with_colour ? "\033[1m" : "", *green = with_colour ? "\033[1;32m" : "";
    const char *plain = with_colour ? "\033[0m" : "";

    for (; list; list = list->next) {
        if (*list->file) {
            buf_printf(out, "%s%s:", bold, list->file);
            if (list->line)
                buf_printf(out, "%d:", list->line);
            if (list->column)
                buf_printf(out, "%d:", list->column);
            buf_printf(out, "%s ", plain);
        }
        buf_printf(out, "%s%s:%s %s\n", with_colour ? colours[list->severity] : "", severity_names[list->severity],
                   plain, list->message);
        if (*list->source)
            buf_printf(out, "%5d | %s\n", list->line, list->source);
        if (*list->caret)
            buf_printf(out, "      | %s%s%s\n", green, list->caret, plain);
    }
}
