/* SPDX-License-Identifier: MIT */
/* Problems of a serverless.yml (service_problem.h): kept in the order of their lines. */
#include "function/service_problem.h"

#include <string.h>

#include "json/write.h"

enum { MAX_LINE = 120, MAX_EXCERPT = 4096, MAX_SENTENCE = 1000 }; /* columns, bytes */

void
service_problems_init(struct service_problems *problems)
{
    problems->count = problems->error_count = 0;
    problems->is_cut = false;
    arena_init(&problems->arena, 0);
}

void
service_problems_fini(struct service_problems *problems)
{
    arena_fini(&problems->arena);
}

/* Line number `wanted`, from 1, without its end; p NULL: there is none. */
static struct str
line_at(struct str text, uint32_t wanted)
{
    const char *p = text.p, *end = text.p + text.len;

    for (uint32_t line = 1; p && p < end; line++) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));
        size_t len = newline ? (size_t)(newline - p) : (size_t)(end - p);

        if (line == wanted)
            return (struct str){ p, len && p[len - 1] == '\r' ? len - 1 : len };
        p = newline ? newline + 1 : NULL;
    }
    return (struct str){ NULL, 0 };
}

static size_t
bytes_of_columns(struct str line, size_t columns)
{
    size_t at = 0;

    while (at < line.len && columns > 0) {
        size_t len = utf8_sequence_len((const unsigned char *)line.p + at, line.len - at);

        at += len ? len : 1;
        columns--;
    }
    return at;
}

const struct source *
source_new(struct arena *arena, const char *path, struct str text)
{
    const struct str mark = STR("\xEF\xBB\xBF");
    struct source *source = arena_alloc(arena, sizeof *source);
    size_t skipped = str_starts(text, mark) ? mark.len : 0;

    *source = (struct source){ path, { text.p + skipped, text.len - skipped } };
    return source;
}

void
place_advance(struct place *at, const char *from, const char *to)
{
    for (; from < to; from++) {
        if (*from == '\n') {
            at->line++;
            at->column = 1;
        } else if ((*from & 0xC0) != 0x80) { /* not inside a character */
            at->column++;
        }
    }
}

char
place_char(struct place at)
{
    struct str line = line_at(at.source->text, at.line);
    size_t i = at.column ? bytes_of_columns(line, at.column - 1) : 0;

    return i < line.len ? line.p[i] : '\0';
}

/*
 * Columns from `first` on (0: all), as wide as they are in the file, so that the caret stands right: what cannot be
 * shown is a blank or a question mark.
 */
static void
put_line(struct buf *out, uint32_t number, struct str line, size_t first)
{
    size_t at = bytes_of_columns(line, first), end = bytes_of_columns(line, first + MAX_LINE);

    buf_printf(out, "%6u | ", number);
    if (first && at < line.len) {
        buf_str(out, "…");
        at = bytes_of_columns(line, first + 1);
    }
    while (at < end) {
        size_t len = utf8_sequence_len((const unsigned char *)line.p + at, line.len - at);

        if (len)
            buf_put(out, (unsigned char)line.p[at] < ' ' ? " " : line.p + at, len);
        else
            buf_char(out, '?');
        at += len ? len : 1;
    }
    buf_char(out, '\n');
}

static const char *
excerpt(struct service_problems *problems, struct place at)
{
    size_t first = at.column > MAX_LINE ? at.column - MAX_LINE / 2 : 0;
    const char *text;
    struct buf out;

    if (!at.source || !at.line)
        return "";
    buf_init(&out, MAX_EXCERPT);
    for (uint32_t number = at.line > 1 ? at.line - 1 : 1; number <= at.line + 1; number++) {
        struct str line = line_at(at.source->text, number);

        if (line.p)
            put_line(&out, number, line, first);
        if (number == at.line && line.p && at.column)
            buf_printf(&out, "       | %*s^\n", (int)(at.column - first) - 1, "");
    }
    text = out.over ? "" : arena_strndup(&problems->arena, out.p ? out.p : "", out.len);
    buf_fini(&out);
    return text;
}

