/* SPDX-License-Identifier: MIT */
/*
 * Asking: shows an IO call, waits for its answer, checks it, shows it again with what is wrong, until it is right
 * (io-methods.md 4, 5).
 */
#include <stdlib.h>

#include "base/mem.h"
#include "runtime/call.h"
#include "runtime/copy.h"
#include "runtime/later.h"

enum { MAX_ITEMS = 1000, MAX_CHOICES = 100 };

struct ask {
    struct run_io *io;
    struct call *call;
    il_form form;            /* our own copy; what it points to is the author's */
    struct answers *answers; /* of the last RETURN */
};

/* In append mode what only shows does not wait (io-methods.md 1.1). */
static bool
shows_at_once(struct run_io *io)
{
    return json_bool(json_get(io_inputs(io), "displayResolvesImmediately"), false);
}

static il_status
take_form(struct ask *ask, const il_form *form)
{
    struct rich rich;
    struct buf text;
    il_status status = form ? io_take_struct(ask->io, &ask->form, sizeof ask->form, form, form->size, "form") : IL_OK;
    size_t count = 0;

    if (status != IL_OK || !ask->form.choices)
        return status;
    buf_init(&text, IO_MAX_MESSAGE);
    rich_init(&rich, &text);
    json_array(&rich.out);
    for (const il_choice *choice = ask->form.choices; choice->label && count < MAX_CHOICES; choice++, count++) {
        json_object(&rich.out);
        json_pair_text(&rich.out, "label", choice->label);
        json_pair_text(&rich.out, "value", choice->value ? choice->value : choice->label);
        rich_text(&rich, "theme", rich_theme(&rich, choice->theme));
        json_object_end(&rich.out);
    }
    json_array_end(&rich.out);
    if (count == MAX_CHOICES || rich.err.text[0])
        status = io_refuse(ask->io, IL_INVALID, "choices: %s", count == MAX_CHOICES ? "too many" : rich.err.text);
    else if (count && !(ask->call->buttons.p = arena_strndup(&ask->call->arena, text.p, text.len)))
        status = io_refuse(ask->io, IL_NO_MEMORY, "%s", copy_no_memory);
    else if (count)
        ask->call->buttons.len = text.len;
    rich_fini(&rich);
    buf_fini(&text);
    return status;
}

/* Memory for the answers of one RETURN; what an earlier, refused one left is gone. */
static struct arena *
answers_begin(struct ask *ask)
{
    if (ask->answers)
        arena_fini(&ask->answers->arena);
    else
        ask->answers = mem_alloc(sizeof *ask->answers);
    arena_init(&ask->answers->arena, io_memory_left(ask->io));
    return &ask->answers->arena;
}

/* The value to check: what came, or for a field that cannot be changed, what the author put there. */
static struct json
value_of(const struct component *c, struct json sent, struct arena *arena)
{
    struct json props;
    struct err err;

    if (!c->item->disabled || component_is_live(c))
        return sent;
    if (!json_parse(arena, c->props, &props, &err))
        return (struct json){ NULL, -1 };
    return json_get(props, "defaultValue");
}

static void
set_empty(const struct component *c)
{
    memset(c->item->out, 0, c->method->answer_size);
    if (c->method->id == IL_M_SELECT)
        *(size_t *)c->item->out = IL_NONE;
}

/* A validator's message may live as briefly as it likes. */
static il_status
keep_message(struct ask *ask, struct arena *arena, const char **message)
{
    if (!*message || (*message = arena_strdup(arena, *message)))
        return IL_OK;
    return io_refuse(ask->io, IL_NO_MEMORY, "%s", copy_no_memory);
}

/* Where the server keeps the files of a field, up to their number (io-methods.md 12, 6 for the id of a field). */
static const char *
file_place(const struct call *call, const struct component *c, struct arena *arena)
{
    struct uuid_text group = uuid_format(call->key);

    return arena_printf(arena, "%s/%s-%zu-%s", group.s, c->method->wire, (size_t)(c - call->components), group.s);
}

