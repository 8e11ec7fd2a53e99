/* SPDX-License-Identifier: MIT */
/* Items to props: one small writer per kind of field, and the tables generated from methods.def (method.h). */
#include <stdio.h>

#include "base/mem.h"
#include "runtime/method.h"

enum { MAX_OPTIONS = 65536, MAX_META = 10000, MAX_SHEET_COLUMNS = 100, MAX_SHEET_ROWS = 1000, MAX_TASKS = 10000 };

/* What the writers below read; FIELD refuses to compile when a row of methods.def names a field of another type. */
typedef const char *field_text, *field_required_text, *field_currency, *field_default_option, *field_picture,
    *field_link, *field_object, *field_video;
typedef bool field_flag, field_boolean;
typedef int field_count, field_level, field_steps;
typedef double field_slider, field_step;
typedef il_optd field_limit, field_grace;
typedef const char *const *field_protocols, *const *field_default_options, *const *field_texts;
typedef const il_sheet_column *field_sheet_columns;
typedef const il_value *field_sheet_rows;
typedef const il_task *field_tasks;
typedef const il_date *field_date;
typedef const il_time *field_time;
typedef const il_datetime *field_datetime;
typedef const il_option *field_options, *field_plain_options;
typedef const il_menu *field_menu;
typedef const il_meta *field_metadata;
typedef il_layout field_layout;
typedef il_theme field_theme;
#define FIELD(type, field, want) (offsetof(type, field) + 0 * sizeof(&((type *)0)->field == (want *)0))

#define WRITER(kind) static void put_##kind(struct rich *rich, const struct prop *prop, const void *item)
#define FIELD_OF(kind) (*(const field_##kind *)((const char *)item + prop->offset))

WRITER(text)
{
    rich_text(rich, prop->key, FIELD_OF(text));
}

WRITER(required_text)
{
    json_pair_text(&rich->out, prop->key, FIELD_OF(required_text) ? FIELD_OF(required_text) : "");
}

WRITER(flag)
{
    if (FIELD_OF(flag))
        json_pair_bool(&rich->out, prop->key, true);
}

WRITER(boolean)
{
    json_pair_bool(&rich->out, prop->key, FIELD_OF(boolean));
}

WRITER(count)
{
    int count = FIELD_OF(count);

    if (count < 0)
        rich_refuse(rich, "%s is %d; it cannot be negative", prop->key, count);
    else if (count)
        json_pair_int(&rich->out, prop->key, count);
}

WRITER(level)
{
    int level = FIELD_OF(level);

    if (level && (level < 2 || level > 4))
        rich_refuse(rich, "level is %d; it can be 2, 3 or 4", level);
    else if (level)
        json_pair_int(&rich->out, prop->key, level);
}

WRITER(limit)
{
    il_optd limit = FIELD_OF(limit);

    if (limit.set)
        rich_pair(rich, prop->key, &(il_value){ .type = IL_V_NUM, .d = limit.v });
}

WRITER(slider)
{
    const il_slider *slider = item;

    (void)prop;
    if (!(slider->min < slider->max))
        rich_refuse(rich, ".min (%g) must be less than .max (%g)", slider->min, slider->max);
    rich_pair(rich, "min", &(il_value){ .type = IL_V_NUM, .d = slider->min });
    rich_pair(rich, "max", &(il_value){ .type = IL_V_NUM, .d = slider->max });
}

WRITER(step)
{
    double step = FIELD_OF(step);

    if (!(step >= 0))
        rich_refuse(rich, "%s is %g; it cannot be negative", prop->key, step);
    else if (step > 0)
        rich_pair(rich, prop->key, &(il_value){ .type = IL_V_NUM, .d = step });
}

WRITER(grace)
{
    il_optd grace = FIELD_OF(grace);

    if (grace.set && !(grace.v >= 0 && grace.v <= INT32_MAX))
        rich_refuse(rich, "%s is %g; 0 to %d are possible", prop->key, grace.v, INT32_MAX);
    else if (grace.set)
        json_pair_int(&rich->out, prop->key, (int64_t)grace.v);
}

