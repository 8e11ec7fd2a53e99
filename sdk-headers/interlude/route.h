/* SPDX-License-Identifier: MIT */
/* clang-format off */
/**
 * Turning a file into a module. Exactly one of these per shared object, at file scope, with a semicolon behind:
 *
 *     IL_ACTION(fn, .name = "…");                       one action; its slug is its path: users/edit.so is users/edit
 *     IL_PAGE(fn, .name = "…");                         one page; users/index.so is users
 *     IL_FUNCTION(fn, .method = "POST");                one HTTP function; ping.so answers /fn/ping
 *     IL_MODULE(routes);                                several in one file, with an array of
 *         IL_ROUTE_ACTION/PAGE/FUNCTION("slug", fn, …)  whose slugs are relative to the folder of the file
 *
 * They are C. A handler of a function may be C++ (`extern "C"`, -std=gnu++17 or newer): one of these in a C file beside
 * it, where the handler is declared, makes the module.
 */
/* clang-format on */
#ifndef INTERLUDE_ROUTE_H
#define INTERLUDE_ROUTE_H

#include "api.h"

/** What a route is. Written by the macros. Since 1.0. */
enum { IL_KIND_ACTION = 1, IL_KIND_PAGE = 2, IL_KIND_FUNCTION = 3 };

/** Who may use a route. Not given: as the page above it, and everyone if there is none. Wire: access. Since 1.0. */
typedef struct il_access {
    bool everyone;            /**< The entire organization, whatever the page above says. */
    const char *const *teams; /**< Only these teams (slugs), list ended by NULL. */
} il_access;

/* clang-format off */
/** `.access = IL_EVERYONE`. Since 1.0. */
#define IL_EVERYONE { .everyone = true }
/** `.access = IL_TEAMS("support", "operations")`. Since 1.0. */
#define IL_TEAMS(...) { .teams = (const char *const[]){ __VA_ARGS__, NULL } }
/* clang-format on */

/** One route. size, kind, slug, symbol and the handler are written by the macros; the others are options. Since 1.0. */
typedef struct il_route {
    uint32_t size;
    uint32_t kind;    /**< IL_KIND_…. */
    const char *slug; /**< NULL: the path of the file. */
    /** Name of the handler in C; `handler: dist/x.symbol` in serverless.yml. */
    const char *symbol;
    il_status (*action)(il_ctx *ctx);                         /**< Set for actions. */
    il_status (*page)(il_ctx *ctx, il_page *page);            /**< NULL: the page only groups the routes below it. */
    il_status (*function)(il_request *req, il_response *res); /**< Set for functions. */

    /* all routes */
    const char *name;        /**< What people read. NULL: last part of the slug. */
    const char *description; /**< Shown in lists. */
    /** Once, before the first run: open what all runs share. Not IL_OK: the module is refused with il_fail's text. */
    il_status (*load)(il_ctx *ctx);
    il_status (*health)(il_ctx *ctx); /**< Is the route able to work? Asked between runs, on any thread. */
    void (*unload)(void);             /**< Once, when the process of the module ends in order. */

    /* actions and pages */
    il_access access;      /**< IL_EVERYONE, IL_TEAMS(…). */
    bool unlisted;         /**< Reachable by address, not in lists. */
    bool backgroundable;   /**< Actions: goes on when the person leaves. */
    bool no_warn_on_close; /**< Actions: leaving does not ask for confirmation. */

    /* functions */
    const char *method;  /**< "GET", "POST" … or "ANY". NULL: "GET". */
    const char *path;    /**< Below /fn/, with parameters: "orders/{id}". NULL: the slug. */
    bool cors;           /**< Answer preflight requests and allow any origin. */
    bool is_private;     /**< Only with an API key. */
    uint32_t timeout_ms; /**< Longest run; then 504. 0: the server's default. */
} il_route;

