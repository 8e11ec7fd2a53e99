/* SPDX-License-Identifier: MIT */
/** What a run knows and can do besides asking: memory, progress, log, redirect, result, who and where. */
#ifndef INTERLUDE_CONTEXT_H
#define INTERLUDE_CONTEXT_H

#include "api.h"

/* ---- result */

/**
 * Sets the result to named values and is IL_OK: `return il_return(ctx, { "id", IL_I(7) }, { "name", IL_S(name) });`.
 * The values are copied. The last il_return* of a run counts. IL_INVALID: a malformed IL_RAW; the run then fails. Not
 * on pages. Since 1.0.
 */
#define il_return(ctx, ...) (il_api_->result)((ctx), (const il_kv[]){ __VA_ARGS__, { 0 } }, NULL)

/** Sets the result to one value: `return il_return_value(ctx, IL_I(7));`. IL_RAW returns any JSON. Since 1.0. */
#define il_return_value(ctx, value) (il_api_->result)((ctx), NULL, &(const il_value[]){ value }[0])

/** Sets the result to a text; a URL becomes a link. Since 1.0. */
#define il_return_str(ctx, text) il_return_value((ctx), IL_S(text))

/** Sets the result to a JSON text: `return il_return_json(ctx, "[1,2]");`. Since 1.0. */
#define il_return_json(ctx, text) il_return_value((ctx), IL_RAW(text))

/**
 * Adds one row of named values to the result, which is a list of them: call it once per row, then return IL_OK. Since
 * 1.0.
 */
#define il_return_row(ctx, ...) (il_api_->result_row)((ctx), (const il_kv[]){ __VA_ARGS__, { 0 } })

/**
 * Is IL_FAILED and says why: `return il_fail(ctx, "No order %s", id);`. printf format; cut after 4000 bytes. Since 1.0.
 */
#define il_fail(ctx, ...) (il_api_->fail)((ctx), __VA_ARGS__)

/* ---- memory */

/**
 * Zeroed memory for one T (a type name), aligned for anything, until the run ends. NULL: the run holds 64 MiB. Since
 * 1.0.
 */
#define il_new(ctx, T) ((T *)(il_api_->alloc)((ctx), sizeof(T)))

/** Zeroed memory for `count` T, likewise. Since 1.0. */
#define il_new_array(ctx, T, count) ((T *)il_alloc_array_((ctx), sizeof(T), (count)))

static inline void *
il_alloc_array_(il_ctx *ctx, size_t size, size_t count)
{
    return count > SIZE_MAX / size ? NULL : il_api_->alloc(ctx, size * count);
}

/** A text made with printf; lives as il_new's. NULL: the run holds 64 MiB. Since 1.0. */
#define il_fmt(ctx, ...) (il_api_->format)((ctx), __VA_ARGS__)

/**
 * Has cleanup(arg) called when the run's memory is released, last one first: for files, connections, locks. Also after
 * a cancel or a failure. IL_NO_MEMORY: cleanup(arg) has been called already. Since 1.0.
 */
static inline il_status
il_defer(il_ctx *ctx, void (*cleanup)(void *arg), void *arg)
{
    return il_api_->defer(ctx, cleanup, arg);
}

/* ---- progress and log */

/**
 * Shows that work is going on: `il_loading_start(ctx, "Importing", .description = name, .items = count)`. The options
 * are the members of il_loading. Replaces what was shown; it disappears with the next il_ask and with the result. Calls
 * within 100 ms are sent as one. Any thread. Wire: SEND_LOADING_CALL. Since 1.0.
 */
#define il_loading_start(ctx, ...)                                                                                     \
    (il_api_->loading)((ctx), &(const il_loading){ .size = sizeof(il_loading), .label = __VA_ARGS__ }, false)

/**
 * Changes what is given and keeps the rest (label NULL: kept): `il_loading_update(ctx, NULL, .description = file)`.
 * Since 1.0.
 */
#define il_loading_update(ctx, ...)                                                                                    \
    (il_api_->loading)((ctx), &(const il_loading){ .size = sizeof(il_loading), .label = __VA_ARGS__ }, true)

/** One of .items is done. Any thread. Since 1.0. */
static inline void
il_loading_step(il_ctx *ctx)
{
    il_api_->loading_step(ctx);
}

/**
 * Writes a line to the run's log, which developers see beside it. printf format; cut after 10,000 characters. Any
 * thread. Wire: SEND_LOG. Since 1.0.
 */
#define il_log(ctx, ...) (il_api_->log)((ctx), __VA_ARGS__)

/* ---- notifications */