WRITER(currency)
{
    static const char known[] = "USD CAD AUD EUR GBP CNY JPY"; /* io-methods.md 7.10 */
    const char *currency = FIELD_OF(currency);

    if (currency && (strlen(currency) != 3 || !strstr(known, currency)))
        rich_refuse(rich, "currency is \"%s\"; it can be one of %s", currency, known);
    rich_text(rich, prop->key, currency);
}

WRITER(protocols)
{
    const char *const *list = FIELD_OF(protocols);

    json_name(&rich->out, prop->key);
    json_array(&rich->out);
    for (list = list ? list : (const char *const[]){ "http", "https", NULL }; *list; list++)
        json_put_text(&rich->out, *list);
    json_array_end(&rich->out);
}

WRITER(texts)
{
    const char *const *list = FIELD_OF(texts);

    if (!list)
        return;
    json_name(&rich->out, prop->key);
    json_array(&rich->out);
    for (; *list; list++)
        json_put_text(&rich->out, *list);
    json_array_end(&rich->out);
}

static void
put_numbers(struct rich *rich, const char *key, const char *const names[], const int values[], size_t count)
{
    json_name(&rich->out, key);
    json_object(&rich->out);
    for (size_t i = 0; i < count; i++)
        json_pair_int(&rich->out, names[i], values[i]);
    json_object_end(&rich->out);
}

/* In the order in which the SDKs write them; a date is the first three, a time the last two. */
static const char *const date_keys[] = { "year", "month", "day", "hour", "minute" };

WRITER(date)
{
    const il_date *date = FIELD_OF(date);

    if (date)
        put_numbers(rich, prop->key, date_keys, (int[]){ date->year, date->month, date->day }, 3);
}

WRITER(time)
{
    const il_time *time = FIELD_OF(time);

    if (time)
        put_numbers(rich, prop->key, date_keys + 3, (int[]){ time->hour, time->minute }, 2);
}

WRITER(datetime)
{
    const il_datetime *when = FIELD_OF(datetime);

    if (when)
        put_numbers(rich, prop->key, date_keys, (int[]){ when->year, when->month, when->day, when->hour, when->minute },
                    5);
}

static const char *
option_value(const il_option *option)
{
    return option->value ? option->value : option->label ? option->label : "";
}

static void
put_option(struct rich *rich, const il_option *option, bool is_plain)
{
    json_object(&rich->out);
    json_pair_text(&rich->out, "label", option->label ? option->label : option_value(option));
    json_pair_text(&rich->out, "value", option_value(option));
    if (!is_plain) {
        rich_text(rich, "description", option->description);
        rich_image(rich, &option->image);
    }
    json_object_end(&rich->out);
}

static void
put_option_list(struct rich *rich, const char *key, const il_option *options, size_t count, bool is_plain)
{
    json_name(&rich->out, key);
    json_array(&rich->out);
    if (count > MAX_OPTIONS || (count && !options))
        rich_refuse(rich, "%zu options; at most %d can be shown, use a table", count, MAX_OPTIONS);
    else
        for (size_t i = 0; i < count; i++)
            put_option(rich, &options[i], is_plain);
    json_array_end(&rich->out);
}

WRITER(options)
{
    const il_select *select = item;

    put_option_list(rich, prop->key, select->options, select->n_options, false);
}

WRITER(plain_options)
{
    const il_select_many *select = item;

    put_option_list(rich, prop->key, select->options, select->n_options, true);
}

/* A default that is not among the options is left out, as in the original SDKs (io-methods.md 8.16). */
static const il_option *
option_find(const il_option *options, size_t count, const char *value)
{
    for (size_t i = 0; value && i < count; i++)
        if (!strcmp(option_value(&options[i]), value))
            return &options[i];
    return NULL;
}

WRITER(default_option)
{
    const il_select *select = item;
    const il_option *found = option_find(select->options, select->n_options, select->value);

    if (!found)
        return;
    json_name(&rich->out, prop->key);
    put_option(rich, found, false);
}

WRITER(default_options)
{
    const il_select_many *select = item;

    json_name(&rich->out, prop->key);
    json_array(&rich->out);
    for (const char *const *value = select->values; value && *value; value++) {
        const il_option *found = option_find(select->options, select->n_options, *value);

        if (found)
            put_option(rich, found, true);
    }
    json_array_end(&rich->out);
}

