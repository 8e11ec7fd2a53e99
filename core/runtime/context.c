/* SPDX-License-Identifier: MIT */
/* What a run knows and can do besides asking: memory, cancel, who, where, where to (interlude/context.h). */
#include <stdlib.h>

#include "runtime/copy.h"
#include "runtime/io.h"
#include "runtime/prefix.h"
#include "runtime/rich.h"

void *
memory_alloc(il_ctx *ctx, size_t size)
{
    return arena_alloc(&run_of(ctx)->arena, size);
}

char *
memory_format(il_ctx *ctx, const char *format, ...)
{
    struct run_io *io = io_of_ctx(ctx);
    va_list args;
    char *text;

    va_start(args, format);
    text = arena_vprintf(io->scratch ? io->scratch : &io->run->arena, format, args);
    va_end(args);
    return text;
}

il_status
memory_defer(il_ctx *ctx, void (*cleanup)(void *arg), void *arg)
{
    struct run_io *io = io_of_ctx(ctx);
    struct cleanup *c = arena_alloc(&io->run->arena, sizeof *c);

    if (!cleanup)
        return io_refuse(io, IL_INVALID, "il_defer without a function to call");
    if (!c) {
        cleanup(arg);
        return io_refuse(io, IL_NO_MEMORY, "%s", copy_no_memory);
    }
    *c = (struct cleanup){ io->cleanups, cleanup, arg };
    io->cleanups = c;
    return IL_OK;
}

bool
cancel_is_set(il_ctx *ctx)
{
    return run_is_canceled(run_of(ctx));
}

int
cancel_fd(il_ctx *ctx)
{
    return run_cancel_fd(run_of(ctx));
}

il_status
cancel_sleep(il_ctx *ctx, uint32_t ms)
{
    struct run_io *io = io_of_ctx(ctx);

    return run_sleep(io->run, ms) ? IL_OK : io_gate(io, "wait");
}

/* A text of the inputs; NULL: not there, or null. */
static const char *
input_text(struct run_io *io, struct json object, const char *key)
{
    return json_text(&io->run->arena, json_get(object, key));
}

static const char *
text_or_empty(const char *text)
{
    return text ? text : "";
}

static void
read_teams(struct run_io *io, il_user_info *user, struct json teams)
{
    const char **list = arena_alloc(&io->run->arena, (json_count(teams) + 1) * sizeof *list);

    if (!list)
        return;
    for (struct json team = json_first(teams); json_type(team); team = json_next(team))
        if ((list[user->n_teams] = json_text(&io->run->arena, team)))
            user->n_teams++;
    user->teams = list;
}

const il_user_info *
context_user(il_ctx *ctx)
{
    static const il_user_info nobody = { .size = sizeof nobody, .email = "", .role = "" };
    struct run_io *io = io_of_ctx(ctx);
    struct json node = json_get(io_inputs(io), "user");
    il_user_info *user = io->user;

    if (user)
        return user;
    user = arena_alloc(&io->run->arena, sizeof *user);
    if (!user)
        return &nobody;
    user->size = sizeof *user;
    user->email = text_or_empty(input_text(io, node, "email"));
    user->first_name = input_text(io, node, "firstName");
    user->last_name = input_text(io, node, "lastName");
    user->role = text_or_empty(input_text(io, node, "role"));
    read_teams(io, user, json_get(node, "teams"));
    return io->user = user;
}

const il_run_info *
context_info(il_ctx *ctx)
{
    static const il_run_info nowhere = {
        .size = sizeof nowhere, .environment = "", .org_name = "", .org_slug = "", .slug = "", .url = ""
    };
    struct run_io *io = io_of_ctx(ctx);
    struct json inputs = io_inputs(io), org = json_get(inputs, "organization");
    struct json route = json_get(inputs, io->run->is_page ? "page" : "action");
    il_run_info *info = io->info;

    if (info)
        return info;
    info = arena_alloc(&io->run->arena, sizeof *info);
    if (!info)
        return &nowhere;
    info->size = sizeof *info;
    info->environment = text_or_empty(input_text(io, inputs, "environment"));
    info->org_name = text_or_empty(input_text(io, org, "name"));
    info->org_slug = text_or_empty(input_text(io, org, "slug"));
    info->slug = text_or_empty(prefix_own(&io->run->arena, text_or_empty(input_text(io, route, "slug"))));
    info->url = text_or_empty(input_text(io, route, "url"));
    info->is_page = io->run->is_page;
    return io->info = info;
}

/* Paths in annotations write a dot inside a key as "\." (io-methods.md 3). */
static const char *
path_of(struct arena *arena, const char *key)
{
    char *path = arena_alloc(arena, strlen(key) * 2 + 1), *end = path;

    for (; path && *key; key++) {
        if (*key == '.')
            *end++ = '\\';
        *end++ = *key;
    }
    return path;
}

il_value
context_param(il_ctx *ctx, const char *key)
{
    struct run_io *io = io_of_ctx(ctx);
    struct json inputs = io_inputs(io), node = json_get(json_get(inputs, "params"), key ? key : "");
    const char *path;

    if (!json_type(node))
        return (il_value){ .type = IL_V_UNDEF };
    path = path_of(&io->run->arena, key);
    return path ? rich_read(&io->run->arena, node, json_get(inputs, "paramsMeta"), path)
                : (il_value){ .type = IL_V_UNDEF };
}

il_status
context_redirect(il_ctx *ctx, const il_target *given)
{
    struct run_io *io = io_of_ctx(ctx);
    il_status status = io_gate(io, "redirect");
    il_target target;
    struct rich rich;
    struct buf text;
    struct err err;

    if (status == IL_OK)
        status = io_take_struct(io, &target, sizeof target, given, given->size, "il_redirect");
    if (status != IL_OK)
        return status;
    if (!target.route == !target.url)
        return io_refuse(io, IL_INVALID, "il_redirect needs exactly one of .route and .url");
    buf_init(&text, IO_MAX_MESSAGE);
    rich_init(&rich, &text);
    json_object(&rich.out);
    rich_link(&rich, target.route, target.url, target.params);
    if (target.replace)
        json_pair_bool(&rich.out, "replace", true);
    json_object_end(&rich.out);
    if (rich.err.text[0])
        status = io_refuse(io, IL_INVALID, "il_redirect: %s", rich.err.text);
    else if (!run_call(io->run, LINK_SEND_REDIRECT, (struct link_subject){ { 0 } }, 0, 0, buf_view(&text), &err))
        status = run_is_canceled(io->run) ? io_gate(io, "redirect") : io_refuse(io, IL_RENDER_ERROR, "%s", err.text);
    rich_fini(&rich);
    buf_fini(&text);
    return status;
}

const char *
context_data_dir(void)
{
    const char *dir = getenv("INTERLUDE_DATA_DIR");

    return dir ? dir : ".";
}