/** The exported symbol `interlude_module`. The first four members are frozen. Since 1.0. */
typedef struct il_module {
    uint32_t magic, abi_major, abi_minor, size; /**< Frozen. */
    const il_api **api;                         /**< Where the host stores the function table. */
    const il_route *routes;                     /**< All that the file offers. */
    size_t n_routes;                            /**< 1 to 10,000. */
    size_t route_stride;                        /**< Size of one route. */
    il_status (*load)(il_ctx *ctx);             /**< As il_route.load, before those of the routes. */
    il_status (*health)(il_ctx *ctx);           /**< As il_route.health. */
    void (*unload)(void);                       /**< After those of the routes. */
} il_module;

/* clang-format off */
#define IL_EXPORT_MODULE_(...)                                                   \
    IL_HIDDEN const il_api *il_api_;                                             \
    extern IL_EXPORT const il_module interlude_module;                           \
    const il_module interlude_module = { .magic = IL_MAGIC, .abi_major = IL_ABI, \
        .abi_minor = IL_ABI_MINOR, .api = &il_api_,                              \
        .route_stride = sizeof(il_route), __VA_ARGS__ }
#define IL_ONE_(...) \
    IL_EXPORT_MODULE_(.routes = &(const il_route){ __VA_ARGS__ }, .n_routes = 1, .size = sizeof(il_module))
#define IL_MODULE_(routes_, ...) \
    IL_EXPORT_MODULE_(.routes = (routes_), .n_routes = sizeof(routes_) / sizeof((routes_)[0]), __VA_ARGS__)

#define IL_HANDLER_(KIND, member, fn) .kind = (KIND), .symbol = #fn, .member = (fn)
#define IL_ACTION_(fn, ...)   IL_ONE_(IL_HANDLER_(IL_KIND_ACTION, action, fn), __VA_ARGS__)
#define IL_PAGE_(fn, ...)     IL_ONE_(IL_HANDLER_(IL_KIND_PAGE, page, fn), __VA_ARGS__)
#define IL_FUNCTION_(fn, ...) IL_ONE_(IL_HANDLER_(IL_KIND_FUNCTION, function, fn), __VA_ARGS__)
#define IL_ROUTE_ACTION_(slug_, fn, ...)   { .slug = slug_, IL_HANDLER_(IL_KIND_ACTION, action, fn), __VA_ARGS__ }
#define IL_ROUTE_PAGE_(slug_, fn, ...)     { .slug = slug_, IL_HANDLER_(IL_KIND_PAGE, page, fn), __VA_ARGS__ }
#define IL_ROUTE_FUNCTION_(slug_, fn, ...) { .slug = slug_, IL_HANDLER_(IL_KIND_FUNCTION, function, fn), __VA_ARGS__ }
/* clang-format on */

/* The macros below pass .size behind the author's options, so that something follows the comma when there are none. */

/** IL_ACTION(fn, options): the module is the action `il_status fn(il_ctx *)`. Since 1.0. */
#define IL_ACTION(...) IL_ACTION_(__VA_ARGS__, .size = sizeof(il_route))
/**
 * IL_PAGE(fn, options): the module is the page `il_status fn(il_ctx *, il_page *)`; NULL: a page without layout. Since
 * 1.0.
 */
#define IL_PAGE(...) IL_PAGE_(__VA_ARGS__, .size = sizeof(il_route))
/** IL_FUNCTION(fn, options): the module is the HTTP function `il_status fn(il_request *, il_response *)`. Since 1.0. */
#define IL_FUNCTION(...) IL_FUNCTION_(__VA_ARGS__, .size = sizeof(il_route))

/**
 * IL_MODULE(routes, options): the module is an array `static const il_route routes[]`. Options: .load, .health,
 * .unload. Since 1.0.
 */
#define IL_MODULE(...) IL_MODULE_(__VA_ARGS__, .size = sizeof(il_module))
/** One row of that array. Since 1.0. */
#define IL_ROUTE_ACTION(...) IL_ROUTE_ACTION_(__VA_ARGS__, .size = sizeof(il_route))
/** Likewise a page. Since 1.0. */
#define IL_ROUTE_PAGE(...) IL_ROUTE_PAGE_(__VA_ARGS__, .size = sizeof(il_route))
/** Likewise a function. Since 1.0. */
#define IL_ROUTE_FUNCTION(...) IL_ROUTE_FUNCTION_(__VA_ARGS__, .size = sizeof(il_route))

#endif