static const char *
column_name(const il_sheet_column *column)
{
    return column->name ? column->name : "";
}

static bool
has_twin(const il_sheet_column *columns, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (!strcmp(column_name(&columns[i]), column_name(&columns[index])))
            return true;
    return false;
}

WRITER(sheet_columns)
{
    static const char *const names[] = { "string", "number", "boolean" };
    const il_spreadsheet *sheet = item;
    char type[16];

    json_name(&rich->out, prop->key);
    json_object(&rich->out);
    if (!sheet->columns || !sheet->n_columns || sheet->n_columns > MAX_SHEET_COLUMNS)
        rich_refuse(rich, "%zu columns; a spreadsheet has 1 to %d (IL_SHEET_COLUMNS)",
                    sheet->columns ? sheet->n_columns : 0, MAX_SHEET_COLUMNS);
    for (size_t i = 0; !rich->err.text[0] && i < sheet->n_columns; i++) {
        const il_sheet_column *column = &sheet->columns[i];

        if ((unsigned)column->type >= COUNT_OF(names) || has_twin(sheet->columns, i)) {
            rich_refuse(rich, "column \"%s\" is there twice or has an unknown type", column_name(column));
            break;
        }
        snprintf(type, sizeof type, "%s%s", names[column->type], column->optional ? "?" : "");
        json_name_str(&rich->out, str_of(column_name(column)));
        json_put_text(&rich->out, type);
    }
    json_object_end(&rich->out);
}

WRITER(sheet_rows)
{
    const il_spreadsheet *sheet = item;
    const il_value *cell = sheet->value;

    if (!cell)
        return;
    if (sheet->n_value_rows > MAX_SHEET_ROWS)
        rich_refuse(rich, "%zu rows in .value; a spreadsheet has at most %d", sheet->n_value_rows, MAX_SHEET_ROWS);
    json_name(&rich->out, prop->key);
    json_array(&rich->out);
    for (size_t row = 0; !rich->err.text[0] && row < sheet->n_value_rows; row++) {
        json_object(&rich->out);
        for (size_t i = 0; i < sheet->n_columns; i++, cell++) {
            if (cell->type == IL_V_RICH || cell->type == IL_V_JSON || cell->type == IL_V_TIME)
                rich_refuse(rich, "row %zu of .value: a spreadsheet holds texts, numbers and booleans", row);
            json_name_str(&rich->out, str_of(column_name(&sheet->columns[i])));
            rich_value(rich, cell->type == IL_V_UNDEF ? &IL_NIL : cell);
        }
        json_object_end(&rich->out);
    }
    json_array_end(&rich->out);
}

WRITER(menu)
{
    const il_menu *menu = FIELD_OF(menu);
    size_t mark;

    if (!menu)
        return;
    mark = rich_enter(rich, prop->key);
    rich_menu(rich, menu);
    rich_leave(rich, mark);
}

static void
put_meta(struct rich *rich, const il_meta *meta)
{
    if (meta->value.type == IL_V_RICH || meta->value.type == IL_V_JSON)
        rich_refuse(rich, "metadata \"%s\": a plain value is needed, not IL_RICH or IL_RAW", meta->label);
    json_object(&rich->out);
    json_pair_text(&rich->out, "label", meta->label ? meta->label : "");
    if (meta->value.type != IL_V_UNDEF || meta->later)
        rich_pair(rich, "value", &meta->value);
    rich_link(rich, meta->route, meta->url, meta->params);
    rich_image(rich, &meta->image);
    rich_text(rich, "error", meta->error);
    json_object_end(&rich->out);
}

WRITER(metadata)
{
    const il_metadata *metadata = item;
    size_t mark = rich_enter(rich, prop->key);

    json_array(&rich->out);
    if (metadata->n_items > MAX_META)
        rich_refuse(rich, "%zu pairs of metadata; at most %d can be shown", metadata->n_items, MAX_META);
    else
        for (size_t i = 0; i < metadata->n_items; i++) {
            size_t inner = rich_enter_index(rich, i);

            put_meta(rich, &metadata->items[i]);
            rich_leave(rich, inner);
        }
    json_array_end(&rich->out);
    rich_leave(rich, mark);
}

