/* SPDX-License-Identifier: MIT */
/**
 * The function table: the only thing the host hands to a module. Authors call the functions and macros of io.h,
 * context.h, table.h, page.h and function.h, which are documented there; the members here are what those expand to.
 *
 * The macros call members in parentheses, `(il_api_->fail)(…)`, so that a function-like macro `fail` of another header
 * does not get in between. New members are added at the end, with the minor version that brought them; IL_HAVE tells
 * whether this host has one.
 */
#ifndef INTERLUDE_API_H
#define INTERLUDE_API_H

#include "display.h"
#include "file.h"
#include "grid.h"
#include "input.h"
#include "search.h"
#include "select.h"
#include "sheet.h"
#include "table.h"

/** One button under a form. Since 1.0. */
typedef struct il_choice {
    const char *label; /**< NULL ends a list. */
    const char *value; /**< What .choice receives. */
    il_theme theme;    /**< Look of the button. Wire: theme. */
} il_choice;

/** Options of IL_FORM, see io.h. Since 1.0. */
typedef struct il_form {
    uint32_t size;
    const il_choice *choices; /**< Buttons (IL_CHOICES). NULL: one button, Continue. Wire: choiceButtons. */
    const char **choice;      /**< Where to store the value of the pressed button. */
    /**
     * Looks at all answers together, after every field was accepted; they are in their variables already. Returns NULL
     * to accept, or the message to show above the buttons. Runs on the handler's thread; may use il_fmt, il_new and
     * il_log, not il_ask.
     */
    const char *(*validate)(il_ctx *ctx, void *user);
    void *user; /**< Passed to validate. */
} il_form;

/** Progress, see il_loading_start. Since 1.0. */
typedef struct il_loading {
    uint32_t size;
    const char *label;       /**< Short text. Wire: label. */
    const char *description; /**< Smaller text below. Wire: description. */
    /** How many il_loading_step make it complete. 0: a spinner without counter. Wire: itemsInQueue. */
    uint32_t items;
} il_loading;

/**
 * Where to go, see il_redirect: exactly one of route and url. In a module that was deployed with a service, routes are
 * those of the same deployment ("users/edit" is shop/prod/users/edit); with a leading '/' they are the server's. Since
 * 1.0.
 */
typedef struct il_target {
    uint32_t size;
    const char *route;   /**< Full slug of an action or page. Wire: route. */
    const char *url;     /**< Address outside. Wire: url. */
    const il_kv *params; /**< With route: its parameters (IL_PARAMS). Wire: params. */
    bool replace;        /**< Leave no entry in the browser's history. Wire: replace. */
} il_target;

/** How a notification travels. Since 1.1. */
typedef enum il_delivery_method {
    IL_BY_ANY = 0, /**< As the person has it set. */
    IL_BY_EMAIL,
    IL_BY_SLACK,
} il_delivery_method;

/** Whom a notification is for. Since 1.1. */
typedef struct il_delivery {
    const char *to;            /**< Email address; for Slack also #channel. NULL ends a list. */
    il_delivery_method method; /**< Wire: method. */
} il_delivery;

/** Options of il_notify. Since 1.1. */
typedef struct il_notification {
    uint32_t size;
    const char *message;         /**< Required. Wire: message. */
    const char *title;           /**< NULL: none. Wire: title. */
    const il_delivery *to;       /**< IL_TO. NULL: who runs the action. Wire: deliveryInstructions. */
    const char *idempotency_key; /**< What was sent under this key already is not sent again. Wire: idempotencyKey. */
} il_notification;

/** Who runs the action or looks at the page. Texts are never NULL unless said. Wire: user. Since 1.0. */
typedef struct il_user_info {
    uint32_t size;            /**< Bytes the host filled in. */
    const char *email;        /**< Address the person signed in with. */
    const char *first_name;   /**< NULL: not known. */
    const char *last_name;    /**< NULL: not known. */
    const char *role;         /**< admin, developer or member. */
    const char *const *teams; /**< n_teams slugs. */
    size_t n_teams;           /**< Number of teams. */
} il_user_info;

/** Where this runs. Texts are never NULL. Since 1.0. */
typedef struct il_run_info {
    uint32_t size;           /**< Bytes the host filled in. */
    const char *environment; /**< production, development or the slug of another one. Wire: environment. */
    const char *org_name;    /**< Wire: organization.name. */
    const char *org_slug;    /**< Wire: organization.slug. */
    const char *slug;        /**< Of this route, as .route of il_target. Wire: action.slug, page.slug. */
    const char *url;         /**< Absolute address of this action with its parameters; pages: "". Wire: action.url. */
    bool is_page;            /**< A page, not an action. */
} il_run_info;

