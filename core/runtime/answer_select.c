/* SPDX-License-Identifier: MIT */
/* Answers that are choices: options of a list, rows of a table (answer.h; io-methods.md 8.16 to 8.18). */
#include "runtime/answer.h"

#include "base/map.h"
#include "runtime/table.h"

static const char not_offered[] = "Please choose from what is offered.";

/* The value of the option that the browser sent back; false: no such thing in it. */
static bool
chosen_text(struct answer *answer, struct json option, const char *key, const char **text)
{
    *text = json_text(answer->arena, json_get(option, key));
    return *text != NULL;
}

static size_t
option_index(const il_option *options, size_t count, const char *value)
{
    for (size_t i = 0; i < count; i++) {
        const char *own = options[i].value ? options[i].value : options[i].label;

        if (!strcmp(own ? own : "", value))
            return i;
    }
    return IL_NONE;
}

enum verdict
answer_select(struct answer *answer, const void *item)
{
    const il_select *field = item;
    size_t *out = answer->out;
    const char *value;

    if (json_type(answer->value) != JSON_OBJECT)
        return ANSWER_MALFORMED;
    *out = chosen_text(answer, answer->value, "value", &value) ? option_index(field->options, field->n_options, value)
                                                               : IL_NONE;
    return *out == IL_NONE ? answer_refuse(answer, not_offered) : ANSWER_TAKEN;
}

/* 8.17: the limits of a list of choices. */
static enum verdict
check_count(struct answer *answer, size_t count, int min, int max)
{
    if (min > 0 && count < (size_t)min)
        return answer_refuse(answer, "Please make at least %d selection%s.", min, min == 1 ? "" : "s");
    if (max > 0 && count > (size_t)max)
        return answer_refuse(answer, "Please make no more than %d selection%s.", max, max == 1 ? "" : "s");
    return ANSWER_TAKEN;
}

enum verdict
answer_select_many(struct answer *answer, const void *item)
{
    const il_select_many *field = item;
    il_indexes *out = answer->out;
    size_t sent = json_count(answer->value), *list, n = 0;
    bool *is_taken;

    if (json_type(answer->value) != JSON_ARRAY)
        return ANSWER_MALFORMED;
    list = arena_alloc(answer->arena, sent * sizeof *list);
    is_taken = arena_alloc(answer->arena, field->n_options * sizeof *is_taken);
    if (!list || !is_taken)
        return ANSWER_NO_MEMORY;
    for (struct json option = json_first(answer->value); json_type(option); option = json_next(option)) {
        const char *value;
        size_t index = IL_NONE;

        if (chosen_text(answer, option, "value", &value))
            index = option_index(field->options, field->n_options, value);
        if (index == IL_NONE)
            return answer_refuse(answer, not_offered);
        if (!is_taken[index])
            list[n++] = index;
        is_taken[index] = true;
    }
    *out = (il_indexes){ .n = n, .v = list };
    return check_count(answer, n, field->min_selections, field->max_selections);
}

enum verdict
answer_select_table(struct answer *answer, const void *item)
{
    const il_select_table *field = item;
    il_keys *out = answer->out;
    struct map wanted;
    const char **list;
    size_t n = 0;
    bool is_known = true;

    if (json_type(answer->value) != JSON_ARRAY)
        return ANSWER_MALFORMED;
    list = arena_alloc(answer->arena, (table_row_count(answer->table) + 1) * sizeof *list);
    if (!list)
        return ANSWER_NO_MEMORY;
    map_init(&wanted);
    for (struct json row = json_first(answer->value); json_type(row); row = json_next(row)) {
        const char *key;

        is_known = chosen_text(answer, row, "key", &key) && is_known;
        if (key)
            map_set(&wanted, str_of(key), &wanted);
    }
    /* In the order of the table, whatever the order of clicking (io-methods.md 8.18). */
    for (const struct row *row = table_first_row(answer->table); row && wanted.count; row = row->next)
        if (map_remove(&wanted, str_of(row->key)) && !(list[n++] = arena_strdup(answer->arena, row->key))) {
            map_fini(&wanted);
            return ANSWER_NO_MEMORY;
        }
    is_known = is_known && !wanted.count;
    map_fini(&wanted);
    if (!is_known)
        return answer_refuse(answer, not_offered);
    *out = (il_keys){ .n = n, .v = list };
    return check_count(answer, n, field->min_selections, field->max_selections);
}
