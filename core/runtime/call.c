/* SPDX-License-Identifier: MIT */
/* IO calls: from items to renders (call.h). The key order is that of the Node SDK (captures/node-2.0.0-group.jsonl). */
#include "runtime/call.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "runtime/copy.h"
#include "runtime/later.h"

static bool
make_room(struct call *call, size_t capacity)
{
    struct component *roomier;

    if (call->count < call->capacity)
        return true;
    roomier = arena_alloc(&call->arena, capacity * sizeof *roomier);
    if (!roomier)
        return false;
    if (call->count)
        memcpy(roomier, call->components, call->count * sizeof *roomier);
    call->components = roomier;
    call->capacity = capacity;
    return true;
}

struct call *
call_new(struct run_io *io, size_t capacity)
{
    struct call *call = mem_alloc(sizeof *call);

    arena_init(&call->arena, io_memory_left(io));
    call->key = uuid_v4();
    if (make_room(call, capacity))
        return call;
    call_free(call);
    io_refuse(io, IL_NO_MEMORY, "%s", copy_no_memory);
    return NULL;
}

void
call_free(struct call *call)
{
    for (size_t i = 0; i < call->count; i++)
        if (call->components[i].table)
            table_free(call->components[i].table);
    arena_fini(&call->arena);
    free(call);
}

/* Lists whose elements may have another size than ours. The item is our own copy already. */
static il_status
take_lists(struct arena *arena, il_item *item)
{
    const void *list = NULL;
    il_status status = IL_OK;

/* first: the size of an element when it was new */
#define TAKE(type, field, count, stride, element, first)                                                               \
    do {                                                                                                               \
        type *typed = (void *)item;                                                                                    \
        status = copy_list(arena, typed->field, typed->count, typed->stride, first, sizeof(element), &list);           \
        typed->field = list;                                                                                           \
    } while (0)
    switch (item->method) {
    case IL_M_SELECT:
        TAKE(il_select, options, n_options, option_size, il_option, sizeof(il_option));
        break;
    case IL_M_SELECT_MANY:
        TAKE(il_select_many, options, n_options, option_size, il_option, sizeof(il_option));
        break;
    case IL_M_METADATA:
        TAKE(il_metadata, items, n_items, item_size, il_meta, offsetof(il_meta, later));
        break;
    case IL_M_SPREADSHEET:
        TAKE(il_spreadsheet, columns, n_columns, column_size, il_sheet_column, sizeof(il_sheet_column));
        break;
    case IL_M_TABLE:
    case IL_M_SELECT_TABLE: /* the same up to here, see table_new */
        TAKE(il_table, columns, n_columns, column_size, il_column, offsetof(il_column, plain));
        break;
    default:
        break;
    }
#undef TAKE
    return status;
}

/* Keeps a rendered text in the call's arena. */
static bool
keep(struct call *call, struct str text, struct str *kept)
{
    *kept = (struct str){ NULL, 0 };
    if (!text.len)
        return true;
    kept->p = arena_strndup(&call->arena, text.p, text.len);
    kept->len = text.len;
    return kept->p != NULL;
}

/* What a list holds at first. */
static void
put_multiple(const struct component *c, struct json_out *out)
{
    struct rich rich = { 0 };

    json_name(out, "multipleProps");
    json_put_raw(out, c->search ? (struct str){ "", 0 } : STR("{}")); /* keeps the writer's commas right */
    json_out_init(&rich.out, out->buf);
    if (c->search)
        search_put_multiple(c->search, &rich);
}

static bool
render_head(struct call *call, struct component *c)
{
    struct json_out out;
    struct buf buf;
    bool is_kept;

    buf_init(&buf, IO_MAX_MESSAGE);
    json_out_init(&out, &buf);
    json_object(&out);
    json_pair_text(&out, "methodName", c->method->wire);
    json_pair_text(&out, "label", c->item->label ? c->item->label : "");
    json_pair_bool(&out, "isStateful", c->method->traits & STATEFUL);
    json_pair_bool(&out, "isOptional", c->item->optional || c->item->present);
    json_pair_bool(&out, "isMultiple", c->method->traits & MULTIPLE);
    if (c->method->traits & MULTIPLE)
        put_multiple(c, &out);
    is_kept = !buf.over && keep(call, (struct str){ buf.p, buf.len }, &c->head);
    buf_fini(&buf);
    return is_kept;
}

static void
put_props(const struct component *c, struct rich *rich)
{
    json_object(&rich->out);
    if (c->table) {
        table_put_props(c->table, rich);
    } else if (c->search) {
        search_put_props(c->search, rich);
    } else {
        if (c->item->help_text && method_is_input(c->method))
            json_pair_text(&rich->out, "helpText", c->item->help_text);
        method_put_props(c->method, rich, c->item);
        if (c->upload)
            upload_put_props(c->upload, rich);
        if (c->item->disabled && method_is_input(c->method))
            json_pair_bool(&rich->out, "disabled", true);
    }
    json_object_end(&rich->out);
}