/** What a function may know of the call it works on; the accessors of function.h read it. Since 1.2. */
typedef struct il_call_info {
    uint32_t size;                    /**< Bytes the host filled in. */
    uint32_t attempt;                 /**< From 1; above 1 only for durable calls that are tried again. */
    uint32_t max_attempts;            /**< 1 for calls that somebody waits for. */
    uint32_t memory_limit_mb;         /**< 0: no limit was set. */
    int64_t deadline_ms;              /**< When the call is given up, Unix time in ms. 0: never. */
    const char *call_id;              /**< Of the call; stays the same from attempt to attempt. */
    const char *aws_request_id;       /**< requestContext.requestId of the event. */
    const char *function_name;        /**< "shop-dev-quote"; in routes/ the slug. */
    const char *function_version;     /**< "$LATEST". */
    const char *invoked_function_arn; /**< "arn:aws:lambda:local:000000000000:function:shop-dev-quote". */
    const char *log_group_name;       /**< "/aws/lambda/shop-dev-quote". */
    const char *log_stream_name;      /**< "2026/11/21/[$LATEST]5b0f…": one for each process. */
    const char *client_context;       /**< JSON that whoever invoked it sent along. NULL: none. */
    const char *trace_id;             /**< "Root=1-…", as header X-Amzn-Trace-Id has it, sent or made. */
    const char *stage;                /**< "dev"; in routes/ "$default". */
} il_call_info;

/** The table. Since 1.0. */
typedef struct il_api {
    uint32_t size;      /**< Bytes the host filled in. */
    uint32_t abi_major; /**< IL_ABI of the host. */
    uint32_t abi_minor; /**< IL_ABI_MINOR of the host. */
    uint32_t reserved;  /**< 0. */

    /* io.h */
    il_status (*ask)(il_ctx *ctx, const il_form *form, const il_item *const *items);
    il_status (*confirm)(il_ctx *ctx, const char *label, const char *help, bool *yes);

    /* context.h */
    const il_user_info *(*user)(il_ctx *ctx);
    const il_run_info *(*info)(il_ctx *ctx);
    il_value (*param)(il_ctx *ctx, const char *key);
    void (*log)(il_ctx *ctx, const char *format, ...) IL_PRINTF(2, 3);
    il_status (*redirect)(il_ctx *ctx, const il_target *target);
    void (*loading)(il_ctx *ctx, const il_loading *state, bool update);
    void (*loading_step)(il_ctx *ctx);
    il_status (*result)(il_ctx *ctx, const il_kv *fields, const il_value *single);
    il_status (*result_row)(il_ctx *ctx, const il_kv *fields);
    il_status (*fail)(il_ctx *ctx, const char *format, ...) IL_PRINTF(2, 3);
    void *(*alloc)(il_ctx *ctx, size_t size);
    char *(*format)(il_ctx *ctx, const char *format, ...)IL_PRINTF(2, 3);
    il_status (*defer)(il_ctx *ctx, void (*cleanup)(void *arg), void *arg);
    bool (*canceled)(il_ctx *ctx);
    int (*cancel_fd)(il_ctx *ctx);
    il_status (*sleep_ms)(il_ctx *ctx, uint32_t ms);
    const char *(*data_dir)(void);

    /* table.h, page.h */
    il_status (*row)(il_rows *rows, const char *key, const il_value *cells, size_t n, const il_menu *menu);
    void (*rows_total)(il_rows *rows, uint64_t total);
    il_status (*page_head)(il_page *page, const char *title, const char *description, const il_menu *menu);
    il_status (*page_add)(il_page *page, const il_item *item);

    /* function.h */
    const char *(*method)(il_request *req);
    const char *(*path)(il_request *req);
    const char *(*path_param)(il_request *req, const char *name);
    const char *(*query)(il_request *req, const char *name);
    const char *(*header)(il_request *req, const char *name);
    il_str (*body)(il_request *req);
    char *(*request_format)(il_request *req, const char *format, ...)IL_PRINTF(2, 3);
    il_status (*respond_header)(il_response *res, const char *name, const char *value);
    il_status (*respond)(il_response *res, int status, const char *type, const void *body, size_t len);

    /* since 1.1 */
    il_status (*notify)(il_ctx *ctx, const il_notification *notification);
    il_status (*file_read)(il_ctx *ctx, const il_file *file, il_str *bytes);
    int (*file_open)(il_ctx *ctx, const il_file *file);
    il_status (*tile)(il_rows *rows, const char *key, const il_tile_info *tile);
    il_status (*hit)(il_hits *hits, const il_option *hit, size_t option_size);

    /* since 1.2, function.h */
    il_str (*event_json)(il_request *req);
    il_status (*respond_lambda)(il_response *res, const char *json);
    const il_call_info *(*call_info)(il_request *req);
    int64_t (*remaining_ms)(il_request *req);
    bool (*request_canceled)(il_request *req);
    const char *(*query_at)(il_request *req, const char *name, size_t index);
    const char *(*header_at)(il_request *req, const char *name, size_t index);
} il_api;

/**
 * The module's pointer to the table, set by the host before anything of the module runs. Defined by IL_ACTION and its
 * like.
 */
extern IL_HIDDEN const il_api *il_api_;

/** Does this host have the table member `fn`? For what came after 1.0. Since 1.0. */
#define IL_HAVE(fn) (il_api_->size > offsetof(il_api, fn) && il_api_->fn != NULL)

#endif
