/* SPDX-License-Identifier: MIT */
/* Searches: collecting results, writing them, recognising the chosen one (search.h). */
#include "runtime/search.h"

#include <stdio.h>
#include <stdlib.h>

#include "runtime/answer.h"
#include "runtime/copy.h"
#include "runtime/io.h"

enum { MAX_HITS = 1000, FIRST_ROOM = 16 };

/* The author's il_hits. */
struct il_hits {
    struct search *search;
    il_option *list;
    size_t count, room;
    il_status status;
};

static bool
copy_option(struct arena *arena, const il_option *given, size_t size, il_option *own)
{
    const void *option;

    if (copy_list(arena, given, 1, size, sizeof *own, sizeof *own, &option) != IL_OK)
        return false;
    *own = *(const il_option *)option;
    return copy_text(arena,
                     own->label   ? own->label
                     : own->value ? own->value
                                  : "",
                     &own->label) &&
           copy_text(arena, own->value ? own->value : own->label, &own->value) &&
           copy_text(arena, own->description, &own->description) && copy_image(arena, &own->image);
}

bool
search_new(struct arena *arena, const il_item *item, bool is_multiple, struct search **out, struct err *err)
{
    const il_search *own = (const void *)item;
    struct search *search = arena_alloc(arena, sizeof *search);
    il_option *chosen = NULL;
    size_t stride = own->option_size ? own->option_size : sizeof *chosen;

    if (!own->find)
        return err_set(err, ".find is not set; it finds what is offered");
    if (own->n_chosen > (is_multiple ? MAX_HITS : 1))
        return err_set(err, "%zu results are chosen at first; %d is the limit", own->n_chosen,
                       is_multiple ? MAX_HITS : 1);
    if (own->n_chosen)
        chosen = arena_alloc(arena, own->n_chosen * sizeof *chosen);
    if (!search || (own->n_chosen && !chosen))
        return err_set(err, "%s", copy_no_memory);
    for (size_t i = 0; i < own->n_chosen; i++)
        if (!copy_option(arena, (const void *)((const char *)own->chosen + i * stride), stride, &chosen[i]))
            return err_set(err, "%s", copy_no_memory);
    *search = (struct search){
        .arena = arena, .item = own, .chosen = chosen, .chosen_count = own->n_chosen, .is_multiple = is_multiple
    };
    *out = search;
    return true;
}

il_status
hits_add(il_hits *hits, const il_option *hit, size_t option_size)
{
    struct arena *arena = hits->search->arena;

    if (hits->status != IL_OK || hits->count == MAX_HITS)
        return hits->status;
    if (hits->count == hits->room) {
        size_t room = hits->room ? hits->room * 2 : FIRST_ROOM;
        il_option *list = arena_alloc(arena, room * sizeof *list);

        if (!list)
            return hits->status = IL_NO_MEMORY;
        if (hits->count)
            memcpy(list, hits->list, hits->count * sizeof *list);
        hits->list = list;
        hits->room = room;
    }
    if (!copy_option(arena, hit, option_size, &hits->list[hits->count]))
        return hits->status = IL_NO_MEMORY;
    hits->count++;
    return IL_OK;
}

il_status
search_find(struct search *search, struct run_io *io, const char *query)
{
    il_hits hits = { .search = search };
    struct arena scratch;
    struct io_callback before;
    struct batch *batch;
    il_status status;

    arena_init(&scratch, RUN_ARENA_MAX);
    before = io_enter_callback(io, &scratch);
    status = search->item->find(run_ctx(io->run), query, &hits, search->item->user);
    io_leave_callback(io, before);
    arena_fini(&scratch);
    if (status == IL_OK)
        status = hits.status;
    if (status != IL_OK && status != IL_NO_MEMORY)
        return status;
    batch = status == IL_OK ? arena_alloc(search->arena, sizeof *batch) : NULL;
    if (!batch)
        return io_refuse(io, IL_NO_MEMORY, "%s", copy_no_memory);
    *batch = (struct batch){ .before = search->last,
                             .number = search->last ? search->last->number + 1 : 0,
                             .hits = hits.list,
                             .count = hits.count };
    search->last = batch;
    return IL_OK;
}

/* ---- props */

static void
put_hits(struct rich *rich, const char *batch, const il_option *hits, size_t count)
{
    char value[48];

    for (size_t i = 0; i < count; i++) {
        snprintf(value, sizeof value, "%s:%zu", batch, i);
        json_object(&rich->out);
        json_pair_text(&rich->out, "value", value);
        json_pair_text(&rich->out, "label", hits[i].label);
        rich_text(rich, "description", hits[i].description);
        rich_image(rich, &hits[i].image);
        json_object_end(&rich->out);
    }
}

