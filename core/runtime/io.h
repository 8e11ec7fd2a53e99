/* SPDX-License-Identifier: MIT */
/*
 * What the IO half keeps of a run, and the rules that all its calls share: who may call when, where memory comes from,
 * how a failure is remembered. The calls themselves: ask.c, page.c, result.c, progress.c, context.c, notify.c,
 * upload.c. The boundary to threads and links: run.h.
 */
#ifndef RUNTIME_IO_H
#define RUNTIME_IO_H

#include "base/buf.h"
#include "interlude/api.h"
#include "interlude/route.h"
#include "json/read.h"
#include "runtime/progress.h"
#include "runtime/run.h"

/* A little less than a frame, so that the head fits too. */
enum { IO_MAX_MESSAGE = LINK_MAX_FRAME - 4096 };

enum io_phase {
    IO_OUTSIDE,  /* .load, .health */
    IO_RUNNING,  /* the handler runs */
    IO_RETURNED, /* only callbacks of tables run */
};

struct cleanup {
    struct cleanup *next;
    void (*run)(void *arg);
    void *arg;
};

/* Memory behind the answers of one il_ask; lives until the run ends. */
struct answers {
    struct answers *next;
    struct arena arena;
};

struct call;

struct run_io {
    struct run *run;
    enum io_phase phase;
    bool is_in_callback;   /* of an item: il_ask is refused */
    bool is_cancel_told;   /* IL_CANCELED was returned once; from then on IL_CLOSED */
    struct arena *scratch; /* where il_fmt allocates inside callbacks; NULL: the run's arena */
    struct call *calls;    /* shown, and still answering SET_STATE; newest first */
    struct answers *answers;
    size_t held_bytes;        /* in calls and answers, for the limit of a run */
    struct cleanup *cleanups; /* last one first */
    struct il_page *page;     /* page.c */
    struct json inputs;       /* of START_TRANSACTION or OPEN_PAGE; read at first use */
    bool has_inputs;
    il_user_info *user;
    il_run_info *info;
    struct buf result, result_meta; /* JSON of the value; rows of il_return_row without the brackets */
    size_t result_rows;
    struct buf failure; /* why the last call failed */
    struct progress progress;
};

/* Never NULL; made at first use. */
struct run_io *io_of(struct run *run);
static inline struct run_io *
io_of_ctx(il_ctx *ctx)
{
    return io_of(run_of(ctx));
}

/* Remembers why, and returns status. */
il_status io_refuse(struct run_io *io, il_status status, const char *fmt, ...) PRINTF_LIKE(3, 4);
const char *io_failure(struct run_io *io);
const char *io_status_name(il_status status); /* "IL_INVALID" */

/*
 * May this run send something now? IL_CANCELED the first time after a cancel, then IL_CLOSED; IL_INVALID in a callback.
 */
il_status io_gate(struct run_io *io, const char *what);

/* What a run may still allocate, for arenas beside its own. */
size_t io_memory_left(const struct run_io *io);

/* Around every call of an author's callback: il_fmt goes to scratch, il_ask is refused. */
struct io_callback {
    struct arena *scratch;
    bool is_in_callback;
};
struct io_callback io_enter_callback(struct run_io *io, struct arena *scratch);
void io_leave_callback(struct run_io *io, struct io_callback before);

/* Does p point into the stack of this thread? Such a pointer is dead when the handler has returned. */
bool io_is_on_stack(const void *p);

/* The run's inputs; an empty node if they cannot be read. */
struct json io_inputs(struct run_io *io);

/*
 * A problem that nobody is told in person: to stderr, from where the server logs it with the module's name. Any thread.
 */
void io_warn(const struct run_io *io, const char *fmt, ...) PRINTF_LIKE(2, 3);

/*
 * Copies a struct that the module gave with its size into our own zeroed one (interlude/abi.h): IL_UNSUPPORTED for what
 * we do not know.
 */
il_status io_take_struct(struct run_io *io, void *own, size_t own_size, const void *given, size_t given_size,
                         const char *what);

/* Members of the function table, one file each. */
il_status ask_items(il_ctx *ctx, const il_form *form, const il_item *const *items);
il_status ask_confirm(il_ctx *ctx, const char *label, const char *help, bool *yes);
il_status page_head(il_page *page, const char *title, const char *description, const il_menu *menu);
il_status page_add(il_page *page, const il_item *item);
const il_user_info *context_user(il_ctx *ctx);
const il_run_info *context_info(il_ctx *ctx);
il_value context_param(il_ctx *ctx, const char *key);
il_status context_redirect(il_ctx *ctx, const il_target *target);
const char *context_data_dir(void);
il_status notify_send(il_ctx *ctx, const il_notification *notification);
void *memory_alloc(il_ctx *ctx, size_t size);
char *memory_format(il_ctx *ctx, const char *format, ...) PRINTF_LIKE(2, 3);
il_status memory_defer(il_ctx *ctx, void (*cleanup)(void *arg), void *arg);
bool cancel_is_set(il_ctx *ctx);
int cancel_fd(il_ctx *ctx);
il_status cancel_sleep(il_ctx *ctx, uint32_t ms);
il_status result_set(il_ctx *ctx, const il_kv *fields, const il_value *single);
il_status result_add_row(il_ctx *ctx, const il_kv *fields);
il_status result_fail(il_ctx *ctx, const char *format, ...) PRINTF_LIKE(2, 3);
void progress_log(il_ctx *ctx, const char *format, ...) PRINTF_LIKE(2, 3);
void progress_loading(il_ctx *ctx, const il_loading *state, bool is_update);
void progress_step(il_ctx *ctx);

/* result.c: sends LINK_COMPLETE for what the handler returned. */
void result_send(struct run_io *io, il_status status);

/* page.c */
void page_state(struct run_io *io, const struct run_answer *answer);
void page_free(struct run_io *io);

#endif
