/* SPDX-License-Identifier: MIT */
/* Metadata that comes later (later.h; io-methods.md 9.1). */
#include "runtime/later.h"

#include "base/clock.h"
#include "runtime/copy.h"

enum { MERGE_MS = 100 };

static bool
copy_meta(struct arena *arena, il_meta *own)
{
    return copy_text(arena, own->label, &own->label) && copy_value(arena, &own->value, &own->value) &&
           copy_text(arena, own->url, &own->url) && copy_text(arena, own->route, &own->route) &&
           copy_fields(arena, own->params, &own->params) && copy_image(arena, &own->image) &&
           copy_text(arena, own->error, &own->error);
}

bool
later_take(struct arena *arena, il_metadata *metadata, bool *is_later)
{
    size_t count = metadata->n_items;
    il_meta *own;

    *is_later = false;
    for (size_t i = 0; i < count && metadata->items; i++)
        *is_later |= metadata->items[i].later != NULL;
    if (!*is_later)
        return true;
    own = arena_alloc(arena, count * sizeof *own);
    for (size_t i = 0; own && i < count; i++) {
        own[i] = metadata->items[i];
        if (!copy_meta(arena, &own[i]))
            return false;
    }
    metadata->items = own;
    return own != NULL;
}

bool
later_is_on_stack(const il_metadata *metadata)
{
    for (size_t i = 0; i < metadata->n_items; i++)
        if (metadata->items[i].later && io_is_on_stack(metadata->items[i].user))
            return true;
    return false;
}

/* One value. What fails keeps what it showed, and says why where there is room for it. */
static void
find_out(struct call *call, struct run_io *io, il_meta *meta)
{
    il_status (*later)(il_ctx * ctx, il_meta * meta, void *user) = meta->later;
    struct arena scratch;
    struct io_callback before;
    il_meta found = *meta;
    il_status status;

    arena_init(&scratch, RUN_ARENA_MAX);
    before = io_enter_callback(io, &scratch);
    status = later(run_ctx(io->run), &found, meta->user);
    io_leave_callback(io, before);
    if (status != IL_OK) {
        io_warn(io, "metadata \"%s\": %s", meta->label ? meta->label : "", io_failure(io));
        found = *meta;
        found.error = io_failure(io);
    } else if (found.value.type == IL_V_RICH || found.value.type == IL_V_JSON) {
        found = *meta;
        found.error = "a plain value is needed, not IL_RICH or IL_RAW";
    }
    found.later = NULL;
    if (copy_meta(&call->arena, &found))
        *meta = found;
    meta->later = NULL;
    arena_fini(&scratch);
}

/* The first value that is still to come; NULL: none. */
static il_meta *
next_of(struct call *call)
{
    for (size_t i = 0; i < call->count; i++) {
        struct component *c = &call->components[i];
        il_metadata *metadata = c->is_later ? (void *)(uintptr_t)c->item : NULL;

        for (size_t k = 0; metadata && k < metadata->n_items; k++)
            if (metadata->items[k].later)
                return (il_meta *)(uintptr_t)&metadata->items[k]; /* our own copy, see later_take */
    }
    return NULL;
}

void
later_run(struct call *call, struct run_io *io, void (*show)(void *arg), void *arg)
{
    int64_t shown_ms = clock_mono_ms();
    bool is_shown = true;
    il_meta *meta;

    while (!run_is_canceled(io->run) && (meta = next_of(call))) {
        find_out(call, io, meta);
        is_shown = clock_mono_ms() - shown_ms >= MERGE_MS;
        if (is_shown) {
            show(arg);
            shown_ms = clock_mono_ms();
        }
    }
    if (!is_shown && !run_is_canceled(io->run))
        show(arg);
    call_settle(call);
}