/* Names and values are quoted, whatever their length. */
static char *
shortened(char *text)
{
    const char mark[] = "…";
    size_t len = MAX_SENTENCE - sizeof mark;

    if (strlen(text) <= MAX_SENTENCE)
        return text;
    while ((text[len] & 0xC0) == 0x80) /* whole characters */
        len--;
    memcpy(text + len, mark, sizeof mark);
    return text;
}

static bool
is_behind(const struct service_problem *a, const struct service_problem *b)
{
    return strcmp(a->file, b->file) == 0 && (a->line > b->line || (a->line == b->line && a->column > b->column));
}

static void PRINTF_LIKE(4, 0)
    add(struct service_problems *problems, struct place at, bool is_warning, const char *fmt, va_list args)
{
    struct service_problem problem = { .file = at.source ? arena_strdup(&problems->arena, at.source->path) : "",
                                       .line = at.line,
                                       .column = at.column,
                                       .is_warning = is_warning };
    size_t i;

    problems->error_count += !is_warning;
    if (problems->count == PROBLEMS_MAX) {
        problems->is_cut = true;
        return;
    }
    problem.text = shortened(arena_vprintf(&problems->arena, fmt, args));
    problem.excerpt = excerpt(problems, at);
    for (i = problems->count; i > 0 && is_behind(&problems->items[i - 1], &problem); i--)
        problems->items[i] = problems->items[i - 1];
    problems->items[i] = problem;
    problems->count++;
}

void
service_error(struct service_problems *problems, struct place at, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    add(problems, at, false, fmt, args);
    va_end(args);
}

void
service_warn(struct service_problems *problems, struct place at, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    add(problems, at, true, fmt, args);
    va_end(args);
}

bool
service_problem_again(struct service_problems *problems, struct place at, bool is_warning, const char *part)
{
    for (size_t i = 0; at.source && i < problems->count; i++) {
        const struct service_problem *problem = &problems->items[i];

        if (problem->line != at.line || problem->column != at.column || problem->is_warning != is_warning ||
            strcmp(problem->file, at.source->path) != 0 || !strstr(problem->text, part))
            continue;
        problems->error_count += !is_warning;
        return true;
    }
    return false;
}

void
service_problem_text(const struct service_problem *problem, struct buf *out)
{
    if (problem->line)
        buf_printf(out, "%s:%u:%u: ", problem->file, problem->line, problem->column);
    else if (*problem->file)
        buf_printf(out, "%s: ", problem->file);
    buf_printf(out, "%s: %s\n%s", problem->is_warning ? "warning" : "error", problem->text, problem->excerpt);
}

void
service_problems_text(const struct service_problems *problems, enum service_problems_part part, struct buf *out)
{
    for (size_t i = 0; i < problems->count; i++)
        if (part & (problems->items[i].is_warning ? PROBLEMS_WARNINGS : PROBLEMS_ERRORS))
            service_problem_text(&problems->items[i], out);
    if (problems->is_cut)
        buf_printf(out, "and more than these %d\n", PROBLEMS_MAX);
}

void
service_problems_json(const struct service_problems *problems, struct buf *out)
{
    struct json_out json;

    json_out_init(&json, out);
    json_array(&json);
    for (size_t i = 0; i < problems->count; i++) {
        const struct service_problem *problem = &problems->items[i];

        json_object(&json);
        json_pair_text(&json, "severity", problem->is_warning ? "warning" : "error");
        json_pair_text(&json, "file", *problem->file ? problem->file : NULL);
        json_pair_int(&json, "line", problem->line);
        json_pair_int(&json, "column", problem->column);
        json_pair_text(&json, "message", problem->text);
        json_pair_text(&json, "excerpt", problem->excerpt);
        json_object_end(&json);
    }
    json_array_end(&json);
}
