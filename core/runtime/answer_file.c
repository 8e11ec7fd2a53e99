/* SPDX-License-Identifier: MIT */
/* Answers that are uploaded files (answer.h; io-methods.md 8.12, 12). Reading them: upload.c. */
#include "runtime/answer.h"

#include <strings.h>

#include "base/buf.h"

enum { MAX_FILES = 1000, MAX_WORDS = 1024 };

/* With or without the dot, in any case. */
static bool
ends_with(const char *name, const char *extension)
{
    size_t len = strlen(name), dot = extension[0] != '.', end_len = strlen(extension);

    return len >= end_len + dot && !strcasecmp(name + len - end_len, extension) &&
           (!dot || name[len - end_len - 1] == '.');
}

static bool
is_allowed(const il_file_in *field, const char *name)
{
    for (const char *const *extension = field->extensions; extension && *extension; extension++)
        if (ends_with(name, *extension))
            return true;
    return !field->extensions || !field->extensions[0];
}

static enum verdict
refuse_name(struct answer *answer, const il_file_in *field)
{
    enum verdict verdict;
    struct buf words;

    buf_init(&words, MAX_WORDS);
    for (size_t i = 0; field->extensions[i]; i++)
        buf_printf(&words, "%s%s%s", i ? ", " : "", field->extensions[i][0] == '.' ? "" : ".", field->extensions[i]);
    verdict =
        answer_refuse(answer, "Please select a file of type %s.", words.over ? "that is offered" : buf_text(&words));
    buf_fini(&words);
    return verdict;
}

static enum verdict
take_file(struct answer *answer, const il_file_in *field, struct json node, size_t index, il_file *file)
{
    int64_t size = json_int(json_get(node, "size"), -1);
    const char *name = json_text(answer->arena, json_get(node, "name")), *base;

    *file = (il_file){ .type = json_text(answer->arena, json_get(node, "type")),
                       .url = json_text(answer->arena, json_get(node, "url")),
                       .size = (uint64_t)size,
                       .last_modified_ms = (int64_t)json_double(json_get(node, "lastModified"), 0) };
    if (!name || !file->url || size < 0)
        return ANSWER_MALFORMED;
    base = strrchr(name, '/');
    file->name = base ? base + 1 : name;
    file->type = file->type ? file->type : "";
    if (answer->place && !(file->key = arena_printf(answer->arena, "%s-%zu", answer->place, index)))
        return ANSWER_NO_MEMORY;
    return is_allowed(field, file->name) ? ANSWER_TAKEN : refuse_name(answer, field);
}

enum verdict
answer_file(struct answer *answer, const void *item)
{
    return take_file(answer, item, answer->value, 0, answer->out);
}

enum verdict
answer_files(struct answer *answer, const void *item)
{
    il_files *out = answer->out;
    size_t count = json_count(answer->value), n = 0;
    enum verdict verdict = ANSWER_TAKEN;
    il_file *list;

    if (json_type(answer->value) != JSON_ARRAY)
        return ANSWER_MALFORMED;
    if (!count)
        return ANSWER_EMPTY;
    if (count > MAX_FILES)
        return answer_refuse(answer, "Please select at most %d files.", MAX_FILES);
    list = arena_alloc(answer->arena, count * sizeof *list);
    if (!list)
        return ANSWER_NO_MEMORY;
    for (struct json node = json_first(answer->value); json_type(node) && verdict == ANSWER_TAKEN;
         node = json_next(node), n++)
        verdict = take_file(answer, item, node, n, &list[n]);
    *out = (il_files){ .n = n, .v = list };
    return verdict;
}