/** Whom: `.to = IL_TO({ "ada@example.com", IL_BY_EMAIL }, { "#ops", IL_BY_SLACK })`. Since 1.1. */
#define IL_TO(...) ((const il_delivery[]){ __VA_ARGS__, { 0 } })

/**
 * Tells people, by mail or Slack: `IL_TRY(il_notify(ctx, .title = "Import", .message = "Done"))`. The options are the
 * members of il_notification. In development nothing is sent; the console shows what would be. IL_OK: the server has
 * it. IL_INVALID: no message. IL_RENDER_ERROR: the server refused it. Actions only. Wire: NOTIFY. Since 1.1.
 */
#define il_notify(ctx, ...) il_notify_((ctx), &(const il_notification){ .size = sizeof(il_notification), __VA_ARGS__ })

static inline IL_MUST_CHECK il_status
il_notify_(il_ctx *ctx, const il_notification *notification)
{
    return il_api_->notify(ctx, notification);
}

/* ---- files */

/**
 * The bytes of an uploaded file, NUL behind; they live as il_new's. IL_NO_MEMORY: more than the run may hold (64 MiB),
 * use il_file_open. IL_FAILED: it cannot be read, because it was never stored or went elsewhere (.presign). Since 1.1.
 */
static inline IL_MUST_CHECK il_status
il_file_read(il_ctx *ctx, const il_file *file, il_str *bytes)
{
    return il_api_->file_read(ctx, file, bytes);
}

/**
 * A descriptor at the beginning of an uploaded file, for reading: close it. -1: it cannot be read; the run remembers
 * why, so `return IL_FAILED` says it. Since 1.1.
 */
static inline int
il_file_open(il_ctx *ctx, const il_file *file)
{
    return il_api_->file_open(ctx, file);
}

/* ---- where to, cancel */

/**
 * Sends the browser elsewhere; the handler goes on: `IL_TRY(il_redirect(ctx, .route = "users/edit", .params =
 * IL_PARAMS(…)))`. The options are the members of il_target. IL_INVALID: not exactly one of route and url. Wire:
 * SEND_REDIRECT. Since 1.0.
 */
#define il_redirect(ctx, ...) il_redirect_to_((ctx), &(const il_target){ .size = sizeof(il_target), __VA_ARGS__ })

static inline IL_MUST_CHECK il_status
il_redirect_to_(il_ctx *ctx, const il_target *target)
{
    return il_api_->redirect(ctx, target);
}

/** Has the person left or pressed Cancel? Look here in long computations. Any thread. Since 1.0. */
static inline bool
il_canceled(il_ctx *ctx)
{
    return il_api_->canceled(ctx);
}

/**
 * A descriptor for poll() that is readable after a cancel; do not read or close it. -1: no descriptor is left. Any
 * thread. Since 1.0.
 */
static inline int
il_cancel_fd(il_ctx *ctx)
{
    return il_api_->cancel_fd(ctx);
}

/** Waits. IL_OK: the time is over; IL_CANCELED: earlier. Since 1.0. */
static inline IL_MUST_CHECK il_status
il_sleep_ms(il_ctx *ctx, uint32_t ms)
{
    return il_api_->sleep_ms(ctx, ms);
}

/* ---- who and where */

/** Who runs this. Never NULL. Since 1.0. */
static inline const il_user_info *
il_user(il_ctx *ctx)
{
    return il_api_->user(ctx);
}

/** Environment, organization and address of this run. Never NULL. Since 1.0. */
static inline const il_run_info *
il_info(il_ctx *ctx)
{
    return il_api_->info(ctx);
}

/**
 * A parameter of the address (IL_V_STR), or of a queued run (any type; IL_V_JSON for lists and objects). IL_V_UNDEF:
 * not given. Since 1.0.
 */
static inline il_value
il_param(il_ctx *ctx, const char *key)
{
    return il_api_->param(ctx, key);
}

/** A parameter as text; NULL: not given, or not a text. Since 1.0. */
static inline const char *
il_param_str(il_ctx *ctx, const char *key)
{
    il_value value = il_api_->param(ctx, key);

    return value.type == IL_V_STR ? value.s : NULL;
}

/**
 * Absolute path of a directory that belongs to this module, for its own files and databases. Any thread, also in .load.
 *
 * It belongs to the file, by its path below routes/: all versions of a module share it, so what is kept in it survives
 * a deployment and two versions may have it open at once (SQLite copes; files of your own need locks). Those of the
 * modules in the folder `users/` lie below that of `users.c`, which can share them; otherwise no module reaches
 * another's. Routes that share data are one module (IL_MODULE), or use a path outside of --data. Since 1.0.
 */
static inline const char *
il_data_dir(void)
{
    return il_api_->data_dir();
}

#endif