WRITER(layout)
{
    static const char *const names[] = { "grid", "list", "card" };
    il_layout layout = FIELD_OF(layout);

    if ((unsigned)layout < COUNT_OF(names))
        json_pair_text(&rich->out, prop->key, names[layout]);
    else
        rich_refuse(rich, "unknown layout %d", (int)layout);
}

WRITER(picture)
{
    const il_picture *p = item;
    il_image image = { .url = p->url, .alt = p->alt, .data = p->data, .len = p->len, .size = p->size };

    (void)prop;
    if (!p->url == !(p->data && p->len))
        rich_refuse(rich, "exactly one of .url and .data with .len is needed");
    rich_image_pairs(rich, &image);
}

WRITER(video)
{
    const il_video *video = item;
    il_image image = { .url = video->url, .data = video->data, .len = video->len, .size = video->size };

    (void)prop;
    if (!video->url == !(video->data && video->len))
        rich_refuse(rich, "exactly one of .url and .data with .len is needed");
    rich_video_pairs(rich, &image);
}

WRITER(steps)
{
    const il_progress_steps *steps = item;

    if (steps->completed < 0 || steps->completed > steps->total)
        rich_refuse(rich, "%d of %d steps are completed", steps->completed, steps->total);
    json_name(&rich->out, prop->key);
    json_object(&rich->out);
    json_pair_int(&rich->out, "completed", steps->completed);
    json_pair_int(&rich->out, "total", steps->total);
    json_object_end(&rich->out);
}

WRITER(tasks)
{
    size_t count = 0;

    json_name(&rich->out, prop->key);
    json_array(&rich->out);
    for (const il_task *task = FIELD_OF(tasks); task && task->label && count < MAX_TASKS; task++, count++) {
        json_object(&rich->out);
        json_pair_text(&rich->out, "label", task->label);
        json_pair_bool(&rich->out, "isComplete", task->is_complete);
        json_pair_text(&rich->out, "resultDescription", task->result);
        json_object_end(&rich->out);
    }
    if (count == MAX_TASKS)
        rich_refuse(rich, "at most %d tasks can be shown", MAX_TASKS - 1);
    json_array_end(&rich->out);
}

WRITER(theme)
{
    rich_text(rich, prop->key, rich_theme(rich, FIELD_OF(theme)));
}

WRITER(link)
{
    const il_link *link = item;

    (void)prop;
    if (!link->url && !link->route)
        rich_refuse(rich, "it leads nowhere; give it .url or .route");
    rich_link(rich, link->route, link->url, link->params);
}

WRITER(object)
{
    const il_object *object = item;
    size_t mark = rich_enter(rich, prop->key);

    if (object->json)
        rich_value(rich, &(il_value){ .type = IL_V_JSON, .s = object->json });
    else
        rich_fields(rich, object->fields);
    rich_leave(rich, mark);
}

static const struct prop props[] = {
#define INPUT(id, wire, sdk, type, answer, check, traits)
#define DISPLAY(id, wire, sdk, type, traits)
#define REFUSED(wire, sdk)
#define PROP(id, type, field, key, kind) { IL_M_##id, FIELD(type, field, field_##kind), key, put_##kind },
#include "runtime/methods.def"
#undef INPUT
#undef DISPLAY
#undef PROP
};

static const struct method methods[] = {
#define INPUT(id, wire, sdk, type, answer, check, traits)                                                              \
    { IL_M_##id, wire, sizeof(type), sizeof(answer), answer_##check, traits },
#define DISPLAY(id, wire, sdk, type, traits) { IL_M_##id, wire, sizeof(type), 0, NULL, traits },
#define PROP(id, type, field, key, kind)
#include "runtime/methods.def"
};

const struct method *
method_find(uint32_t id)
{
    for (size_t i = 0; i < COUNT_OF(methods); i++)
        if (methods[i].id == id)
            return &methods[i];
    return NULL;
}

void
method_put_props(const struct method *method, struct rich *rich, const il_item *item)
{
    for (size_t i = 0; i < COUNT_OF(props); i++)
        if (props[i].method == method->id)
            props[i].write(rich, &props[i], item);
}