/* What the browser says about files is looked at where they are. */
static enum verdict
check_files(struct ask *ask, const struct component *c, struct answer *answer)
{
    il_files *many = c->item->out;
    bool is_one = c->method->id == IL_M_FILE;
    char reason[256];
    const il_file *missing =
        upload_measure(ask->io, is_one ? c->item->out : (il_file *)(uintptr_t)many->v, is_one ? 1 : many->n);

    if (!missing)
        return ANSWER_TAKEN;
    return answer_refuse(answer, "Please select %.100s again: %s.", missing->name,
                         upload_reason(ask->io, missing, reason, sizeof reason));
}

static bool
is_upload(const struct component *c)
{
    return c->method->id == IL_M_FILE || c->method->id == IL_M_FILES;
}

/* One field: types and limits, then the author's validator. Sets c->message if the person has to change something. */
static il_status
check_field(struct ask *ask, struct component *c, struct json sent, struct arena *arena)
{
    struct answer answer = { .arena = arena, .table = c->table, .search = c->search, .out = c->item->out };
    enum verdict verdict = ANSWER_EMPTY;
    struct io_callback before;

    answer.value = value_of(c, sent, arena);
    set_empty(c);
    if (is_upload(c))
        answer.place = c->upload ? NULL : file_place(ask->call, c, arena);
    if (json_type(answer.value) > JSON_NULL || (c->search && c->item->disabled))
        verdict = c->method->check(&answer, c->item);
    if (verdict == ANSWER_TAKEN && is_upload(c))
        verdict = check_files(ask, c, &answer);
    if (verdict == ANSWER_NO_MEMORY)
        return io_refuse(ask->io, IL_NO_MEMORY, "%s", copy_no_memory);
    if (verdict == ANSWER_MALFORMED)
        return io_refuse(ask->io, IL_BAD_RESPONSE, "%s \"%s\": the browser sent a value of another type: %.100s",
                         c->method->wire, c->item->label ? c->item->label : "",
                         arena_strndup(arena, json_raw(answer.value).p, json_raw(answer.value).len));
    c->message = verdict == ANSWER_REFUSED ? answer.message : NULL;
    if (verdict == ANSWER_EMPTY && !c->item->optional && !c->item->present && !c->item->disabled)
        c->message = "This field is required.";
    if (verdict == ANSWER_EMPTY)
        set_empty(c);
    if (c->item->present)
        *c->item->present = verdict == ANSWER_TAKEN;
    if (verdict != ANSWER_TAKEN || !c->item->validate)
        return IL_OK;
    before = io_enter_callback(ask->io, arena);
    c->message = c->item->validate(run_ctx(ask->io->run), c->item->out, c->item->user);
    io_leave_callback(ask->io, before);
    return keep_message(ask, arena, &c->message);
}

/* The value of the pressed button (io-methods.md 2.2); NULL: it is not one of ours. */
static const char *
pressed(const struct ask *ask, struct json response, struct arena *arena)
{
    const char *value = json_text(arena, json_get(response, "choice"));

    if (!ask->call->buttons.len)
        return "Continue"; /* the only one there is */
    for (const il_choice *choice = ask->form.choices; value && choice->label; choice++)
        if (!strcmp(choice->value ? choice->value : choice->label, value))
            return value;
    return NULL;
}

static il_status
check_form(struct ask *ask, struct json response, struct arena *arena)
{
    const char *choice = pressed(ask, response, arena);
    struct io_callback before;

    if (!choice) {
        ask->call->message = "Please use one of the buttons.";
        return IL_OK;
    }
    if (ask->form.choice)
        *ask->form.choice = choice;
    if (!ask->form.validate)
        return IL_OK;
    before = io_enter_callback(ask->io, arena);
    ask->call->message = ask->form.validate(run_ctx(ask->io->run), ask->form.user);
    io_leave_callback(ask->io, before);
    return keep_message(ask, arena, &ask->call->message);
}

