/* SPDX-License-Identifier: MIT */
/* Pages: the layout under construction, and sending it, whole, at every change (interlude/page.h; io-methods.md 14). */
#include <stdlib.h>

#include "base/mem.h"
#include "runtime/call.h"
#include "runtime/copy.h"
#include "runtime/later.h"

enum { MAX_CHILDREN = 1000 };

struct il_page {
    struct run_io *io;
    struct buf head;   /* rendered: "title":…,"description":…,"menuItems":… */
    struct buf errors; /* rendered: one object per call that failed */
    struct call *call; /* the children; NULL: none yet */
};

/* Notes what goes into the page instead of what could not be shown. */
static il_status
note(il_page *page, il_status status, const char *where)
{
    struct json_out out;

    if (page->errors.len)
        buf_char(&page->errors, ',');
    json_out_init(&out, &page->errors);
    json_object(&out);
    if (where)
        json_pair_text(&out, "layoutKey", where);
    json_pair_text(&out, "error", io_status_name(status));
    json_pair_text(&out, "message",
                   page->io->failure.len ? io_failure(page->io) : "The page failed without saying why.");
    json_object_end(&out);
    return status;
}

il_status
page_head(il_page *page, const char *title, const char *description, const il_menu *menu)
{
    struct rich rich;
    struct buf text;
    il_status status = IL_OK;

    buf_init(&text, IO_MAX_MESSAGE);
    rich_init(&rich, &text);
    json_object(&rich.out);
    rich_text(&rich, "title", title);
    rich_text(&rich, "description", description);
    if (menu) {
        json_name(&rich.out, "menuItems");
        rich_menu(&rich, menu);
    }
    json_object_end(&rich.out);
    if (rich.err.text[0])
        status = note(page, io_refuse(page->io, IL_INVALID, "menu: %s", rich.err.text), "menuItems");
    buf_clear(&page->head);
    if (status == IL_OK)
        buf_put(&page->head, text.p + 1, text.len - 2); /* without the braces */
    rich_fini(&rich);
    buf_fini(&text);
    return status;
}

il_status
page_add(il_page *page, const il_item *item)
{
    struct run_io *io = page->io;
    const struct method *method = item ? method_find(item->method) : NULL;
    il_status status;

    if (!page->call && !(page->call = call_new(io, 8)))
        return note(page, IL_NO_MEMORY, "children");
    if (!item || page->call->count == MAX_CHILDREN)
        return note(page, io_refuse(io, IL_INVALID, "a page shows at most %d items", MAX_CHILDREN), "children");
    if (method && method_is_input(method))
        return note(page,
                    io_refuse(io, IL_INVALID, "%s \"%s\": a page takes no inputs, lead to an action instead",
                              method->wire, item->label ? item->label : ""),
                    "children");
    status = call_add(page->call, io, item);
    return status == IL_OK ? IL_OK : note(page, status, "children");
}

static bool
write_layout(const il_page *page, struct buf *text, struct err *err)
{
    struct json_out out;
    bool is_right = true;

    json_out_init(&out, text);
    json_object(&out);
    json_pair_text(&out, "kind", "BASIC");
    if (page->head.len) {
        buf_char(text, ',');
        buf_put(text, page->head.p, page->head.len);
    }
    if (page->call && page->call->count) {
        json_name(&out, "children");
        json_put_raw(&out, (struct str){ "", 0 });
        is_right = call_write(page->call, text, err);
    }
    json_name(&out, "errors");
    json_array(&out);
    if (page->errors.len)
        json_put_raw(&out, buf_view(&page->errors));
    json_array_end(&out);
    json_object_end(&out);
    return text->over ? err_set(err, "more than %d MiB in one page", IO_MAX_MESSAGE >> 20) : is_right;
}

static void
send_page(struct run_io *io, struct str layout)
{
    struct err err;

    progress_drop(&io->progress);
    if (!run_call(io->run, LINK_SEND_PAGE, (struct link_subject){ { 0 } }, 0, 0, layout, &err) &&
        !run_is_canceled(io->run))
        io_warn(io, "the page was refused: %s", err.text);
}

static void
send_layout(struct il_page *page)
{
    bool is_empty = !page->head.len && !page->errors.len && !(page->call && page->call->count);
    struct buf text;
    struct err err = { "" };

    buf_init(&text, IO_MAX_MESSAGE);
    if (!is_empty && !write_layout(page, &text, &err))
        io_warn(page->io, "a part of the page cannot be shown: %s", err.text);
    if (!text.over)
        send_page(page->io, buf_view(&text));
    buf_fini(&text);
}

/* Only the failure is shown, as the original hosts do it. */
static void
send_failure(struct il_page *page, il_status status)
{
    struct run_io *io = page->io;
    struct buf text;

    buf_clear(&page->errors);
    note(page, status, NULL);
    buf_init(&text, IO_MAX_MESSAGE);
    buf_str(&text, "{\"kind\":\"BASIC\",\"errors\":[");
    buf_put(&text, page->errors.p, page->errors.len);
    buf_str(&text, "]}");
    send_page(io, buf_view(&text));
    buf_fini(&text);
}

static void
show_again(void *page)
{
    send_layout(page);
}

void
runtime_page(struct run *run)
{
    struct run_io *io = io_of(run);
    struct il_page *page = io->page = mem_alloc(sizeof *page);
    il_status status;

    page->io = io;
    buf_init(&page->head, IO_MAX_MESSAGE);
    buf_init(&page->errors, IO_MAX_MESSAGE);
    io->phase = IO_RUNNING;
    status = run->route->page ? run->route->page(run_ctx(run), page) : IL_OK;
    io->phase = IO_RETURNED;
    if (run_is_canceled(run))
        return;
    if (status != IL_OK) {
        send_failure(page, status);
        return;
    }
    send_layout(page);
    if (page->call)
        later_run(page->call, io, show_again, page);
}

void
page_state(struct run_io *io, const struct run_answer *answer)
{
    struct il_page *page = io->page;
    struct arena arena;
    struct json response;
    struct err err;

    if (!page || !page->call)
        return;
    if (memcmp(page->call->key.bytes, answer->group.bytes, sizeof answer->group.bytes) &&
        !copy_is_zero(answer->group.bytes, sizeof answer->group.bytes))
        return; /* names no render of ours */
    arena_init(&arena, RUN_ARENA_MAX);
    if (!json_parse(&arena, answer->json, &response, &err)) {
        io_warn(io, "an answer was dropped: %s", err.text);
    } else if (json_is(json_get(response, "kind"), "SET_STATE")) {
        call_set_state(page->call, io, response);
        send_layout(page);
    }
    arena_fini(&arena);
}

void
page_free(struct run_io *io)
{
    struct il_page *page = io->page;

    if (!page)
        return;
    if (page->call)
        call_free(page->call);
    buf_fini(&page->head);
    buf_fini(&page->errors);
    free(page);
    io->page = NULL;
}