/* Renders the props into text and meta; false: the item makes no sense. */
static bool
render_props(const struct component *c, struct buf *text, struct rich *rich, struct str *meta, struct err *err)
{
    rich_init(rich, text);
    put_props(c, rich);
    *meta = rich_meta(rich);
    if (rich->err.text[0])
        return err_set(err, "%s", rich->err.text);
    return !text->over || err_set(err, "more than %d MiB in one message", IO_MAX_MESSAGE >> 20);
}

static il_status
refuse_item(struct run_io *io, il_status status, const struct component *c, const char *why)
{
    return io_refuse(io, status, "%s \"%s\": %s", c->method->wire, c->item->label ? c->item->label : "", why);
}

/* Everything that an item's render needs, once and for all. */
static il_status
render_item(struct call *call, struct run_io *io, struct component *c)
{
    struct buf text;
    struct rich rich;
    struct str meta;
    struct err err = { "" };
    bool is_right, is_kept;

    buf_init(&text, IO_MAX_MESSAGE);
    is_right = render_props(c, &text, &rich, &meta, &err);
    is_kept =
        !is_right || (render_head(call, c) &&
                      (component_is_live(c) || (keep(call, buf_view(&text), &c->props) && keep(call, meta, &c->meta))));
    rich_fini(&rich);
    buf_fini(&text);
    if (!is_right)
        return refuse_item(io, IL_INVALID, c, err.text);
    return is_kept ? IL_OK : refuse_item(io, IL_NO_MEMORY, c, copy_no_memory);
}

static il_status
take_item(struct call *call, struct run_io *io, struct component *c, const il_item *item)
{
    const char *label = item->label ? item->label : "";
    il_item *own;
    il_status status;

    if (item->bytes < sizeof(il_item))
        return io_refuse(io, IL_INVALID, "item %zu was not made with a macro of interlude.h", call->count + 1);
    c->method = method_find(item->method);
    if (!c->method)
        return io_refuse(io, IL_UNSUPPORTED, "item \"%s\" is method %u, which this server does not know", label,
                         item->method);
    c->item = own = arena_alloc(&call->arena, c->method->item_size);
    if (!own)
        return io_refuse(io, IL_NO_MEMORY, "%s", copy_no_memory);
    status = io_take_struct(io, own, c->method->item_size, item, item->bytes, label);
    if (status == IL_OK)
        status = take_lists(&call->arena, own);
    if (status != IL_OK)
        return refuse_item(io, status, c,
                           status == IL_NO_MEMORY ? copy_no_memory
                                                  : "it uses an option that this server does not know");
    return IL_OK;
}

/* Rows that are there at first. */
static il_status
take_table(struct call *call, struct run_io *io, struct component *c)
{
    struct err err = { "" };
    il_status status;

    if (!table_new(&call->arena, c->item, &c->table, &err))
        return refuse_item(io, IL_INVALID, c, err.text);
    call->count++; /* call_free releases the table from here on */
    status = table_fill(c->table, io);
    if (status == IL_OK)
        call->count--;
    return status;
}

/* What an item needs that answers while it is shown. */
static il_status
take_parts(struct call *call, struct run_io *io, struct component *c)
{
    struct err err = { "" };

    switch (c->method->id) {
    case IL_M_TABLE:
    case IL_M_SELECT_TABLE:
    case IL_M_GRID:
        return take_table(call, io, c);
    case IL_M_SEARCH:
    case IL_M_SEARCH_MANY:
        if (!search_new(&call->arena, c->item, c->method->traits & MULTIPLE, &c->search, &err))
            return refuse_item(io, IL_INVALID, c, err.text);
        return search_find(c->search, io, "");
    case IL_M_FILE:
    case IL_M_FILES:
        if (!upload_new(&call->arena, c->item, &c->upload))
            return refuse_item(io, IL_NO_MEMORY, c, copy_no_memory);
        return IL_OK;
    case IL_M_METADATA:
        if (!later_take(&call->arena, (void *)(uintptr_t)c->item, &c->is_later))
            return refuse_item(io, IL_NO_MEMORY, c, copy_no_memory);
        if (c->is_later && io->run->is_page && later_is_on_stack((const void *)c->item))
            return refuse_item(io, IL_INVALID, c,
                               ".user of a value that comes later points to the handler's stack; take it from il_new");
        return IL_OK;
    }
    return IL_OK;
}

il_status
call_add(struct call *call, struct run_io *io, const il_item *item)
{
    struct component *c;
    il_status status;

    if (!make_room(call, call->capacity * 2))
        return io_refuse(io, IL_NO_MEMORY, "%s", copy_no_memory);
    c = &call->components[call->count];
    status = take_item(call, io, c, item);
    if (status != IL_OK)
        return status;
    if (method_is_input(c->method) && !c->item->out)
        return refuse_item(io, IL_INVALID, c, "there is no variable for the answer");
    status = take_parts(call, io, c);
    if (status != IL_OK)
        return status;
    status = render_item(call, io, c);
    call->has_table |= c->table && !method_is_input(c->method);
    call->is_interactive |= method_is_input(c->method);
    call->is_alone |= (c->method->traits & ALONE) != 0;
    call->is_at_once = (call->is_at_once || !call->count) && (c->method->traits & AT_ONCE);
    call->count++;
    return status;
}