void
search_put_props(const struct search *search, struct rich *rich)
{
    const struct batch *batch = search->last;
    char number[24];

    json_name(&rich->out, "results");
    json_array(&rich->out);
    if (!batch || !batch->number) /* later the browser knows their labels */
        put_hits(rich, "default", search->chosen, search->chosen_count);
    snprintf(number, sizeof number, "%zu", batch ? batch->number : 0);
    if (batch)
        put_hits(rich, number, batch->hits, batch->count);
    json_array_end(&rich->out);
    if (search->chosen_count && !search->is_multiple)
        json_pair_text(&rich->out, "defaultValue", "default:0");
    rich_text(rich, "placeholder", search->item->placeholder);
    rich_text(rich, "helpText", search->item->help_text);
    json_pair_bool(&rich->out, "disabled", search->item->disabled);
}

void
search_put_multiple(const struct search *search, struct rich *rich)
{
    char value[48];

    json_object(&rich->out);
    if (search->chosen_count) {
        json_name(&rich->out, "defaultValue");
        json_array(&rich->out);
        for (size_t i = 0; i < search->chosen_count; i++) {
            snprintf(value, sizeof value, "default:%zu", i);
            json_put_text(&rich->out, value);
        }
        json_array_end(&rich->out);
    }
    json_object_end(&rich->out);
}

/* ---- answers */

/* What the author calls the result that the browser names; NULL: it was never offered. */
static const char *
find_value(const struct search *search, const char *name)
{
    const char *colon = name ? strchr(name, ':') : NULL;
    const struct batch *batch = search->last;
    char *end;
    size_t index, number;

    if (!colon || colon[1] < '0' || colon[1] > '9')
        return NULL;
    index = strtoul(colon + 1, &end, 10);
    if (*end)
        return NULL;
    if (!strncmp(name, "default:", 8))
        return index < search->chosen_count ? search->chosen[index].value : NULL;
    if (*name < '0' || *name > '9')
        return NULL;
    number = strtoul(name, &end, 10);
    while (end == colon && batch && batch->number != number)
        batch = batch->before;
    return end == colon && batch && index < batch->count ? batch->hits[index].value : NULL;
}

static enum verdict
refuse_unknown(struct answer *answer)
{
    return answer_refuse(answer, "Please choose from what is offered.");
}

/* The author's values outlive the call, whose memory ends with the answer. */
static enum verdict
take_value(struct answer *answer, const char *value, const char **out)
{
    *out = arena_strdup(answer->arena, value);
    return *out ? ANSWER_TAKEN : ANSWER_NO_MEMORY;
}

enum verdict
answer_search(struct answer *answer, const void *item)
{
    const il_search *field = item;
    const char *value;

    if (field->disabled) {
        value = answer->search->chosen_count ? answer->search->chosen[0].value : NULL;
        return value ? take_value(answer, value, answer->out) : ANSWER_EMPTY;
    }
    if (json_type(answer->value) != JSON_STRING)
        return ANSWER_MALFORMED;
    value = find_value(answer->search, json_text(answer->arena, answer->value));
    return value ? take_value(answer, value, answer->out) : refuse_unknown(answer);
}

enum verdict
answer_search_many(struct answer *answer, const void *item)
{
    const il_search *field = item;
    il_keys *out = answer->out;
    size_t count = field->disabled ? answer->search->chosen_count : json_count(answer->value), n = 0;
    struct json node = json_first(answer->value);
    const char **list;

    if (!field->disabled && json_type(answer->value) != JSON_ARRAY)
        return ANSWER_MALFORMED;
    if (!count)
        return ANSWER_EMPTY;
    list = arena_alloc(answer->arena, count * sizeof *list);
    if (!list)
        return ANSWER_NO_MEMORY;
    for (; n < count; n++, node = json_next(node)) {
        const char *value = field->disabled ? answer->search->chosen[n].value
                                            : find_value(answer->search, json_text(answer->arena, node));

        if (!value)
            return refuse_unknown(answer);
        if (take_value(answer, value, &list[n]) != ANSWER_TAKEN)
            return ANSWER_NO_MEMORY;
    }
    *out = (il_keys){ .n = n, .v = list };
    return ANSWER_TAKEN;
}