/* A RETURN for the call that waits. *is_done: everything was accepted. */
static il_status
take_return(struct ask *ask, struct json response, bool *is_done)
{
    struct json values = json_get(response, "values"), value = json_first(values);
    struct arena *arena = answers_begin(ask);
    bool is_right = true;
    il_status status = IL_OK;

    if (json_count(values) != ask->call->count)
        return io_refuse(ask->io, IL_BAD_RESPONSE, "the browser sent %zu values for %zu items", json_count(values),
                         ask->call->count);
    ask->call->message = NULL;
    for (size_t i = 0; i < ask->call->count && status == IL_OK; i++, value = json_next(value)) {
        struct component *c = &ask->call->components[i];

        if (!method_is_input(c->method))
            continue;
        status = check_field(ask, c, value, arena);
        is_right = is_right && !c->message;
    }
    if (status == IL_OK && is_right)
        status = check_form(ask, response, arena);
    *is_done = status == IL_OK && is_right && !ask->call->message;
    if (status != IL_OK || *is_done)
        return status;
    return run_is_canceled(ask->io->run) ? io_gate(ask->io, "ask") : call_show(ask->call, ask->io);
}

/* A SET_STATE for a call that is on the screen. */
static void
follow_state(struct run_io *io, struct call *call, struct json response)
{
    call_set_state(call, io, response);
    if (call_show(call, io) != IL_OK && !run_is_canceled(io->run))
        io_warn(io, "cannot update what is shown: %s", io_failure(io));
}

static struct call *
find_kept(struct run_io *io, struct link_subject group)
{
    for (struct call *call = io->calls; call; call = call->next)
        if (!memcmp(call->key.bytes, group.bytes, sizeof group.bytes))
            return call;
    return NULL;
}

static bool
is_nil(struct link_subject group)
{
    return copy_is_zero(group.bytes, sizeof group.bytes);
}

/* Whatever came for this run while ask waits (NULL: nobody waits). */
static il_status
dispatch(struct run_io *io, struct ask *ask, const struct run_answer *answer, bool *is_done)
{
    struct arena arena;
    struct json response;
    struct err err;
    struct call *kept = find_kept(io, answer->group);
    bool is_state;
    il_status status = IL_OK;

    arena_init(&arena, RUN_ARENA_MAX);
    if (!json_parse(&arena, answer->json, &response, &err)) {
        io_warn(io, "an answer was dropped: %s", err.text);
        arena_fini(&arena);
        return IL_OK;
    }
    is_state = json_is(json_get(response, "kind"), "SET_STATE");
    /* Without a key it is for the most recent call; what names no call of ours is dropped (io-methods.md 1). */
    if (ask &&
        (is_nil(answer->group) || !memcmp(ask->call->key.bytes, answer->group.bytes, sizeof answer->group.bytes))) {
        if (is_state)
            follow_state(io, ask->call, response);
        else if (json_is(json_get(response, "kind"), "RETURN"))
            status = take_return(ask, response, is_done);
    } else if (kept && is_state) {
        follow_state(io, kept, response);
    }
    arena_fini(&arena);
    return status;
}

static il_status
wait_for_answer(struct ask *ask)
{
    const struct run_answer *answer;
    bool is_done = false;
    il_status status = IL_OK;

    while (status == IL_OK && !is_done) {
        if (run_wait(ask->io->run, -1, &answer) == RUN_CANCELED)
            return io_gate(ask->io, "ask");
        status = dispatch(ask->io, ask, answer, &is_done);
    }
    return status;
}