static bool
write_component(const struct component *c, struct json_out *out, struct err *err)
{
    struct buf *buf = out->buf;
    struct str meta = c->meta;
    struct rich rich = { 0 };
    struct buf text;
    bool is_right = true;

    /* head is an object without its end: a placeholder keeps the writer's commas right. */
    json_put_raw(out, c->head);
    if (c->message) {
        buf_str(buf, ",\"validationErrorMessage\":");
        json_put_text(&(struct json_out){ .buf = buf }, c->message);
    }
    buf_str(buf, ",\"props\":");
    if (component_is_live(c)) {
        buf_init(&text, IO_MAX_MESSAGE);
        is_right = render_props(c, &text, &rich, &meta, err);
        buf_put(buf, text.p, text.len);
        buf_fini(&text);
    } else {
        buf_put(buf, c->props.p, c->props.len);
    }
    if (meta.len) {
        buf_str(buf, ",\"propsMeta\":");
        buf_put(buf, meta.p, meta.len);
    }
    buf_char(buf, '}');
    rich_fini(&rich);
    return is_right;
}

bool
call_write(const struct call *call, struct buf *text, struct err *err)
{
    struct json_out out;
    bool is_right = true;

    json_out_init(&out, text);
    json_object(&out);
    json_pair_text(&out, "id", uuid_format(uuid_v4()).s);
    json_pair_text(&out, "inputGroupKey", uuid_format(call->key).s);
    json_name(&out, "toRender");
    json_array(&out);
    for (size_t i = 0; i < call->count; i++)
        is_right = write_component(&call->components[i], &out, err) && is_right;
    json_array_end(&out);
    if (call->message)
        json_pair_text(&out, "validationErrorMessage", call->message);
    json_pair_text(&out, "kind", "RENDER");
    if (call->buttons.len)
        json_pair_raw(&out, "choiceButtons", call->buttons);
    json_object_end(&out);
    if (text->over)
        return err_set(err, "more than %d MiB in one message", IO_MAX_MESSAGE >> 20);
    return is_right;
}

static il_status
set_state(struct component *c, struct run_io *io, struct json state, struct json meta, const char *path)
{
    struct arena arena;
    const char *term;
    il_status status = IL_OK;

    if (c->table)
        return table_set_state(c->table, io, state, meta, path);
    if (c->upload)
        return upload_set_state(c->upload, io, state);
    if (!c->search)
        return IL_OK;
    arena_init(&arena, RUN_ARENA_MAX);
    term = json_text(&arena, json_get(state, "queryTerm"));
    if (term)
        status = search_find(c->search, io, term);
    arena_fini(&arena);
    return status;
}

void
call_set_state(struct call *call, struct run_io *io, struct json response)
{
    struct json meta = json_get(response, "valuesMeta"), state = json_first(json_get(response, "values"));
    char path[24];

    for (size_t i = 0; i < call->count && json_type(state); i++, state = json_next(state)) {
        struct component *c = &call->components[i];

        if (!component_is_live(c) || json_type(state) != JSON_OBJECT)
            continue;
        snprintf(path, sizeof path, "%zu", i);
        if (set_state(c, io, state, meta, path) != IL_OK)
            io_warn(io, "%s keeps what it shows: %s", c->method->wire, io_failure(io));
    }
}

void
call_settle(struct call *call)
{
    struct buf text;
    struct rich rich;
    struct str meta;
    struct err err;

    for (size_t i = 0; i < call->count; i++) {
        struct component *c = &call->components[i];

        if (!c->is_later)
            continue;
        buf_init(&text, IO_MAX_MESSAGE);
        if (render_props(c, &text, &rich, &meta, &err) && keep(call, buf_view(&text), &c->props) &&
            keep(call, meta, &c->meta))
            c->is_later = false;
        rich_fini(&rich);
        buf_fini(&text);
    }
}

il_status
call_show(struct call *call, struct run_io *io)
{
    struct buf text;
    struct err err = { "" };
    il_status status = IL_OK;

    progress_drop(&io->progress);
    buf_init(&text, IO_MAX_MESSAGE);
    if (!call_write(call, &text, &err))
        status = io_refuse(io, IL_INVALID, "%s", err.text);
    else if (!run_call(io->run, LINK_SEND_IO_CALL, call_group(call), call->is_interactive ? LINK_INTERACTIVE : 0, 0,
                       buf_view(&text), &err))
        status = run_is_canceled(io->run) ? io_gate(io, "show") : io_refuse(io, IL_RENDER_ERROR, "%s", err.text);
    buf_fini(&text);
    return status;
}