/* Tables on the screen go on answering: their call stays, without what was the author's. */
static void
keep_or_free(struct ask *ask, il_status status)
{
    struct run_io *io = ask->io;
    struct call *call = ask->call;

    if (status == IL_OK && ask->answers) {
        ask->answers->next = io->answers;
        io->answers = ask->answers;
        io->held_bytes += ask->answers->arena.used;
    } else if (ask->answers) {
        arena_fini(&ask->answers->arena);
        free(ask->answers);
    }
    if (status != IL_OK || !call->has_table || !shows_at_once(io)) {
        call_free(call);
        return;
    }
    call->is_interactive = false;
    for (size_t i = 0; i < call->count; i++) {
        if (call->components[i].table)
            io->held_bytes += call->components[i].table->list.arena.used;
        call->components[i].item = NULL;
    }
    io->held_bytes += call->arena.used;
    call->next = io->calls;
    io->calls = call;
}

/* The call once more, with what has become known. */
static void
show_again(void *arg)
{
    struct ask *ask = arg;

    if (call_show(ask->call, ask->io) != IL_OK && !run_is_canceled(ask->io->run))
        io_warn(ask->io, "cannot show what came later: %s", io_failure(ask->io));
}

/* CONFIRM and its like: no others beside them, no buttons but their own, always an answer (io-methods.md 5). */
static il_status
check_alone(struct ask *ask)
{
    const struct component *c = ask->call->components;

    if (!ask->call->is_alone)
        return IL_OK;
    if (ask->call->count > 1)
        return io_refuse(ask->io, IL_INVALID, "a confirmation stands alone; ask for it in an il_ask of its own");
    if (ask->call->buttons.len || c->item->optional || c->item->present)
        return io_refuse(ask->io, IL_INVALID, "a confirmation has its own buttons and cannot be optional");
    return IL_OK;
}

static il_status
show_and_wait(struct ask *ask)
{
    const struct call *call = ask->call;
    bool is_done = !call->is_interactive && !call->buttons.len && (call->is_at_once || shows_at_once(ask->io));
    il_status status = call_show(ask->call, ask->io);

    if (status != IL_OK)
        return status;
    later_run(ask->call, ask->io, show_again, ask);
    if (!is_done)
        return wait_for_answer(ask);
    return run_is_canceled(ask->io->run) ? io_gate(ask->io, "show") : IL_OK;
}

static il_status
ask_list(struct run_io *io, const il_form *form, const il_item *const *items)
{
    struct ask ask = { .io = io };
    il_status status = io_gate(io, "ask");
    size_t count = 0;

    if (status != IL_OK)
        return status;
    if (io->run->is_page)
        return io_refuse(io, IL_INVALID, "a page cannot ask; add what it shows with il_page_add");
    while (count <= MAX_ITEMS && items[count])
        count++;
    if (!count || count > MAX_ITEMS)
        return io_refuse(io, IL_INVALID, "%s items; il_ask takes 1 to %d", count ? "too many" : "no", MAX_ITEMS);
    if (!(ask.call = call_new(io, count)))
        return IL_NO_MEMORY;
    for (size_t i = 0; i < count && status == IL_OK; i++)
        status = call_add(ask.call, io, items[i]);
    if (status == IL_OK)
        status = take_form(&ask, form);
    if (status == IL_OK)
        status = check_alone(&ask);
    if (status == IL_OK)
        status = show_and_wait(&ask);
    keep_or_free(&ask, status);
    return status;
}

il_status
ask_items(il_ctx *ctx, const il_form *form, const il_item *const *items)
{
    return ask_list(io_of_ctx(ctx), form, items);
}

il_status
ask_confirm(il_ctx *ctx, const char *label, const char *help, bool *yes)
{
    return ask_list(io_of_ctx(ctx), NULL, (const il_item *const[]){ IL_CONFIRM(yes, label, .help_text = help), NULL });
}

void
runtime_io_after(struct run *run, const struct run_answer *answer)
{
    struct run_io *io = io_of(run);

    if (run->is_page)
        page_state(io, answer);
    else
        dispatch(io, NULL, answer, NULL);
}
